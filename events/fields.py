"""Lists of short texts, written one a line, and countries with the region first."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries import Countries

from portal.core.countries import WESTERN_BALKANS


class RegionFirst(Countries):  # type: ignore[misc]  # the package has no types
    """Every country, those of the region on top."""

    first: ClassVar[list[str]] = list(WESTERN_BALKANS)


class LinesField(forms.CharField):
    """A text area that gives a list: one entry a line, blank lines left out."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        """The list as lines; what was typed as it is."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The entries."""
        if isinstance(value, list):
            return value
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare entries, not white space."""
        return bool(self.to_python(initial) != self.to_python(data))


def only_lines(value: Any) -> None:
    """Refuse what is not a list of texts."""
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise ValidationError(_("Expected a list of texts, one a line."))


class LineListField(models.JSONField):
    """A list of texts in their order."""

    default_validators = [only_lines]  # noqa: RUF012  Django reads it from the class

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """A text area, one entry a line."""
        return models.Field.formfield(self, **{"form_class": LinesField, **kwargs})
