"""The practice form of the CMS."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from portal.core.countries import country_choices

from .safeguards import open_questions


class PracticePageForm(WagtailAdminPageForm):  # type: ignore[misc]  # Wagtail has no types
    """Countries to choose from, and the rule that an unanswered safeguard blocks publication, not a draft."""

    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        choices=country_choices,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Several with Ctrl or ⌘; the region stands on top."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for every safeguard unless this is a draft or the practice was collected."""
        cleaned: dict[str, Any] = super().clean()
        if self.is_deferred_validation or cleaned.get("is_collected"):
            return cleaned
        for question in open_questions(cleaned):
            self.add_error(
                question.key,
                ValidationError(
                    gettext("Choose yes, no or not applicable, and explain. Publication is blocked while this is open.")
                ),
            )
        return cleaned
