"""allauth's account flow in the portal's terms."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from portal.core import mail

from .permissions import is_current_member


class AccountAdapter(DefaultAccountAdapter):
    """E-mail log-in; after it members go to their profile, others to their application."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where a person goes who asked for no page in particular."""
        return reverse("members:own_profile" if is_current_member(request.user) else "vetting:apply")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters of allauth go through the portal's outbox like all others."""
        message = self.render_mail(template_prefix, email, context)
        mail.queue(
            to=email,
            template=template_prefix,
            language=get_language() or settings.LANGUAGE_CODE,
            subject=message.subject,
            body=str(message.body),
        )

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""
