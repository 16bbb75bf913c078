"""The heavy parts of the meetings' pages and of the board as markup, kept in the process until content changes.

A kept part is the same for every reader with the same audiences and language on the same day; members share them too,
whom the page cache in front of Django does not serve. Whatever a part depends on is an argument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.countries import country_names
from portal.core.pagecache import Remembered, asked_for, until_content_changes
from search.backends.base import EngineUnavailableError

from . import lists, narrowing, route, selectors
from .enums import OrganisationRole, RecommendationStatus
from .lists import BOARD, MEETINGS, BoardFilters
from .models import MeetingPage
from .narrowing import Narrowed, Select

_meetings: Remembered[SafeString] = Remembered()


@dataclass(frozen=True, slots=True)
class ListParts:
    """The list of meetings as markup, the page of it for the links below, and whether it is narrowed."""

    body: SafeString
    page: Any
    narrowed: bool


@dataclass(frozen=True, slots=True)
class BoardParts:
    """The board as markup, the page of it for the links below, and how many recommendations are overdue in all."""

    body: SafeString
    page: Any
    overdue: int


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
        try:
            parts = urlsplit(address)
        except ValueError:  # a host in brackets that is none
            parts = urlsplit("")
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


def list_parts(params: QueryDict, tokens: Collection[str]) -> ListParts:
    """The route so far and all meetings by year, as the address asks for them."""
    asked = asked_for(params, ("series", "country", "year", "page"))
    return _index_parts(asked, frozenset(tokens), get_language(), timezone.localdate())


def meeting_parts(meeting: MeetingPage, tokens: Collection[str], *, draft: bool) -> SafeString:
    """Everything of a meeting's page below the breadcrumb. A `draft` (a preview of the CMS) is never kept."""
    if draft:
        return _render(meeting, tokens)
    key = (meeting.pk, frozenset(tokens), get_language(), timezone.localdate())
    return _meetings.get(key, lambda: _render(meeting, tokens))


def board_parts(params: QueryDict, tokens: Collection[str]) -> BoardParts:
    """Every recommendation across the meetings, overdue first, and the map of how they travelled."""
    asked = asked_for(params, ("status", "owner", "series", "theme", "page"))
    return _board_parts(asked, frozenset(tokens), get_language(), timezone.localdate())


@until_content_changes
def _index_parts(query: str, tokens: frozenset[str], language: str | None, day: dt.date) -> ListParts:
    params = QueryDict(query)
    try:
        asked = narrowing.narrowed(params, _selects_of_meetings(params, tokens))
    except EngineUnavailableError:
        asked, listing = Narrowed(), MEETINGS.newest(params, tokens)
    else:
        listing = MEETINGS.narrowed(params, tokens, asked.chosen)
    on_route = [] if asked.is_narrowed else selectors.route_keys(tokens)
    shown = {meeting.pk: meeting for meeting in listing.items}
    links = {pk for page in listing.items for pk in (page.previous_meeting_id, page.next_meeting_id) if pk}
    around = selectors.listed_under({*on_route, *links.difference(shown)}, tokens)
    past = [around[pk] for pk in reversed(on_route) if pk in around]
    context = {
        "route": route.so_far(past, selectors.next_meeting(tokens)) if past else [],
        "years": _by_year(listing.items, {*shown, *around}),
        "form": asked.form,
        "hints": [*asked.hints, *listing.hints],
        "narrowed": asked.is_narrowed,
    }
    return ListParts(render_to_string("events/meeting_list.html", context), listing.page, asked.is_narrowed)


def _selects_of_meetings(params: QueryDict, tokens: Collection[str]) -> list[Select]:
    choices = MEETINGS.choices(params, tokens)
    return [
        ("series", _("Series"), _("All series"), choices["series"]),
        ("country", _("Country"), _("All countries"), choices["country"]),
        ("year", _("Year"), _("All years"), choices["year"]),
    ]


def _by_year(meetings: list[MeetingPage], visible: set[int]) -> list[Year]:
    years = groupby(meetings, key=lambda meeting: str(meeting.sort_date.year) if meeting.sort_date else "")
    return [Year(label, [_station(meeting, visible) for meeting in group]) for label, group in years]


def _station(meeting: MeetingPage, visible: set[int]) -> route.Stop:
    """A meeting in the list, where its title says what it was; off the chain of the `visible` it is a minor stop."""
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


def _render(meeting: MeetingPage, tokens: Collection[str]) -> SafeString:
    return render_to_string("events/meeting_body.html", _meeting_context(meeting, tokens))


def _meeting_context(meeting: MeetingPage, tokens: Collection[str]) -> dict[str, Any]:
    before, after = selectors.chain(meeting, tokens)
    organisations = list(meeting.organisations.all())
    rows = selectors.recommendations_at(meeting, tokens)
    issued = [row for row in rows if row.meeting.translation_key == meeting.translation_key]
    return {
        "page": meeting,
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


@until_content_changes
def _board_parts(query: str, tokens: frozenset[str], language: str | None, day: dt.date) -> BoardParts:
    params = QueryDict(query)
    try:
        counts = lists.tally(tokens)
        asked = narrowing.narrowed(params, _selects_of_board(params, tokens, counts))
    except EngineUnavailableError:
        asked, listing, counts = Narrowed(), BOARD.newest(params, tokens), {}
    else:
        listing = lists.board(tokens, BoardFilters(**asked.chosen), params)
    context = {
        "rows": [route.shown(row) for row in listing.items],
        "map": route.carry_map(listing.items),
        "form": asked.form,
        "hints": [*asked.hints, *listing.hints],
        "narrowed": asked.is_narrowed,
    }
    return BoardParts(render_to_string("events/board_body.html", context), listing.page, counts.get(lists.OVERDUE, 0))


def _selects_of_board(params: QueryDict, tokens: Collection[str], counts: dict[str, int]) -> list[Select]:
    choices = BOARD.choices(params, tokens)
    statuses = [(lists.OVERDUE, _("Overdue")), *RecommendationStatus.choices]
    numbered = [(value, f"{label} ({counts[value]})") for value, label in statuses if counts[value]]
    return [
        ("status", _("Status"), _("All, overdue first"), numbered),
        ("owner", _("Owner"), _("Any owner"), choices["owner"]),
        ("series", _("Series"), _("All series"), choices["series"]),
        ("theme", _("Theme"), _("All themes"), choices["theme"]),
    ]
