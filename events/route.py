"""The route, as the templates draw it: meetings as stations, a recommendation's life, the carry map."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.core.dates import date_text, month_text

from .enums import DatePrecision, RecommendationStatus
from .models import FollowUp, MeetingPage, Recommendation
from .selectors import seen_follow_ups

#: The carry map shows the last meetings; earlier ones lie off the page.
MAP_STATIONS = 5

STATUS_KINDS: dict[str, str] = {
    RecommendationStatus.OPEN: "open",
    RecommendationStatus.IN_PROGRESS: "going",
    RecommendationStatus.DONE: "done",
    RecommendationStatus.DROPPED: "dropped",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A station, as `components/route.html` takes it."""

    name: str
    url: str = ""
    when: str = ""
    what: str = ""
    state: str = ""
    leg: str = ""
    badge: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A recommendation with the words and shapes of its state. `kind` is the status component's."""

    row: Recommendation
    kind: str
    status: str
    states: list[str]
    carried: int

    @property
    def lang(self) -> str:
        """The language of its text."""
        return str(self.row.meeting.locale.language_code)

    @property
    def missing(self) -> str:
        """What stands for an owner or due date there is not."""
        return _("not in the sources") if self.row.source_note else _("not set yet")

    @property
    def meeting_url(self) -> str:
        """Where it was issued."""
        return self.row.meeting.get_url() or ""

    @property
    def place(self) -> str:
        """`Sarajevo 2025`: the issuing meeting in few words."""
        meeting = self.row.meeting
        year = (
            str(meeting.sort_date.year) if meeting.sort_date and meeting.date_precision != DatePrecision.BEFORE else ""
        )
        return " ".join(part for part in (meeting.place or meeting.title, year) if part)


def shown(row: Recommendation) -> Shown:
    """`row` (from `selectors.with_follow_ups`) as lists show it."""
    passed = len(seen_follow_ups(row))
    kind, words = status_of(row)
    going_on = "late" if row.is_overdue else "next"
    end = going_on if row.is_unfinished else "end"
    return Shown(row, kind, words, ["past"] * (1 + passed) + [end], passed)


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A recommendation at a later meeting: where it stood then."""

    row: Recommendation
    kind: str
    status: str
    note: str

    @property
    def lang(self) -> str:
        """The language of its text."""
        return str(self.row.meeting.locale.language_code)


def taken_up(row: Recommendation, meeting: MeetingPage) -> TakenUp:
    """`row` as it stood at `meeting`, which inherited it."""
    then = next(item for item in seen_follow_ups(row) if item.meeting.translation_key == meeting.translation_key)
    status = RecommendationStatus(then.status)
    return TakenUp(row, STATUS_KINDS[status], str(status.label), then.note)


def status_of(row: Recommendation) -> tuple[str, str]:
    """(shape, word) of where a recommendation stands today."""
    if row.is_overdue:
        return "late", _("Overdue")
    return STATUS_KINDS[RecommendationStatus(row.status)], str(RecommendationStatus(row.status).label)


def stop(meeting: MeetingPage, *, state: str = "", leg: str = "", badge: str = "", what: str | None = None) -> Stop:
    """A meeting as a station."""
    return Stop(
        name=meeting.place or meeting.title,
        url=meeting.get_url() or "",
        when=meeting.when or _("Date not known"),
        what=meeting.in_a_line if what is None else what,
        state=state,
        leg=leg,
        badge=badge,
        lang=meeting.locale.language_code,
    )


def next_stop(what: str = "") -> Stop:
    """The meeting that is not announced yet."""
    return Stop(name=_("Next meeting"), when=_("No date yet"), what=what, state="next")


def around(meeting: MeetingPage, before: list[MeetingPage], after: list[MeetingPage]) -> list[Stop]:
    """The meeting between its neighbours: four stations where there are as many."""
    earlier = before[: max(1, 3 - len(after))]
    stops = [stop(page) for page in reversed(earlier)]
    stops.append(stop(meeting, state="here", leg="planned" if after and not after[0].is_over else ""))
    stops += [stop(page, state="" if page.is_over else "next") for page in after]
    return stops


def so_far(past: list[MeetingPage], following: MeetingPage | None) -> list[Stop]:
    """The route up to the last meeting, and the next one, which may have no date."""
    stops = [stop(page) for page in past[:-1]]
    if past:
        stops.append(stop(past[-1], state="here", leg="planned", badge=_("Last meeting")))
    if following is not None:
        stops.append(stop(following, state="next"))
    else:
        stops.append(next_stop(_("Not announced yet. Open recommendations travel on to it.")))
    return stops


def life(row: Recommendation) -> list[Stop]:
    """A recommendation from the meeting that issued it to where it stands, or where it goes."""
    stops = [stop(row.meeting, what=_("Issued as recommendation %(number)s.") % {"number": row.number})]
    follow_ups = seen_follow_ups(row)
    for index, follow_up in enumerate(follow_ups):
        closed = follow_up.status in (RecommendationStatus.DONE, RecommendationStatus.DROPPED)
        last = index == len(follow_ups) - 1 and not row.is_unfinished and closed
        stops.append(
            stop(
                follow_up.meeting, what=_told(follow_up), state=_closing(row) if last else _standing(follow_up.meeting)
            )
        )
    if not row.is_unfinished:
        if not (follow_ups and stops[-1].state in ("end", "dropped")):
            status = RecommendationStatus(row.status)
            stops.append(
                Stop(
                    name=str(status.label),
                    when=date_text(row.changed_at),
                    what=row.reason or row.evidence,
                    state=_closing(row),
                )
            )
        return stops
    if row.is_overdue and row.due is not None:
        stops.append(Stop(name=_("Due date passed"), when=date_text(row.due), state="missed", leg="unknown"))
    if not any(item.state == "next" for item in stops):
        stops.append(next_stop())
    return stops


def _told(follow_up: FollowUp) -> str:
    return follow_up.note or _("Carried.")


def _standing(meeting: MeetingPage) -> str:
    return "" if meeting.is_over else "next"


def _closing(row: Recommendation) -> str:
    return "dropped" if row.status == RecommendationStatus.DROPPED else "end"


@dataclass(frozen=True, slots=True)
class Station:
    """A column of the carry map."""

    label: str
    when: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a recommendation's line meets a meeting; see `components/carry.html`."""

    leg: str = ""
    onward: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the carry map."""

    code: str
    url: str
    text: str
    lang: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class CarryMap:
    """Recommendations of one series as lines over its meetings."""

    title: str
    stations: list[Station] = field(default_factory=list)
    rows: list[Line] = field(default_factory=list)


def carry_map(rows: list[Recommendation]) -> CarryMap | None:
    """The map of the series whose meeting issued last, from `rows` (with follow-ups); None when there is none."""
    dated = [row for row in rows if row.meeting.series_id]
    if not dated:
        return None
    newest = max(dated, key=lambda row: (row.meeting.sort_date is not None, row.meeting.sort_date or row.meeting_id))
    chosen = [row for row in dated if row.meeting.series_id == newest.meeting.series_id]
    met = {row.meeting_id: row.meeting for row in chosen}
    met |= {item.meeting_id: item.meeting for row in chosen for item in seen_follow_ups(row)}
    ordered = sorted(met.values(), key=_order)
    recent = {page.pk for page in [page for page in ordered if page.is_over][-MAP_STATIONS:]}
    coming = next((page for page in ordered if not page.is_over), None)
    # What was issued off the map and is closed has ended before it.
    lines = [row for row in chosen if row.meeting_id in recent or row.is_unfinished]
    lines.sort(key=lambda row: (*_order(row.meeting), row.number))
    touched = {pk for row in lines for pk in _touched(row)}
    held = [page for page in ordered if page.pk in recent & touched]
    stations = [Station(page.place or page.title, _when(page)) for page in held]
    stations.append(
        Station(coming.place or _("Next"), _when(coming)) if coming else Station(_("Next"), _("no date yet"))
    )
    return CarryMap(
        title=newest.meeting.series.title if newest.meeting.series else "",
        stations=stations,
        rows=[
            Line(row.code, row.get_absolute_url(), row.text, row.meeting.locale.language_code, _cells(row, held))
            for row in lines
        ],
    )


def _touched(row: Recommendation) -> set[int]:
    """The meetings that issued it or took it up."""
    return {row.meeting_id, *(item.meeting_id for item in seen_follow_ups(row))}


def _order(page: MeetingPage) -> tuple[bool, str, int]:
    return page.sort_date is None, str(page.sort_date or ""), page.pk


def _when(page: MeetingPage) -> str:
    exact = page.sort_date is not None and page.date_precision in ("day", "month")
    return month_text(page.sort_date) if exact and page.sort_date else _("no date")


def _cells(row: Recommendation, held: list[MeetingPage]) -> list[Cell]:
    """One cell a held meeting, and one for the next."""
    touched = _touched(row)
    places = [index for index, page in enumerate(held) if page.pk in touched]
    if not places:
        return [Cell()] * (len(held) + 1)
    issued_here = held[places[0]].pk == row.meeting_id
    first = places[0] if issued_here else 0
    last = places[-1]
    cells = [Cell() for _index in range(first)]
    cells += [
        _passing(row, held[index], touched, onward=index == last and row.is_unfinished)
        for index in range(first, last + 1)
    ]
    cells += _ending(row, cells, len(held) - last)
    return cells


def _passing(row: Recommendation, meeting: MeetingPage, touched: set[int], *, onward: bool) -> Cell:
    if meeting.pk == row.meeting_id:
        return Cell("start", onward, _("issued"))
    if meeting.pk not in touched:
        return Cell("pass")
    if not row.is_unfinished and _closed_at(row) == meeting.pk:
        return Cell("end", words=_("closed"))
    return Cell("through", onward, _("carried"))


def _ending(row: Recommendation, so_far: list[Cell], room: int) -> list[Cell]:
    """What comes after the last meeting that took it up: `room` cells."""
    if not row.is_unfinished:
        closed = so_far[-1].leg == "end"
        return [Cell() if closed else Cell("end", words=_("closed")), *[Cell() for _index in range(room - 1)]]
    between = [Cell("pass", onward=True) for _index in range(room - 1)]
    return [*between, Cell("late", words=_("overdue")) if row.is_overdue else Cell("onward", words=_("travels on"))]


def _closed_at(row: Recommendation) -> int | None:
    closing = [item for item in seen_follow_ups(row) if item.status == row.status]
    return closing[0].meeting_id if closing else None
