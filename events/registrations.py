"""What meetings bring to the portal: registered at start-up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from network.members.models import Agency
from portal.core import navigation, panels
from portal.core.audience import held_by
from portal.core.languages import in_language
from portal.core.navigation import Section
from portal.core.pagecache import until_content_changes
from portal.core.panels import Panel
from portal.vocabulary.models import Term
from search import registry

from . import receivers, route, selectors
from .documents import meeting_document, meetings_for_search
from .enums import RecommendationStatus
from .models import MeetingPage, MeetingSeries

navigation.register(Section("meetings", gettext_lazy("Meetings"), "meetings/", 10))
navigation.register(Section("recommendations", gettext_lazy("Recommendations"), "recommendations/", 20))


@until_content_changes
def _series_titles() -> dict[str, str]:
    """Slug -> title, from memory: search asks for the words of every value it shows."""
    return dict(MeetingSeries.objects.values_list("slug", "title"))


registry.register(
    MeetingPage,
    meeting_document,
    type="meeting",
    label=gettext_lazy("Meeting"),
    plural=gettext_lazy("Meetings"),
    queryset=meetings_for_search,
)
registry.register_facet("series", gettext_lazy("Series of meetings"), lambda slug: _series_titles()[slug], 60)


@panels.register("home", 10, kept=True)
def route_so_far(request: HttpRequest, subject: Any) -> Panel | None:
    """The last meetings on the route, and the next."""
    tokens = held_by(request)
    past, following = selectors.route_to(selectors.overview(tokens))
    if not past and following is None:
        return None
    pages = selectors.fetched([*past, *([following] if following else [])])
    stops = route.so_far([pages[pk] for pk in past], pages[following] if following else None)
    return Panel("events/panels/route.html", {"stops": stops, "all_url": in_language("meetings/", get_language())})


@panels.register("home", 20, kept=True)
def what_was_agreed(request: HttpRequest, subject: Any) -> Panel | None:
    """How many recommendations are overdue, in progress, open and done."""
    rows = selectors.board(held_by(request))
    counts = selectors.tally(rows)
    if not any(counts.values()):
        return None
    labels = {selectors.OVERDUE: _("Overdue"), **{str(value): label for value, label in RecommendationStatus.choices}}
    kinds: dict[str, str] = {selectors.OVERDUE: "late", **route.STATUS_KINDS}
    board = reverse("events:board")
    shown = [
        {"kind": kinds[status], "label": labels[status], "count": count, "url": f"{board}?status={status}"}
        for status, count in counts.items()
        if count
    ]
    context = {"rows": shown, "largest": max(counts.values()), "total": sum(counts.values())}
    context["examples"] = rows.filter(is_example=True).exists()
    return Panel("events/panels/tally.html", context)


@panels.register("term", 30, kept=True)
def meetings_about(request: HttpRequest, subject: Term) -> Panel | None:
    """The meetings filed under a term."""
    found = selectors.meetings_with_term(subject, held_by(request))
    return Panel("events/panels/meetings.html", {"meetings": found}) if found else None


@panels.register("agency", 30, kept=True)
def meetings_at(request: HttpRequest, subject: Agency) -> Panel | None:
    """The meetings an agency was at."""
    found = selectors.meetings_of_agency(subject, held_by(request))
    return Panel("events/panels/meetings.html", {"meetings": found}) if found else None


@panels.register("agency", 40, kept=True)
def recommendations_owned(request: HttpRequest, subject: Agency) -> Panel | None:
    """What an agency is to do."""
    rows = selectors.owned_by(subject, held_by(request))
    return Panel("events/panels/owned.html", {"rows": [route.shown(row) for row in rows]}) if rows else None


__all__ = ["receivers"]
