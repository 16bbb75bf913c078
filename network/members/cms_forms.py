"""Users in the CMS, for administrators: accounts of project staff. Members come through vetting, not from here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm as WagtailUserCreationForm
from wagtail.users.forms import UserEditForm as WagtailUserEditForm

from portal.core.languages import languages

from .models import User

_WIDGETS: dict[str, Any] = {
    "groups": forms.CheckboxSelectMultiple,
    "language": forms.Select(choices=[(language.code, language.name) for language in languages()]),
}


class UserCreationForm(WagtailUserCreationForm):  # type: ignore[misc]  # Wagtail has no types
    """A new account. The person confirms the address at first log-in."""

    first_name = None
    last_name = None

    class Meta(WagtailUserCreationForm.Meta):  # type: ignore[misc]  # Wagtail has no types
        model = User
        fields = ("name", "email", "language", "is_staff", "is_superuser", "groups")
        widgets = _WIDGETS

    def clean_email(self) -> str:
        """Addresses are kept in lower case, as people who sign up have theirs."""
        return str(self.cleaned_data["email"]).lower()


class UserEditForm(WagtailUserEditForm):  # type: ignore[misc]  # Wagtail has no types
    """An account as it stands. People change their own address, since they have to confirm it."""

    first_name = None
    last_name = None

    class Meta(WagtailUserEditForm.Meta):  # type: ignore[misc]  # Wagtail has no types
        model = User
        fields = ("name", "email", "language", "is_staff", "is_active", "is_superuser", "groups")
        widgets = _WIDGETS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        editing_self = kwargs.get("editing_self", False)
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True
        self.fields["email"].help_text = _("The person changes it under “My account”, and confirms the new one.")
        if editing_self:
            del self.fields["is_staff"]
