"""What a reader may ask of an indicator's figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .areas import area_name, reading_order
from .models import Figure

#: The name of each field in the address of a page and of its CSV.
PARAMETERS = ("area", "since", "until")


class FigureFilter(forms.Form):
    """Area and years. A value that does not occur among the figures is named in an error, and is not applied."""

    area = forms.ChoiceField(label=_("Area"), required=False)
    since = forms.TypedChoiceField(label=_("From year"), required=False, coerce=int, empty_value=None)
    until = forms.TypedChoiceField(label=_("To year"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, figures: Sequence[Figure]) -> None:
        asked = {name: data[name] for name in PARAMETERS if data.get(name)}
        super().__init__(asked or None)
        self.figures = figures
        areas = sorted({figure.area for figure in figures}, key=reading_order)
        years = sorted({year for figure in figures for year in _ends(figure)}, reverse=True)
        year_choices = [("", gettext("Any")), *((str(year), str(year)) for year in years)]
        fields: Any = self.fields
        fields["area"].choices = [("", gettext("All areas")), *((code, area_name(code)) for code in areas)]
        fields["since"].choices = fields["until"].choices = year_choices
        fields["area"].error_messages["invalid_choice"] = _("No figure here is about “%(value)s”.")
        for name in ("since", "until"):
            fields[name].error_messages["invalid_choice"] = _("No figure here is of the year “%(value)s”.")

    def clean(self) -> dict[str, Any]:
        """The years in order."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last year lies before the first."))
        return cleaned

    @property
    def is_used(self) -> bool:
        """Whether anything was asked for."""
        return self.is_bound

    def shown(self) -> list[Figure]:
        """The figures that pass: what was asked wrongly is left aside, not guessed."""
        if not self.is_bound:
            return list(self.figures)
        self.full_clean()
        area, since, until = (self.cleaned_data.get(name) for name in PARAMETERS)
        found = []
        for figure in self.figures:
            years = _ends(figure)
            early = since and (years[-1] < since)
            late = until and (years[0] > until)
            if (not area or figure.area == area) and not early and not late:
                found.append(figure)
        return found


def _ends(figure: Figure) -> list[int]:
    """The years a figure's period begins and ends in; one when the end is not known."""
    return [figure.start.year, (figure.end or figure.start).year]
