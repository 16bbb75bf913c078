"""What the JSON fields that staff type in the CMS may hold: checked before it is saved, since every page reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Model
from django.utils.translation import gettext as _

from .countries import country_name
from .languages import CODES
from .text import is_blank, prose

Check = Callable[[Any], None]

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")
_is_address = URLValidator(schemes=["http", "https"])


def check_fields(item: Model, **checks: Check) -> None:
    """Ask each field's check. Raises ValidationError naming the fields whose value is refused, and why."""
    errors: dict[str, ValidationError] = {}
    for name, check in checks.items():
        try:
            check(getattr(item, name))
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)


def texts(value: Any) -> None:
    """A list of texts."""
    if not isinstance(value, list) or not all(_is_text(one) for one in value):
        raise ValidationError(_('Expected a list of texts, for example ["one", "two"]; [] for none.'))


def addresses(value: Any) -> None:
    """A list of web addresses."""
    texts(value)
    for one in value:
        try:
            _is_address(one)
        except ValidationError:
            raise ValidationError(_("“%(line)s” is no web address.") % {"line": one}) from None


def countries(value: Any) -> None:
    """A list of country codes."""
    texts(value)
    for one in value:
        country(one)


def country(value: Any) -> None:
    """One country code, or an empty text."""
    if value and country_name(value) == value:
        raise ValidationError(
            _("“%(code)s” is no country code. Expected two capital letters, such as BA.") % {"code": value}
        )


def labels(value: Any) -> None:
    """Texts by language code; the portal's own languages and others."""
    if not isinstance(value, dict) or not all(_is_text(one) for one in value.values()):
        raise ValidationError(
            _('Expected a text for each language, for example {"bs": "Povratak", "sq": "Kthimi"}; {} for none.')
        )
    for code in value:
        if not _LANGUAGE.fullmatch(code):
            raise ValidationError(
                _("“%(code)s” is no language code. Expected one such as %(codes)s.")
                % {"code": code, "codes": ", ".join(CODES)}
            )


def details(value: Any) -> None:
    """Texts and whole numbers by name."""
    if not isinstance(value, dict) or not all(_is_text(one) or type(one) is int for one in value.values()):
        raise ValidationError(
            _('Expected a text or a number for each name, for example {"year": 2008, "scope": "EU"}; {} for none.')
        )


def _is_text(value: Any) -> bool:
    """Whether it is a text of one line with something to see."""
    if not isinstance(value, str) or is_blank(value):
        return False
    try:
        return "\n" not in prose(value)
    except ValidationError:
        return False
