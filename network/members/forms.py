"""Forms about people."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from portal.core.countries import country_choices, country_name
from portal.core.languages import languages
from portal.core.text_fields import limit_of
from portal.vocabulary.enums import TermKind
from portal.vocabulary.forms import TermsField

from .enums import AgencyKind, SpokenLanguage
from .models import Profile, User
from .passwords import GuessablePasswordValidator
from .selectors import NO_COUNTRY
from .services import ProfileChange


class SignupForm(AllauthSignupForm):
    """Sign-up asks for a name beside address and password."""

    name = forms.CharField(
        label=_("Name"),
        max_length=limit_of(User, "name"),
        help_text=_("As colleagues know you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1", "password2")
    cleaned_data: dict[str, Any]

    def clean(self) -> dict[str, Any]:
        """Refuse a password built on the name too: allauth's own look at it knows the address alone."""
        cleaned: dict[str, Any] = super().clean()
        if "password1" in cleaned and "name" in cleaned and not self.has_error("password1"):
            owner = User(name=cleaned["name"], email=cleaned.get("email", ""))
            try:
                GuessablePasswordValidator().validate(cleaned["password1"], owner)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def save(self, request: HttpRequest) -> User | None:
        """Sign the person up; None where allauth hides that the address is taken."""
        user: User | None = super().save(request)
        return user

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Sign up, or write to the owner of an address that is taken; the answer and its time are the same."""
        if self.account_already_exists:
            self._work_in_vain(request)
        tried: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return tried

    def _work_in_vain(self, request: HttpRequest) -> None:
        """Sign somebody else up and take it back: a known address must not answer sooner than an unknown one."""
        typed = self.cleaned_data
        self.cleaned_data = {**typed, "email": f"{get_random_string(20).lower()}@signing-up.invalid"}
        self.account_already_exists = False
        try:
            with transaction.atomic():
                self.save(request)
                transaction.set_rollback(True)
        finally:
            self.cleaned_data, self.account_already_exists = typed, True

    def custom_signup(self, request: HttpRequest, user: Any) -> None:
        """Keep the name, and the language to write to them in."""
        user.name = self.cleaned_data["name"]
        user.language = get_language() or "en"
        user.save(update_fields=["name", "language"])


class ProfileForm(forms.Form):
    """What a person says of themselves."""

    name = forms.CharField(
        label=_("Name"),
        max_length=limit_of(User, "name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    position = forms.CharField(
        label=_("Position"),
        max_length=limit_of(Profile, "position"),
        required=False,
        help_text=_("Your post, so that a hand-over keeps the contact: focal point for readmission."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    country = forms.ChoiceField(label=_("Country you work in"), required=False, choices=[])
    languages = forms.MultipleChoiceField(
        label=_("Languages you speak"),
        required=False,
        choices=SpokenLanguage.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    stages = TermsField(TermKind.STAGE, label=_("Stages of return you know"))
    themes = TermsField(TermKind.THEME, label=_("Themes"))
    can_help_with = forms.CharField(
        label=_("What you can help with"),
        max_length=limit_of(Profile, "can_help_with"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    contact = forms.CharField(
        label=_("How members reach you"),
        max_length=limit_of(Profile, "contact"),
        required=False,
        help_text=_("A work address or telephone number. Only members see it."),
    )
    language = forms.ChoiceField(label=_("Language of letters to you"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("country", [("", pgettext("country", "None")), *country_choices()])
        self._choose("language", [(language.code, language.name) for language in languages()])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @staticmethod
    def initial_from(user: User, profile: Profile | None) -> dict[str, Any]:
        """The values as they stand; the language of letters and the name stand even before there is a profile."""
        initial: dict[str, Any] = {"name": user.name, "language": user.language}
        if profile is not None:
            initial |= {name: getattr(profile, name) for name in ("position", "country", "can_help_with", "contact")}
            initial["languages"] = [spoken.code for spoken in profile.languages.all()]
            initial["stages"] = [term.pk for term in profile.stages.all()]
            initial["themes"] = [term.pk for term in profile.themes.all()]
        return initial

    def change(self) -> ProfileChange:
        """The valid form as the service takes it."""
        return ProfileChange(**self.cleaned_data)


class ReasonForm(forms.Form):
    """Why somebody is suspended or reinstated."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it."),
    )


class PostsForm(forms.Form):
    """The posts a member holds."""

    focal_point = forms.BooleanField(
        label=_("Focal point of the agency"),
        required=False,
        help_text=_("Confirms applicants of the agency and answers in its name."),
    )
    reviewer = forms.BooleanField(label=_("Peer reviewer"), required=False, help_text=_("Reviews practices."))


class AgencyFilter(forms.Form):
    """How the list of organisations is narrowed."""

    q = forms.CharField(label=_("Name"), required=False, max_length=200)
    country = forms.ChoiceField(label=_("Country"), required=False, choices=[])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *AgencyKind.choices])

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        named = sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1].casefold())
        field.choices = [("", gettext("All countries")), *named, (NO_COUNTRY, gettext("Bodies of several states"))]
