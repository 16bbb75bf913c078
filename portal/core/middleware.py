"""Where a request comes from, and headers every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

#: Where the CMS lives; only there the relaxed policy holds.
CMS_PREFIX = "/cms/"


class VisitorAddressMiddleware:
    """REMOTE_ADDR is the visitor, as the proxy in front names it in X-Real-IP; without this, limits count the proxy.

    Only for installations whose proxy sets the header itself, whatever the visitor sent (deploy/nginx).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the proxy's word for the address."""
        if address := request.META.get("HTTP_X_REAL_IP"):
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


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
