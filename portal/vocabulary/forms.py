"""How people choose terms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .enums import TermKind
from .models import Term

#: Digits of the largest number that every database takes for a key.
_DIGITS = 18


class TermsField(forms.ModelMultipleChoiceField[Term]):
    """Boxes for the terms of one kind."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, kind: TermKind, **options: Any) -> None:
        super().__init__(Term.objects.filter(kind=kind).order_by("order", "label"), **{"required": False, **options})

    def clean(self, value: Any) -> Any:
        """The terms. Raises ValidationError for what is none, a number too large to be looked up too."""
        for each in value or ():
            if len(str(each)) > _DIGITS:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": each})
        return super().clean(value)
