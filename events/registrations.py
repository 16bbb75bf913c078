"""What meetings bring to the portal: registered at start-up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from network.members.models import Agency
from portal.core import navigation, panels
from portal.core.audience import held_by
from portal.core.languages import in_language
from portal.core.navigation import Section
from portal.core.pagecache import only_for_now, until_content_changes
from portal.core.panels import Panel
from portal.vocabulary.models import Term
from search import registry
from search.backends.base import EngineUnavailableError

from . import lists, receivers, route, selectors
from .documents import (
    meeting_document,
    meetings_for_search,
    recommendation_document,
    recommendations_for_search,
)
from .enums import RecommendationStatus
from .models import MeetingPage, MeetingSeries, Recommendation

navigation.register(Section("meetings", gettext_lazy("Meetings"), "meetings/", 10))
navigation.register(Section("recommendations", gettext_lazy("Recommendations"), "recommendations/", 20))


@until_content_changes
def _series_titles() -> dict[str, str]:
    """Slug -> title, from memory: search asks for the words of every value it shows."""
    return dict(MeetingSeries.objects.values_list("slug", "title"))


registry.register(
    MeetingPage,
    meeting_document,
    type=lists.MEETING,
    label=gettext_lazy("Meeting"),
    plural=gettext_lazy("Meetings"),
    queryset=meetings_for_search,
)
registry.register(
    Recommendation,
    recommendation_document,
    type=lists.RECOMMENDATION,
    label=gettext_lazy("Recommendation"),
    plural=gettext_lazy("Recommendations"),
    queryset=recommendations_for_search,
)
registry.register_facet("series", gettext_lazy("Series of meetings"), lambda slug: _series_titles()[slug], 60)


@panels.register("home", 10, kept=True)
def route_so_far(request: HttpRequest, subject: Any) -> Panel | None:
    """The last meetings on the route, and the next."""
    tokens = held_by(request)
    past, following = selectors.route_so_far(tokens)
    if not past and following is None:
        return None
    stops = route.so_far(past, following)
    return Panel("events/panels/route.html", {"stops": stops, "all_url": in_language("meetings/", get_language())})


@panels.register("home", 20, kept=True)
def what_was_agreed(request: HttpRequest, subject: Any) -> Panel | None:
    """How many recommendations are overdue, in progress, open and done; nothing while search is away, which counts."""
    tokens = held_by(request)
    try:
        counts, examples = lists.tally(tokens), lists.are_examples(tokens)
    except EngineUnavailableError:
        only_for_now()
        return None
    if not any(counts.values()):
        return None
    labels = {lists.OVERDUE: _("Overdue"), **{str(value): label for value, label in RecommendationStatus.choices}}
    kinds: dict[str, str] = {lists.OVERDUE: "late", **route.STATUS_KINDS}
    board = reverse("events:board")
    shown = [
        {"kind": kinds[status], "label": labels[status], "count": count, "url": f"{board}?status={status}"}
        for status, count in counts.items()
        if count
    ]
    context = {"rows": shown, "largest": max(counts.values()), "total": sum(counts.values())}
    context["examples"] = examples
    return Panel("events/panels/tally.html", context)


@panels.register("term", 30, kept=True)
def meetings_about(request: HttpRequest, subject: Term) -> Panel | None:
    """The meetings filed under a term."""
    found = lists.meetings_with_term(subject, held_by(request))
    return Panel("events/panels/meetings.html", {"meetings": found}) if found else None


@panels.register("agency", 30, kept=True)
def meetings_at(request: HttpRequest, subject: Agency) -> Panel | None:
    """The meetings an agency was at."""
    found = lists.meetings_of_agency(subject, held_by(request))
    return Panel("events/panels/meetings.html", {"meetings": found}) if found else None


@panels.register("agency", 40, kept=True)
def recommendations_owned(request: HttpRequest, subject: Agency) -> Panel | None:
    """What an agency is to do."""
    found = lists.owned_by(subject, held_by(request))
    if not found.items:
        return None
    are_more = found.total is None or found.total > len(found.items)
    more = f"{reverse('events:board')}?{urlencode({'owner': subject.slug})}" if are_more else ""
    return Panel("events/panels/owned.html", {"rows": [route.shown(row) for row in found.items], "more_url": more})


__all__ = ["receivers"]
