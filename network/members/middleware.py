"""Who is asking: put on every request, so that lower layers filter without knowing members; and the door of the CMS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from portal.core.middleware import CMS_PREFIX

from . import unsent
from .permissions import may_use_cms
from .selectors import audiences_for, role_of

#: Below the CMS path, and open: it only leads to the portal's log-in.
_CMS_LOGIN = f"{CMS_PREFIX}login/"


class ViewerMiddleware:
    """Sets ``request.audiences``, a frozenset of tokens, and ``request.role``: worked out when first asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on with the audiences attached."""
        viewed: Any = request  # with two attributes of our own; code asks `held_by(request)`, templates `request.role`
        viewed.audiences = SimpleLazyObject(lambda: audiences_for(request.user))
        viewed.role = SimpleLazyObject(lambda: role_of(request.user))
        return self.get_response(request)


class UnsentFormMiddleware:
    """A form that comes after its session has ended is kept until the person has logged in again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, and look where the answer leads."""
        response = self.get_response(request)
        if request.method != "POST":
            return response
        if unsent.keep(request, response):
            words = _("You were logged out. What you typed is kept: log in, and you can send it.")
            messages.warning(request, words)
            return redirect_to_login(reverse("members:unsent"))
        if request.user.is_authenticated:
            unsent.sent(request)
        return response


class CmsDoorMiddleware:
    """Everything under the CMS path is for project staff: visitors are sent to log in, all others refused.

    Wagtail asks for a right that a group holds; a suspended colleague is still in the group.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the door is asked once the address is resolved, so that an error gets its page."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponseBase | None:
        """Refuse, or None to go on."""
        if not request.path.startswith(CMS_PREFIX) or request.path == _CMS_LOGIN:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may_use_cms(request.user):
            raise PermissionDenied(_("Project staff only."))
        if _leads_nowhere(request):
            raise Http404
        return None


def _leads_nowhere(request: HttpRequest) -> bool:
    """Whether Wagtail would answer with an error: its choosers look up whatever word stands for a number.

    And one of its pages does nothing else than fail, to try the error page.
    """
    match = request.resolver_match
    assert match is not None  # a view is about to be called
    no_number = match.url_name == "chosen" and not str(match.kwargs.get("pk", "")).isdecimal()
    return no_number or match.url_name == "wagtailadmin_error_test"
