"""Forms of vetting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from network.members.models import Agency
from network.members.selectors import agencies
from portal.core.countries import country_choices, country_name
from portal.core.text_fields import limit_of

from .enums import Verdict
from .models import Application, Decision
from .services import ApplicationForm as Filled


class AgencyField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django takes no argument at run time
    """An agency of the list, with its country."""

    def label_from_instance(self, obj: Any) -> str:
        """``Border Police of Montenegro (Montenegro)``."""
        return f"{obj.name} ({country_name(obj.country)})" if obj.country else str(obj.name)


class ApplyForm(forms.Form):
    """What an applicant tells the network."""

    agency = AgencyField(
        queryset=Agency.objects.none(),
        required=False,
        label=_("Agency"),
        empty_label=_("Not in the list"),
        help_text=_("The agency or organisation you work for."),
    )
    agency_name = forms.CharField(
        label=_("Agency that is not in the list"),
        max_length=limit_of(Application, "agency_name"),
        required=False,
        help_text=_("Only if you did not find it above. Project staff add it."),
    )
    position = forms.CharField(
        label=_("Position"),
        max_length=limit_of(Application, "position"),
        help_text=_("For example: adviser for readmission."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    work_email = forms.EmailField(
        label=_("Work e-mail"),
        help_text=_("An address of your agency speaks for itself."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    reason = forms.CharField(
        label=_("Why you want to join"),
        max_length=limit_of(Application, "reason"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you work on, and what you hope to find. No personal data of people in procedures."),
    )
    sponsor_email = forms.EmailField(
        label=_("A member who can vouch for you"),
        required=False,
        help_text=_("If you know one: their e-mail address. We ask them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agencies()

    def clean(self) -> dict[str, Any]:
        """An agency, one way or the other."""
        cleaned = super().clean() or self.cleaned_data
        if (
            not cleaned.get("agency")
            and not cleaned.get("agency_name", "").strip()
            and "agency_name" not in self.errors
        ):
            self.add_error("agency", _now("Choose your agency, or name it in the next field."))
        return cleaned

    def filled(self) -> Filled:
        """The valid form as the service takes it."""
        return Filled(**self.cleaned_data)


class DecisionForm(forms.Form):
    """Accept, ask for more, or decline."""

    verdict = forms.ChoiceField(label=_("Your decision"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=limit_of(Decision, "reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed unless you accept. The applicant reads it."),
    )

    def clean(self) -> dict[str, Any]:
        """Whoever does not accept says why."""
        cleaned = super().clean() or self.cleaned_data
        verdict = cleaned.get("verdict")
        if (
            verdict
            and verdict != Verdict.ACCEPT
            and not cleaned.get("reason", "").strip()
            and "reason" not in self.errors
        ):
            self.add_error("reason", _now("Write what is missing, or why you decline. The applicant reads it."))
        return cleaned


class NameAgencyForm(forms.Form):
    """Staff put an application to an agency of the list, or add the one the applicant named."""

    agency = AgencyField(
        queryset=Agency.objects.none(), required=False, label=_("Agency"), empty_label=_("Add as a new organisation")
    )
    country = forms.ChoiceField(
        label=_("Country of the new organisation"),
        required=False,
        choices=[],
        help_text=_("None for bodies of several states."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency, country = self.fields["agency"], self.fields["country"]
        assert isinstance(agency, forms.ModelChoiceField)
        assert isinstance(country, forms.ChoiceField)
        agency.queryset = agencies()
        country.choices = [("", _now("None")), *country_choices()]
