"""Headers every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

#: Where the CMS lives; only there the relaxed policy holds.
CMS_PREFIX = "/cms/"


class SecurityHeadersMiddleware:
    """Permissions-Policy on every answer, and no caching by others of what a signed-in person sees."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers the view has not set."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class PathContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere, the relaxed one under the CMS path."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Choose the policy by path, then let django-csp write the header."""
        if request.path.startswith(CMS_PREFIX):
            policy: dict[str, Any] = settings.CMS_CONTENT_SECURITY_POLICY["DIRECTIVES"]
            response._csp_replace = policy  # type: ignore[attr-defined]  # django-csp's own per-response override
        answer: HttpResponseBase = super().process_response(request, response)
        return answer
