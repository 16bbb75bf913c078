"""A form sent after the session had ended: what was typed waits for the same person to log in again.

It waits in the session that the browser has as a visitor, and goes with it: at the latest with the log-in of somebody
else, or when the person logs out. Who wrote it is told by the cookie of the last log-in in this browser (`lockout`).
"""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from portal.core.unsent import Typed, typed

from . import lockout

#: Seconds it waits: a working day.
KEPT = 12 * 3600
_SESSION_KEY = "unsent_form"
#: Where names, passwords and codes are typed to get in. Nothing of it is ever kept.
_ENTRANCE = ("account_", "mfa_", "socialaccount_")
_NO_ENTRANCE = frozenset({"account_email"})


def keep(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Keep what a visitor sent who was asked to log in instead, if it is known whose it is."""
    if request.user.is_authenticated or not _is_sent_to_log_in(response) or not _is_a_form(request):
        return False
    writer, what = lockout.last_account(request), typed(request)
    if not writer or what is None:
        return False
    request.session[_SESSION_KEY] = {
        "of": writer,
        "action": what.action,
        "fields": what.fields,
        "at": int(time.time()),
    }
    return True


def waiting(request: HttpRequest) -> Typed | None:
    """What waits for the person who is logged in; nothing that somebody else wrote, or long ago."""
    kept: dict[str, Any] | None = request.session.get(_SESSION_KEY)
    if kept is None or not request.user.is_authenticated:
        return None
    if kept["of"] != lockout.account_of(request.user) or kept["at"] < time.time() - KEPT:
        drop(request)
        return None
    return Typed(kept["action"], [(name, value) for name, value in kept["fields"]])


def drop(request: HttpRequest) -> None:
    """It was sent, or is not wanted any more."""
    request.session.pop(_SESSION_KEY, None)


def sent(request: HttpRequest) -> None:
    """After a form was sent: if it was what waited, it waits no more."""
    kept: dict[str, Any] | None = request.session.get(_SESSION_KEY)
    if kept is not None and kept["action"] == request.get_full_path():
        drop(request)


def _is_sent_to_log_in(response: HttpResponseBase) -> bool:
    location = response.headers.get("Location", "")
    return response.status_code == 302 and location.partition("?")[0] == reverse("account_login")


def _is_a_form(request: HttpRequest) -> bool:
    """Whether a person sent it from a page: no script's request, no way in."""
    name = request.resolver_match.url_name or "" if request.resolver_match else ""
    is_entrance = name.startswith(_ENTRANCE) and name not in _NO_ENTRANCE
    return not is_entrance and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
