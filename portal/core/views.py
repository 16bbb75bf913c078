"""Pages, errors, health."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from . import health, unsent
from .languages import in_language, without_language
from .models import BasePage
from .outages import database_is_away
from .pagecache import Remembered
from .request_id import current_request_id
from .security_log import report_request

#: Where `Page.route_for_request` keeps what it found, and looks first.
_ROUTE = "_wagtail_route_for_request"
#: Address and language -> page type and key. Finding them takes four queries, which every page would begin with.
_places: Remembered[tuple[type[BasePage], int] | None] = Remembered(2000)


def serve_page(request: HttpRequest, path: str) -> HttpResponseBase:
    """Wagtail's view of a page, with the way to it remembered; the page itself is read each time, in two queries."""
    place = _places.get((request.get_host(), path, get_language()), lambda: _find(request, path))
    # Where it has just been found, Wagtail has noted so on the request itself.
    if place is not None and not hasattr(request, _ROUTE):
        model, pk = place
        page = model._default_manager.filter(live=True).select_related("locale").filter(pk=pk).first()
        if page is not None:
            setattr(request, _ROUTE, RouteResult(page))
    answer: HttpResponseBase = wagtail_serve(request, path)
    return answer


def _find(request: HttpRequest, path: str) -> tuple[type[BasePage], int] | None:
    found = Page.route_for_request(request, path)
    return (type(found.page), found.page.pk) if found is not None and not found.args and not found.kwargs else None


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: what may have happened, a search box, and for members the way in."""
    # A view gives a sentence for the reader; Django's resolver puts a dictionary there.
    given = exception.args[0] if exception and exception.args else ""
    context = {"reason": given if isinstance(given, str) else "", "instead": _without_unknown_language(request.path)}
    return unsent.answer(request, "404.html", context, status=404)


#: A first part of a path that looks like a language: de, fr, sr-latn.
_LOOKS_LIKE_A_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")


def _without_unknown_language(path: str) -> str:
    """For an address under a language the portal does not speak, the same page in the reader's; otherwise nothing.

    Django has put its own prefix before the unknown one by now: ``/en/fr/about/`` -> ``/en/about/``.
    """
    head, _slash, rest = without_language(path).partition("/")
    return in_language(rest, get_language()) if _LOOKS_LIKE_A_LANGUAGE.fullmatch(head) else ""


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: who may do this."""
    report_request("refused", request, path=request.path, method=str(request.method))
    return unsent.answer(request, "403.html", {"reason": str(exception) if exception else ""}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself could not be read."""
    return render(request, "400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form sent without its token: what was typed is kept, to be sent again."""
    report_request("refused", request, path=request.path, method=str(request.method), reason=reason)
    return unsent.answer(request, "403_csrf.html", {"reason": reason}, status=403)


#: Seconds after which a browser, or a machine, may ask again while the database is away.
_AGAIN_IN = 30


def server_error(request: HttpRequest) -> HttpResponse:
    """500 from a template that needs neither database nor session; 503 while the database is away."""
    # Django calls this while it handles the error.
    if database_is_away(sys.exc_info()[1]):
        return _out_of_order(request)
    return _needing_nothing(request, "500.html", status=500)


def _needing_nothing(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    """A page with what was typed, to be sent again, that asks for no record."""
    context: dict[str, Any] = {"request_id": current_request_id(), "address": request.get_full_path()}
    # Whatever broke may break this too.
    with suppress(Exception):
        context |= {"typed": unsent.typed(request), "csrf_token": get_token(request)}
    return render(None, template, context, status=status)


def _out_of_order(request: HttpRequest) -> HttpResponse:
    """503 with words, when to ask again, and what was typed, to be sent again; it asks the database nothing."""
    request.user = AnonymousUser()  # whatever looks at it on the way out asks nothing either
    if "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse({"error": gettext("The portal cannot reach its records.")}, status=503)
    else:
        response = _needing_nothing(request, "503.html", status=503)
    response["Retry-After"] = str(_AGAIN_IN)
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("live\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Every part with its reason; 503 when one is red."""
    well, parts = health.report()
    return JsonResponse({"ready": well, "parts": parts}, status=200 if well else 503)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, for programs that ask for it by this name instead of reading the page's own link to it."""
    return redirect(static("portal/img/favicon.ico"))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read."""
    sitemap = request.build_absolute_uri("/sitemap.xml")
    lines = ["User-agent: *", "Disallow: /cms/", "Disallow: /*/accounts/", f"Sitemap: {sitemap}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")
