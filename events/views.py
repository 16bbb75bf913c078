"""The meetings' pages, the board, and a recommendation's own page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.countries import country_names
from portal.core.navigation import Crumb

from . import route, selectors, services
from .enums import OrganisationRole, RecommendationStatus
from .forms import FilterForm, ProgressForm
from .models import FollowUp, MeetingIndexPage, MeetingPage, Recommendation
from .permissions import may_report_progress

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from, as `components/sources.html` takes it."""

    title: str
    url: str
    publisher: str
    lang: str = ""


def sources_of(addresses: list[str]) -> list[Source]:
    """Addresses with words a reader can tell apart: the long part of the path, otherwise the host alone."""
    found = []
    for address in addresses:
        parts = urlsplit(address)
        words = max(parts.path.split("/"), key=lambda part: part.count("-"), default="")
        told = words.replace("-", " ").strip().capitalize() if words.count("-") >= 2 else ""
        host = parts.netloc.removeprefix("www.")
        url = address if parts.scheme in ("http", "https") else ""
        found.append(Source(told or host or address, url, host if told else ""))
    return found


@dataclass(frozen=True, slots=True)
class Year:
    """The meetings of a year; without a label those whose date is not known."""

    label: str
    stops: list[route.Stop]


def index_context(page: MeetingIndexPage, request: HttpRequest) -> dict[str, Any]:
    """The list of meetings: the route so far, filters, and all of them by year."""
    tokens = request.audiences  # type: ignore[attr-defined]  # set by ViewerMiddleware
    listed = selectors.overview(tokens)
    choices = selectors.meeting_choices(listed)
    selects = [
        ("series", _("Series"), _("All series"), [(series.slug, series.title) for series in choices.series]),
        ("country", _("Country"), _("All countries"), choices.countries),
        ("year", _("Year"), _("All years"), choices.years),
    ]
    form, chosen, hints = _filters(request, selects)
    narrowed = any(chosen.values())
    shown, hints = _page(Paginator(_narrowed(listed, choices, chosen), PAGE_SIZE), request, hints)
    past, following = ([], None) if narrowed else selectors.route_to(listed)
    pages = selectors.fetched({*shown, *past, *([following] if following else [])})
    return {
        "route": route.so_far([pages[pk] for pk in past], pages[following] if following else None) if past else [],
        "years": _by_year([pages[pk] for pk in shown], {row.pk for row in listed}),
        "listed": shown,
        "form": form,
        "hints": hints,
        "narrowed": narrowed,
        "sources": sources_of(page.sources),
    }


def _narrowed(listed: list[selectors.Listed], choices: selectors.MeetingChoices, chosen: dict[str, str]) -> list[int]:
    """The keys of the meetings that pass the chosen series, country and year."""
    series = {row.slug: row.pk for row in choices.series}.get(chosen["series"])
    return [
        row.pk
        for row in listed
        if (series is None or series in row.series)
        and (not chosen["country"] or chosen["country"] in row.countries)
        and (not chosen["year"] or (row.day is not None and str(row.day.year) == chosen["year"]))
    ]


def _by_year(meetings: list[MeetingPage], visible: set[int]) -> list[Year]:
    years = groupby(meetings, key=lambda meeting: str(meeting.sort_date.year) if meeting.sort_date else "")
    return [Year(label, [_station(meeting, visible) for meeting in group]) for label, group in years]


def _station(meeting: MeetingPage, visible: set[int]) -> route.Stop:
    """A meeting in the list, where its title says what it was; off the `visible` chain it is a minor stop."""
    linked = not visible.isdisjoint({meeting.previous_meeting_id, meeting.next_meeting_id})
    state = "next" if not meeting.is_over else ("" if linked else "minor")
    return route.Stop(
        name=meeting.title,
        url=meeting.get_url() or "",
        when=meeting.place_and_date or _("Date not known"),
        what=meeting.in_a_line,
        state=state,
        lang=meeting.locale.language_code,
    )


def meeting_context(meeting: MeetingPage, request: HttpRequest) -> dict[str, Any]:
    """What a meeting's page shows this viewer."""
    tokens = request.audiences  # type: ignore[attr-defined]  # set by ViewerMiddleware
    before, after = selectors.chain(meeting, tokens)
    organisations = list(meeting.organisations.all())
    rows = selectors.recommendations_at(meeting, tokens)
    issued = [row for row in rows if row.meeting.translation_key == meeting.translation_key]
    return {
        "crumbs": [Crumb(_("Meetings"), "../")],
        # A range of days stays on one line.
        "heading": meeting.heading.replace("–", "\u2060–\u2060"),
        "lead": meeting.title if meeting.place else "",
        "taking_part": country_names(country.code for country in meeting.countries),
        "stops": route.around(meeting, before, after) if before or after else [],
        "before": _onward(before),
        "after": _onward(after),
        "organisers": [row for row in organisations if row.role == OrganisationRole.ORGANISER],
        "supporters": [row for row in organisations if row.role == OrganisationRole.SUPPORTER],
        "participants": [row for row in organisations if row.role == OrganisationRole.PARTICIPANT],
        "recommendations": [route.shown(row) for row in issued],
        "carried": [route.taken_up(row, meeting) for row in rows if row not in issued],
        "tags": [{"label": str(term), "url": term.get_absolute_url()} for term in meeting.terms.all()],
        "sources": sources_of(meeting.sources),
    }


def _onward(near: list[MeetingPage]) -> dict[str, str] | None:
    return {"label": near[0].heading, "url": near[0].get_url() or ""} if near else None


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Every recommendation across the meetings, overdue first, and the map of how they travelled."""
    tokens = request.audiences  # type: ignore[attr-defined]  # set by ViewerMiddleware
    choices = selectors.board_choices(tokens)
    counts = selectors.tally(selectors.board(tokens))
    statuses = [(selectors.OVERDUE, _("Overdue")), *RecommendationStatus.choices]
    numbered = [(value, f"{label} ({counts[value]})") for value, label in statuses if counts[value]]
    selects = [
        ("status", _("Status"), _("All, overdue first"), numbered),
        ("owner", _("Owner"), _("Any owner"), choices.owners),
        ("series", _("Series"), _("All series"), choices.series),
        ("theme", _("Theme"), _("All themes"), choices.themes),
    ]
    form, chosen, hints = _filters(request, selects)
    found = selectors.with_follow_ups(selectors.board(tokens, selectors.BoardFilters(**chosen)), tokens)
    page, hints = _page(Paginator(found, PAGE_SIZE), request, hints)
    rows = list(page)
    context = {
        "rows": [route.shown(row) for row in rows],
        "map": route.carry_map(rows),
        "page": page,
        "form": form,
        "hints": hints,
        "narrowed": any(chosen.values()),
        "overdue": counts[selectors.OVERDUE],
    }
    return render(request, "events/board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
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
    row = selectors.recommendation(pk, request.audiences)  # type: ignore[attr-defined]  # set by ViewerMiddleware
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


def _filters(
    request: HttpRequest, selects: list[tuple[str, str, str, list[tuple[str, str]]]]
) -> tuple[FilterForm, dict[str, str], list[str]]:
    """The filter form, what it narrows by, and a sentence for each value that is none and narrows nothing."""
    form = FilterForm(request.GET, selects=selects)
    form.is_valid()
    hints = []
    data = request.GET.copy()
    for name, label, anything, _choices in selects:
        if name in form.errors:
            given = data.pop(name)[-1]
            hints.append(
                _("%(label)s: there is no “%(value)s” here. Shown are: %(anything)s.")
                % {"label": label, "value": given[:80], "anything": anything}
            )
    if hints:
        form = FilterForm(data, selects=selects)
        form.is_valid()
    return form, {name: form.cleaned_data.get(name, "") for name, *_rest in selects}, hints


def _page(found: Paginator[Any], request: HttpRequest, hints: list[str]) -> tuple[Any, list[str]]:
    """The page asked for; the nearest one, with a sentence, when there is no such page."""
    asked = request.GET.get("page", "1")
    page = found.get_page(asked)
    if asked != str(page.number):
        hints = [
            *hints,
            _("There is no page “%(page)s”. This is page %(number)s.") % {"page": asked[:20], "number": page.number},
        ]
    return page, hints
