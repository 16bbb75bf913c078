"""Where the rule of `portal.core.text` takes hold: in every text field of every form, and in every row that is saved.

Most fields are made by Django, Wagtail, allauth and taggit, from classes they name themselves. The one place that all
of them pass is Django's own class; so the rule is put there, once, before any of them is made.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import text

#: What machines write for machines: reasons of failures, sessions. It is kept as it is.
OF_MACHINES = frozenset(
    {
        "core.outgoingmail",
        "django_tasks_database.dbtaskresult",
        "search.outboxrow",
        "sessions.session",
    }
)
#: Says the limit to the page's script, which counts along. Not `maxlength`: with it a browser cuts off what is pasted.
LIMIT = "data-limit"

_clean_field = forms.CharField.clean
_attributes = forms.CharField.widget_attrs
_check_address = EmailValidator.__call__
_check_length = MaxLengthValidator.__call__


def take_hold() -> None:
    """Put the rule into Django's classes. To be called before any form or model is made."""
    forms.CharField.clean = _clean  # type: ignore[method-assign,assignment]  # one place for the fields of all packages
    forms.CharField.widget_attrs = _with_limit  # type: ignore[method-assign,assignment]  # as above
    EmailValidator.__call__ = _can_be_written_to  # type: ignore[method-assign,assignment]  # as above
    MaxLengthValidator.__call__ = _with_count  # type: ignore[method-assign,assignment]  # as above


def _clean(field: forms.CharField, value: Any) -> Any:
    """Django's cleaning, of a text under the rule. A text in which there is nothing to see is none."""
    if isinstance(value, str) and not isinstance(field.widget, forms.PasswordInput):
        value = _ruled(field, value)
        if text.is_blank(value):
            value = ""
    return _clean_field(field, value)


def _ruled(field: forms.CharField, value: str) -> str:
    if isinstance(field, forms.EmailField):
        return text.address(value.strip())
    one_line = isinstance(field.widget, forms.TextInput) and not field.widget.is_hidden
    return text.line(value) if one_line else text.prose(value)


def _with_limit(field: forms.CharField, widget: forms.Widget) -> dict[str, Any]:
    """Django's attributes of the control, with the limit to count by in place of one that cuts."""
    attributes = _attributes(field, widget)
    limit = attributes.pop("maxlength", None)
    attributes.pop("minlength", None)
    return attributes if limit is None else {**attributes, LIMIT: limit}


def _with_count(validator: MaxLengthValidator, value: Any) -> None:
    """Django's check of a text's length, with a refusal that says how long it is."""
    limit = validator.limit_value() if callable(validator.limit_value) else validator.limit_value
    if isinstance(value, str) and len(value) > limit:
        raise text.length_error(len(value), limit)
    _check_length(validator, value)


def _can_be_written_to(validator: EmailValidator, value: Any) -> None:
    """Django's check of an address; its domain must moreover be one that exists in the letters of a domain name."""
    if isinstance(value, str):
        text.address(value)
    _check_address(validator, value)
    domain = str(value).rpartition("@")[2]
    try:
        if not domain.isascii():
            idna.encode(domain, uts46=True)
    except idna.IDNAError:
        raise ValidationError(validator.message, code=validator.code, params={"value": value}) from None


@cache
def _texts_of(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """The fields of a model that hold text, or texts in JSON."""
    if model._meta.label_lower in OF_MACHINES:
        return ()
    return tuple(
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
    )


def put_right(instance: models.Model, written: frozenset[str] | None = None) -> None:
    """Put the texts of a row under the rule before it is saved; `written` names the fields, None stands for all.

    Raises ValidationError naming the fields with a character that is refused, with more characters than fit, or, where
    something has to be said, with nothing to see.
    """
    errors: dict[str, ValidationError] = {}
    for field in _texts_of(type(instance)):
        # What was not read from the database is not written either.
        value = instance.__dict__.get(field.attname)
        if not value or (written is not None and written.isdisjoint((field.name, field.attname))):
            continue
        try:
            kept = _of_field(field, value)
        except ValidationError as error:
            errors[field.name] = error
        else:
            if kept != value:
                setattr(instance, field.attname, kept)
    if errors:
        raise ValidationError(errors)


def _of_field(field: models.Field[Any, Any], value: Any) -> Any:
    if not isinstance(value, str):
        return _in_json(value) if isinstance(field, models.JSONField) else value
    if isinstance(field, models.EmailField):
        found = text.address(value)
    else:
        found = text.prose(value) if isinstance(field, models.TextField) else text.line(value)
    if field.max_length is not None and len(found) > field.max_length:
        raise text.length_error(len(found), field.max_length)
    if not field.blank and text.is_blank(found):
        raise ValidationError(_("There is nothing to see in this text."), code="blank")
    return found


def _in_json(value: Any) -> Any:
    """The texts in lists and dictionaries under the rule, the same shape around them."""
    if isinstance(value, str):
        return text.prose(value)
    if isinstance(value, list):
        return [_in_json(one) for one in value]
    if isinstance(value, dict):
        return {key: _in_json(one) for key, one in value.items()}
    return value


def limit_of(model: type[models.Model], name: str) -> int:
    """The characters that fit into a field of a model: a form asks for no more, and for no less."""
    field = model._meta.get_field(name)
    limit = getattr(field, "max_length", None)
    assert isinstance(limit, int), f"{model.__name__}.{name} has no limit"
    return limit
