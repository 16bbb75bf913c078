"""How often one viewer may ask for the addresses that cost or that write. Limits stand in settings.RATE_LIMITS."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from . import unsent
from .security_log import address_of, report_request

_PERIODS = {"s": 1, "m": 60, "h": 3600}
_LIMIT = re.compile(r"(?P<count>\d+)/(?P<times>[1-9]\d?)?(?P<period>[smh])")


def parse(limit: str) -> tuple[int, int]:
    """``"30/m"`` as (30 requests, 60 seconds), ``"5/10m"`` as (5, 600). Raises ValueError naming one it cannot read."""
    read = _LIMIT.fullmatch(limit)
    if read is None:
        raise ValueError(
            f"rate limit {limit!r}: expected a number, a slash and one of s, m, h, for example 30/m or 5/10m"
        )
    return int(read["count"]), int(read["times"] or 1) * _PERIODS[read["period"]]


def exceeded(*, action: str, who: str, limit: str) -> bool:
    """Count one more `action` of `who`: is it over `limit` in the current window? No, while the cache is away."""
    allowed, seconds = parse(limit)
    key = _window(action, who, seconds)
    if cache.add(key, 1, timeout=seconds * 2):
        return allowed < 1
    try:
        return cache.incr(key) > allowed
    # The window ended between the two calls, or the cache is away: better uncounted than refused.
    except ValueError:
        return False


def _window(action: str, who: str, seconds: int) -> str:
    """The counter of the window that runs now."""
    return f"rate:{action}:{who}:{int(time.time() // seconds)}"


def give_back(*, action: str, who: str, limit: str) -> None:
    """Take one `action` off the count again: it proved to be none that the limit is about."""
    with suppress(ValueError):  # the window has ended, or nothing is counted while the cache is away
        cache.decr(_window(action, who, parse(limit)[1]))


def forget(*, action: str, who: str, limit: str) -> None:
    """Begin the count of `who` anew."""
    cache.delete(_window(action, who, parse(limit)[1]))


def seconds_left(limit: str) -> float:
    """How long the window of `limit` that runs now still takes: after it counting begins anew."""
    seconds = parse(limit)[1]
    return seconds - time.time() % seconds


def viewer_key(request: HttpRequest) -> str:
    """Whom a limit counts: the signed-in user, otherwise the address of the connection."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"address:{address_of(request)}"


class RateLimitMiddleware:
    """Answers 429 with a page that says when to try again. Reading a form is free; sending it counts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the limit is asked once the address is resolved."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Refuse what is over the limit of its URL name."""
        match = request.resolver_match
        name = match.view_name if match else ""
        limit = settings.RATE_LIMITS.get(name)
        if limit is None or (request.method == "GET" and name not in settings.RATE_LIMITED_READS):
            return None
        if not exceeded(action=name, who=viewer_key(request), limit=limit):
            return None
        report_request("too_many", request, what=name, limit=limit)
        seconds = parse(limit)[1]
        response = unsent.answer(request, "429.html", {"seconds": seconds}, status=429)
        response["Retry-After"] = str(seconds)
        return response
