"""How a figure's number is written for readers."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language

#: language -> (between thousands, before decimals); every other language of the portal writes 1.234,5.
#: Django knows none for Montenegrin, and none between thousands for Bosnian and Albanian.
_MARKS = {"en": (",", "."), "sq": ("\N{NO-BREAK SPACE}", ",")}
_REGION = (".", ",")


def number_text(value: Decimal | float) -> str:
    """`value` with the thousands apart as the active language does, without needless zeros: ``8,135``, ``2.4``."""
    thousands, decimals = _MARKS.get(get_language() or "en", _REGION)
    plain = f"{Decimal(str(value)).normalize():,f}"
    return plain.translate({ord(","): thousands, ord("."): decimals})
