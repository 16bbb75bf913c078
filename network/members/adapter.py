"""allauth's account flow in the portal's terms."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, ngettext

from portal.core import mail
from portal.core.security_log import report_request, typed_address

from . import lockout
from .permissions import is_current_member


def _words_for_waiting(seconds: int) -> str:
    """When to try again; the same for an account that does not exist."""
    minutes = math.ceil(seconds / 60)
    until = timezone.localtime() + dt.timedelta(seconds=seconds + 59)  # a whole minute: not before the wait is over
    return ngettext(
        "Too many failed attempts. Try again in %(minutes)s minute, at %(time)s, or choose a new password now.",
        "Too many failed attempts. Try again in %(minutes)s minutes, at %(time)s, or choose a new password now.",
        minutes,
    ) % {"minutes": minutes, "time": time_format(until)}


class AccountAdapter(DefaultAccountAdapter):
    """E-mail log-in; after it members go to their profile, others to their application."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where a person goes who asked for no page in particular."""
        return reverse("members:own_profile" if is_current_member(request.user) else "vetting:apply")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: `authenticate` counts, by rules of our own."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The user whose address and password these are, or None. Raises ValidationError for whoever has to wait."""
        login = str(credentials.get("email", ""))
        attempt = lockout.Attempt(request, login)
        if seconds := attempt.seconds_to_wait():
            report_request("locked_out", request, login=typed_address(login), seconds=seconds)
            raise ValidationError(_words_for_waiting(seconds), code="too_many_login_attempts")
        user = super().authenticate(request, **credentials)
        if user is not None:
            attempt.succeeded()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave a line for whoever watches."""
        report_request("log_in_failed", request, login=typed_address(str(credentials.get("email", ""))))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """A new password was chosen by a letter's link: mistakes made with the old one no longer count."""
        lockout.Attempt(request, str(credentials.get("email", ""))).forgive()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """After every step of logging in: from now on this browser is known for the account."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        lockout.remember_browser(request, response, user.email)
        return response

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
