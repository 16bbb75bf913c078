"""How often one viewer may ask for the addresses that cost or that write. Limits stand in settings.RATE_LIMITS."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis import RedisError

logger = logging.getLogger(__name__)

_PERIODS = {"s": 1, "m": 60, "h": 3600}


def parse(limit: str) -> tuple[int, int]:
    """``"30/m"`` as (30 requests, 60 seconds). Raises ValueError naming a limit it cannot read."""
    count, _slash, period = limit.partition("/")
    if not count.isdigit() or period not in _PERIODS:
        raise ValueError(f"rate limit {limit!r}: expected a number, a slash and one of s, m, h, for example 30/m")
    return int(count), _PERIODS[period]


def exceeded(*, action: str, who: str, limit: str) -> bool:
    """Count one more `action` of `who`: is it over `limit` in the current window? No, while the cache is away."""
    allowed, seconds = parse(limit)
    window = int(time.time() // seconds)
    key = f"rate:{action}:{who}:{window}"
    try:
        if cache.add(key, 1, timeout=seconds * 2):
            return allowed < 1
        return cache.incr(key) > allowed
    except ValueError:  # the window ended between the two calls
        return False
    except RedisError as error:  # better uncounted than refused: what people write must not wait for the cache
        logger.warning("rate limits not counted: %s: %s", type(error).__name__, error)
        return False


def viewer_key(request: HttpRequest) -> str:
    """Whom a limit counts: the signed-in user, otherwise the address of the connection."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"


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
        seconds = parse(limit)[1]
        response = render(request, "429.html", {"seconds": seconds, "typed": _typed(request)}, status=429)
        response["Retry-After"] = str(seconds)
        return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent again; nothing of a form with a password, which no page ever holds."""
    names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    if any("password" in name for name in names):
        return []
    return [(name, value) for name in names for value in request.POST.getlist(name)]
