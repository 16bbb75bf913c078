"""The compose box."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.text_fields import LIMIT

from . import services
from .models import MAX_BODY


class MessageForm(forms.Form):
    """A message. The hidden number makes a form sent twice post once."""

    body = forms.CharField(
        label=_("Message"),
        # The service says what is wrong with a text, in the form as over the socket.
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, LIMIT: MAX_BODY, "dir": "auto"}),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_body(self) -> str:
        """The text as it is kept."""
        return services.clean_body(self.cleaned_data["body"])

    def refuse(self, error: ValidationError) -> None:
        """Show the service's refusal beside the text, which stays; what is sent next is a message of its own."""
        self.add_error("body", error)
        given: Any = self.data  # a QueryDict, from the view
        self.data = {**given.dict(), "client_id": str(uuid.uuid4())}

    def clean(self) -> dict[str, Any] | None:
        """A number that can not be read is replaced: nobody typed it."""
        if "client_id" in self.errors:
            del self.errors["client_id"]
            self.cleaned_data["client_id"] = uuid.uuid4()
        return self.cleaned_data
