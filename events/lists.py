"""The list of meetings and the board: asked of the search engine, shown from the database (`portal.finding.lists`).

What is overdue depends on the day, so no document says it: an unfinished recommendation carries its due date, and every
question compares it with today.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network.members.models import Agency
from portal.core.countries import country_name
from portal.finding.lists import FacetedList, Listing, Narrowing, Some
from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term
from portal.vocabulary.selectors import labels_among
from search.fields import facet_token
from search.listing import ListRequest, Part, count
from search.plan import AllOf, Between, Has, Node

from . import selectors
from .enums import RecommendationStatus
from .models import MeetingPage, MeetingSeries, Recommendation

#: The types of their search documents.
MEETING, RECOMMENDATION = "meeting", "recommendation"
PAGE_SIZE = 50
#: Meetings in a panel, recommendations in a panel.
IN_PANEL = 12
#: Choices of one select.
MOST_CHOICES = 300
#: The status filter's own word for what is late.
OVERDUE = "overdue"


def _by_words(labels: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(labels.items(), key=lambda pair: pair[1].casefold()))


def _series(slugs: Collection[str]) -> dict[str, str]:
    return dict(MeetingSeries.objects.filter(slug__in=slugs).values_list("slug", "title")) if slugs else {}


def _owners(slugs: Collection[str]) -> dict[str, str]:
    return dict(Agency.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}


def _countries(codes: Collection[str]) -> dict[str, str]:
    return _by_words({code: country_name(code) for code in codes})


def _years(years: Collection[str]) -> dict[str, str]:
    return {year: year for year in sorted(years, reverse=True)}


def _themes(slugs: Collection[str]) -> dict[str, str]:
    return _by_words(labels_among(TermKind.THEME, slugs))


def _choice(name: str, label: object, labels: Callable[[Collection[str]], Mapping[str, str]]) -> Narrowing:
    return Narrowing(name=name, label=label, labels=labels, most=MOST_CHOICES)  # type: ignore[arg-type]  # lazy words


MEETINGS: FacetedList[MeetingPage] = FacetedList(
    type=MEETING,
    rows=selectors.listed_meetings,
    per_page=PAGE_SIZE,
    narrowings=(
        _choice("series", _("Series"), _series),
        _choice("country", _("Country"), _countries),
        _choice("year", _("Year"), _years),
    ),
)


def _with_life(tokens: Collection[str]) -> QuerySet[Recommendation]:
    return selectors.with_follow_ups(selectors.visible_recommendations(tokens), tokens)


BOARD: FacetedList[Recommendation] = FacetedList(
    type=RECOMMENDATION,
    rows=_with_life,
    per_page=PAGE_SIZE,
    narrowings=(
        _choice("owner", _("Owner"), _owners),
        _choice("series", _("Series"), _series),
        _choice("theme", _("Theme"), _themes),
    ),
)


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """What the board is narrowed by; empty is everything. `status` is a stored one or `OVERDUE`."""

    status: str = ""
    owner: str = ""
    series: str = ""
    theme: str = ""


def _late() -> Node:
    """What matches an overdue recommendation: only unfinished ones carry their due date."""
    return Between("due", high=timezone.localdate().toordinal() - 1)


def _parts(status: str) -> tuple[Part, ...]:
    """Overdue first, by due date; then in progress, open, done and dropped."""
    late, others = Part("due", _late()), Part("list", AllOf((), (_late(),)))
    # One word a recommendation: what is overdue is not open as well.
    return (late,) if status == OVERDUE else (others,) if status else (late, others)


def board(tokens: Collection[str], filters: BoardFilters, params: QueryDict) -> Listing[Recommendation]:
    """The page that the address asks for of the recommendations a viewer may see, overdue first."""
    status = "" if filters.status == OVERDUE else filters.status
    narrowed = {"status": status, "owner": filters.owner, "series": filters.series, "theme": filters.theme}
    return BOARD.narrowed(params, tokens, narrowed, parts=_parts(filters.status))


def tally(tokens: Collection[str]) -> dict[str, int]:
    """How many are overdue, in progress, open, done, dropped; each is counted once. Raises EngineUnavailableError."""
    statuses = (RecommendationStatus.IN_PROGRESS, RecommendationStatus.OPEN, *_CLOSED)
    nodes = [_late(), *(AllOf((_has("status", status),), (_late(),)) for status in statuses)]
    return dict(zip((OVERDUE, *map(str, statuses)), count(_all(tokens), nodes), strict=True))


_CLOSED = (RecommendationStatus.DONE, RecommendationStatus.DROPPED)


def are_examples(tokens: Collection[str]) -> bool:
    """Whether the viewer sees a recommendation that is an example. Raises EngineUnavailableError."""
    return count(_all(tokens), [_has("example", "yes")])[0] > 0


def _has(facet: str, value: str) -> Node:
    return Has("facets", (facet_token(facet, value),))


def _all(tokens: Collection[str]) -> ListRequest:
    return ListRequest(type=RECOMMENDATION, audiences=frozenset(tokens), language=get_language() or "")


def owned_by(agency: Agency, tokens: Collection[str]) -> Some[Recommendation]:
    """The first visible recommendations of an agency, overdue first."""
    rows = _with_life(tokens).filter(owner=agency)
    return BOARD.some(tokens, IN_PANEL, filters={"owner": agency.slug}, parts=_parts(""), rows=rows)


def meetings_with_term(term: Term, tokens: Collection[str]) -> list[MeetingPage]:
    """The newest visible meetings filed under a term."""
    rows = selectors.listed_meetings(tokens).filter(terms=term)
    return MEETINGS.some(tokens, IN_PANEL, filters={term.kind: term.slug}, rows=rows).items


def meetings_of_agency(agency: Agency, tokens: Collection[str]) -> list[MeetingPage]:
    """The newest visible meetings an agency organised, supported or took part in."""
    # A subquery: an agency may be named twice at one meeting.
    at = MeetingPage.objects.filter(organisations__agency=agency).order_by().values("pk")
    rows = selectors.listed_meetings(tokens).filter(pk__in=at)
    return MEETINGS.some(tokens, IN_PANEL, filters={"agency": agency.slug}, rows=rows).items
