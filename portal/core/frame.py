"""The masthead and the foot of a page: for visitors the same on every page but for the page's own address.

So they are rendered once with stand-ins for the address, remembered until content changes, and get the address by
replacing these. Rendered anew they would take half the time of a page whose own parts are remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from .languages import in_language, without_language
from .pagecache import Remembered

# Letters alone: neither escaping nor quoting changes them.
_PATH, _QUERY, _NEXT, _ORIGIN = (f"standinforthe{name}ofthispage" for name in ("path", "query", "next", "origin"))
_markup: Remembered[str] = Remembered()


class _AnyPage:
    """What the frame asks of a request, answered with stand-ins."""

    def __init__(self, language: str) -> None:
        self.scheme = "https"
        self.path = in_language(_PATH, language)
        self.META = {"QUERY_STRING": _QUERY}

    def get_host(self) -> str:
        """The stand-in for scheme and host."""
        return _ORIGIN

    def get_full_path(self) -> str:
        """The stand-in for where a log-in leads back to."""
        return _NEXT


def is_same_for_all(request: HttpRequest, user: Any) -> bool:
    """Whether the page's frame is a visitor's, on an address under the active language."""
    return user is not None and user.is_anonymous and in_language(request.path, get_language()) == request.path


def with_address(request: HttpRequest, key: tuple[Any, ...], render: Callable[[Any], str]) -> SafeString:
    """The markup that `render(request)` makes of a part of the frame, remembered under `key`, with this page's address.

    `key` says all that the part depends on beside the active language and the address.
    """
    language = get_language() or ""
    markup = _markup.get((language, *key), lambda: render(_AnyPage(language)))
    query = request.META.get("QUERY_STRING", "")
    for stand_in, value in (
        (f"https://{_ORIGIN}", escape(f"{request.scheme}://{request.get_host()}")),
        (_NEXT, quote(request.get_full_path())),
        (f"?{_QUERY}", escape(f"?{query}") if query else ""),
        (_PATH, escape(without_language(request.path))),
    ):
        markup = markup.replace(stand_in, value)
    return mark_safe(markup)  # noqa: S308  what a template gives is escaped, as the values are
