"""What happened at the doors and to accounts: a line each in the log `portal.security`, for whoever watches the portal.

A line says `event`, `user` (the account's number) and `address` (of the network), and what else the event is about; in
production each is a field of the JSON object. Never a password: an address that somebody typed is written only where
it looks like one, since passwords are typed into the wrong field. The events are listed in docs/operations.md.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from django.http import HttpRequest

logger = logging.getLogger("portal.security")

#: No more than an e-mail address can be, and nothing that could end a line.
_EMAIL_ADDRESS = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,180}\.[^\s@<>\"']{2,60}")


def report(event: str, *, user: Any = None, address: str = "", level: int = logging.WARNING, **more: str | int) -> None:
    """Write one line. `user` is an account or a visitor; `more` becomes fields, and must hold nothing secret."""
    fields = {"user": getattr(user, "pk", None), "address": address, **more}
    words = " ".join(f"{name}={value!r}" for name, value in fields.items() if value not in (None, ""))
    logger.log(level, "%s %s", event, words, extra={"event": event, **fields})


def report_request(event: str, request: HttpRequest, *, level: int = logging.WARNING, **more: str | int) -> None:
    """Write one line about who sends `request`, and from where."""
    report(event, user=getattr(request, "user", None), address=address_of(request), level=level, **more)


def address_of(request: HttpRequest) -> str:
    """The network address `request` comes from; nothing where the server knows none."""
    return str(request.META.get("REMOTE_ADDR", ""))


def typed_address(typed: str) -> str:
    """`typed` where it looks like an e-mail address, otherwise what stands for it."""
    typed = typed.strip()
    return typed.lower() if _EMAIL_ADDRESS.fullmatch(typed) else "(no address)"
