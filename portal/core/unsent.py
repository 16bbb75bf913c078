"""What somebody typed and the portal did not take: it stands on the page that says so, ready to be sent again.

One way for every such page: too often (429), an old form or no right (403), gone (404), the database away (503), a
fault of ours (500), and in `network.members.unsent` a session that ended. Each shows ``components/send_again.html``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render

#: Attributes of a hidden field that says which version of a text was changed. The page's script, which puts back what
#: was typed, puts it back too: so that a newer version is found to be one, and not overwritten.
VERSION = {"data-version": "true"}

_CSRF_FIELD = "csrfmiddlewaretoken"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent, and where to: (name, value) of every field in the order of the form; a name may come often."""

    action: str
    fields: list[tuple[str, str]]

    @property
    def texts(self) -> list[str]:
        """What a person would miss: every value of more than one word."""
        return [value for _name, value in self.fields if len(value.split()) > 1]


def answer(request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int) -> HttpResponse:
    """`template` with what was typed as ``typed`` (None: nothing). It needs neither session nor database."""
    return render(request, template, {**(context or {}), "typed": typed(request)}, status=status)


def typed(request: HttpRequest) -> Typed | None:
    """What was sent, to be sent again: nothing of a form with a password, which no page ever holds.

    Nothing either of what another site sent in the person's name: one press of a button of ours would make it theirs.
    """
    if request.method != "POST" or not _is_from_here(request):
        return None
    try:
        fields = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    except (SuspiciousOperation, UnreadablePostError):  # more than the portal reads, or cut off
        return None
    fields = [(name, value) for name, value in fields if name != _CSRF_FIELD]
    if not fields or any("password" in name for name, _value in fields):
        return None
    return Typed(request.get_full_path(), fields)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the form was a page's of ours: it held our token, or the browser says where it comes from."""
    if getattr(request, "csrf_processing_done", False):
        return True
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source)[:2] == (request.scheme, request.get_host())
