"""The board, and a recommendation's own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.audience import held_by
from portal.core.navigation import Crumb
from portal.core.once import taken_once

from . import route, selectors, services
from .forms import ProgressForm
from .fragments import board_parts
from .models import FollowUp, Recommendation
from .permissions import may_report_progress


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Every recommendation across the meetings, overdue first, and the map of how they travelled."""
    parts = board_parts(request.GET, held_by(request))
    return render(request, "events/board.html", {"parts": parts})


@require_http_methods(["GET", "HEAD", "POST"])
@taken_once
def recommendation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A recommendation: its life on the route; staff and the owner's focal points say where it stands."""
    row = _visible_or_404(request, pk)
    allowed = may_report_progress(request.user, row)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        if not allowed:
            raise PermissionDenied(
                _("Only project staff and the focal points of the owner say where a recommendation stands.")
            )
        return _report(request, row)
    return _recommendation_page(request, row, _progress_form(row) if allowed else None)


def _visible_or_404(request: HttpRequest, pk: int) -> Recommendation:
    row = selectors.recommendation(pk, held_by(request))
    if row is None:
        raise Http404(_("There is no recommendation under this address that you could see. The board lists them all."))
    return row


def _progress_form(row: Recommendation, data: Any = None) -> ProgressForm:
    follow_ups = list(reversed(selectors.seen_follow_ups(row)))
    now = {"status": row.status, "evidence": row.evidence, "reason": row.reason, "version": row.version}
    if follow_ups:
        now |= {"follow_up": str(follow_ups[0].pk), "note": follow_ups[0].note}
    return ProgressForm(data, initial=now, meetings=[(str(item.pk), item.meeting.heading) for item in follow_ups])


def _report(request: HttpRequest, row: Recommendation) -> HttpResponseBase:
    form = _progress_form(row, request.POST)
    if not form.is_valid():
        return _recommendation_page(request, row, form)
    given = dict(form.cleaned_data)
    chosen = given.pop("follow_up")
    follow_up = next((item for item in selectors.seen_follow_ups(row) if str(item.pk) == chosen), None)
    try:
        if follow_up is None:
            services.report_progress(recommendation=row, by=request.user, **given)
        else:
            services.record_follow_up(follow_up=follow_up, by=request.user, **given)
    except services.ConflictError:
        current = _visible_or_404(request, row.pk)
        # What was typed stays, under the version that stands now: sending again replaces it knowingly.
        data = request.POST.copy()
        data["version"] = str(current.version)
        return _recommendation_page(request, current, _progress_form(current, data), conflict=True)
    messages.success(request, _("Recorded."))
    return redirect(row)


def _recommendation_page(
    request: HttpRequest, row: Recommendation, form: ProgressForm | None, *, conflict: bool = False
) -> HttpResponse:
    context = {
        "shown": route.shown(row),
        "row": row,
        "stops": route.life(row),
        "form": form,
        "conflict": conflict,
        "latest": _latest(row),
        "crumbs": [Crumb(_("Recommendations"), "../")],
    }
    return render(request, "events/recommendation.html", context, status=409 if conflict else 200)


def _latest(row: Recommendation) -> FollowUp | None:
    follow_ups = selectors.seen_follow_ups(row)
    return follow_ups[-1] if follow_ups else None
