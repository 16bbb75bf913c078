"""What staff and members type about meetings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError

from portal.core.unsent import VERSION

from .enums import MAX_NOTE, DatePrecision, RecommendationStatus


class MeetingPageForm(WagtailAdminPageForm):
    """The page editor's form: dates that can be, and a number for every recommendation."""

    def clean(self) -> dict[str, Any]:
        """Check the dates and number the recommendations."""
        cleaned: dict[str, Any] = super().clean()
        self._check_dates(cleaned)
        self._check_neighbours(cleaned)
        if cleaned.get("recommended"):
            self._number(cleaned["recommended"])
        return cleaned

    def _check_dates(self, cleaned: dict[str, Any]) -> None:
        start, end, precision = cleaned.get("start"), cleaned.get("end"), cleaned.get("date_precision")
        if start and end and end < start:
            self.add_error("end", _("The last day is before the first day."))
        dated = {DatePrecision.MONTH, DatePrecision.YEAR, DatePrecision.BEFORE, DatePrecision.REPORTED}
        if precision in dated and not start and "start" not in self.errors:
            self.add_error(
                "start", _("“%(precision)s” needs a day here.") % {"precision": DatePrecision(precision).label}
            )

    def _check_neighbours(self, cleaned: dict[str, Any]) -> None:
        for name in ("previous_meeting", "next_meeting"):
            other = cleaned.get(name)
            if other is not None and self.instance.pk and other.pk == self.instance.pk:
                self.add_error(name, _("A meeting does not follow itself."))

    def _number(self, stream: Any) -> None:
        """Give every recommendation without a number the one it was issued under, or the next free one."""
        issued = {row.text: row.number for row in self.instance.recommendations.all()} if self.instance.pk else {}
        given = [block.value["number"] for block in stream if block.value["number"]]
        twice = {number for number in given if given.count(number) > 1}
        if twice:
            errors = {
                index: StructBlockValidationError(
                    {
                        "number": ValidationError(
                            _("The number %(number)s is given twice.") % {"number": block.value["number"]}
                        )
                    }
                )
                for index, block in enumerate(stream)
                if block.value["number"] in twice
            }
            self.add_error("recommended", StreamBlockValidationError(block_errors=errors))
            return
        taken = {*given, *issued.values()}
        for block in stream:
            if block.value["number"]:
                continue
            known = issued.get(block.value["text"].strip())
            number = known if known is not None and known not in given else max(taken, default=0) + 1
            block.value["number"] = number
            taken.add(number)
            given.append(number)


class FilterForm(forms.Form):
    """The filters of a list, one select each. The choices are what the viewer may see."""

    def __init__(
        self, *args: Any, selects: Iterable[tuple[str, str, str, list[tuple[str, str]]]], **kwargs: Any
    ) -> None:
        """`selects`: (parameter, label, words for no choice, choices)."""
        super().__init__(*args, **kwargs)
        for name, label, anything, choices in selects:
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=[("", anything), *choices])


class ProgressForm(forms.Form):
    """Where a recommendation stands now."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=RecommendationStatus.choices)
    follow_up = forms.ChoiceField(label=gettext_lazy("Taken up at"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What was said or done. No personal data of people in procedures."),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What shows that it was done: a decision, a document, a figure."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed when it is dropped."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput(attrs=VERSION), min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, meetings: list[tuple[str, str]], **kwargs: Any) -> None:
        """`meetings`: (primary key of the follow-up, words), the latest first."""
        super().__init__(*args, **kwargs)
        field = self.fields["follow_up"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*meetings, ("", _("Between meetings"))]

    def clean(self) -> dict[str, Any]:
        """A dropped recommendation needs a reason."""
        cleaned = super().clean() or {}
        if cleaned.get("status") == RecommendationStatus.DROPPED and not cleaned.get("reason"):
            self.add_error("reason", _("Say why it is dropped."))
        return cleaned
