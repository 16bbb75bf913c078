"""An id for every request: in each log line, and in the X-Request-ID header both ways."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_current: ContextVar[str] = ContextVar("request_id", default="-")
_ACCEPTED = re.compile(r"[A-Za-z0-9_-]{8,64}")


def current_request_id() -> str:
    """The id of the request being answered, "-" outside one."""
    return _current.get()


class RequestIdMiddleware:
    """Takes the proxy's X-Request-ID when it is well formed, otherwise makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in the header."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex
        request.META["REQUEST_ID"] = request_id
        token = _current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-ID"] = request_id
        return response


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every record ("-" outside a request).

    Django says after all middleware has ended that an answer was an error: its record holds the request.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        request = getattr(record, "request", None)
        given = request.META.get("REQUEST_ID") if isinstance(request, HttpRequest) else None
        record.request_id = given or _current.get()
        return True
