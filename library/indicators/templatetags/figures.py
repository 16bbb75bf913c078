"""How figures are written in templates. ``{% load figures %}``."""

from __future__ import annotations

from decimal import Decimal

from django import template

from library.indicators import periods, series
from library.indicators.models import Figure
from library.indicators.numbers import number_text

register = template.Library()


@register.filter
def number(value: Decimal | float) -> str:
    """A number with the thousands apart."""
    return number_text(value)


@register.filter
def value_text(figure: Figure) -> str:
    """The figure's value as it is to be read."""
    return series.value_text(figure)


@register.filter
def unit_text(figure: Figure) -> str:
    """The figure's unit, and whether it was rounded."""
    return series.unit_text(figure)


@register.filter
def period_lang(figure: Figure) -> str:
    """The language of the figure's period: English where it stands as published, otherwise the reader's own ("")."""
    return "" if periods.is_label_translated(figure.period) else "en"
