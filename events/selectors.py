"""Questions about meetings and recommendations. Every answer is for one viewer and holds nothing they may not see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import get_language

from network.members.models import Agency
from portal.core.audience import visible_to
from portal.core.countries import country_name
from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term

from .enums import UNFINISHED, RecommendationStatus
from .models import FollowUp, MeetingPage, MeetingSeries, Recommendation

#: The status filter's own word for what is late.
OVERDUE = "overdue"

Choices = list[tuple[str, str]]


def visible_meetings(tokens: Collection[str]) -> QuerySet[MeetingPage]:
    """Published meetings this viewer may see, in every language they were written in."""
    published: QuerySet[MeetingPage] = MeetingPage.objects.live()
    return visible_to(published, tokens)


def listed_meetings(tokens: Collection[str]) -> QuerySet[MeetingPage]:
    """Each visible meeting once: in the active language, else in the portal's first, else in the one it has."""
    rank = Case(
        When(locale__language_code=get_language() or settings.LANGUAGE_CODE, then=Value(0)),
        When(locale__language_code=settings.LANGUAGE_CODE, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ranked = visible_meetings(tokens).annotate(language_rank=rank)
    better = ranked.filter(translation_key=OuterRef("translation_key")).filter(
        Q(language_rank__lt=OuterRef("language_rank"))
        | Q(language_rank=OuterRef("language_rank"), pk__lt=OuterRef("pk"))
    )
    best: QuerySet[MeetingPage] = ranked.filter(~Exists(better)).select_related("locale")
    return best


def newest_first(meetings: QuerySet[MeetingPage]) -> QuerySet[MeetingPage]:
    """Meetings without a date, which are still to be set, on top."""
    return meetings.order_by(F("sort_date").desc(nulls_first=True), "-pk")


def in_series(*, prefix: str = "", **series: Any) -> Q:
    """The condition "of this series" (`slug="rgrs"`) on meetings, or on rows that lead to them by `prefix`."""
    name, value = next(iter(series.items()))
    path = f"series__{name}"
    return Q(**{f"{prefix}{path}": value}) | Q(**{f"{prefix}also_{path}": value})


@dataclass(frozen=True, slots=True)
class Listed:
    """What lists need to know of a meeting before they fetch it."""

    pk: int
    previous: int | None
    following: int | None
    day: dt.date | None
    series: frozenset[int]
    countries: frozenset[str]


def overview(tokens: Collection[str]) -> list[Listed]:
    """Every meeting the viewer may see, newest first. One query."""
    rows = newest_first(listed_meetings(tokens)).values_list(
        "pk", "previous_meeting", "next_meeting", "sort_date", "series", "also_series", "country", "countries"
    )
    return [
        Listed(
            pk,
            previous,
            following,
            day,
            frozenset(number for number in (series, also_series) if number),
            frozenset(code for code in (country, *(countries or "").split(",")) if code),
        )
        for pk, previous, following, day, series, also_series, country, countries in rows
    ]


@dataclass(frozen=True, slots=True)
class MeetingChoices:
    """What the list of meetings can be narrowed by, for one viewer."""

    series: list[MeetingSeries]
    countries: Choices
    years: Choices


def meeting_choices(listed: list[Listed]) -> MeetingChoices:
    """The values that the meetings of an overview have. One query."""
    series = MeetingSeries.objects.filter(pk__in={pk for row in listed for pk in row.series}).only(
        "pk", "slug", "title"
    )
    codes = {code for row in listed for code in row.countries}
    years = sorted({row.day.year for row in listed if row.day}, reverse=True)
    return MeetingChoices(
        series=list(series),
        countries=sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1]),
        years=[(str(year), str(year)) for year in years],
    )


def fetched(pks: Collection[int]) -> dict[int, MeetingPage]:
    """The meetings under these keys (of an overview: nothing is checked again). One query, none for no keys."""
    pages = MeetingPage.objects.filter(pk__in=pks).select_related("locale") if pks else []
    return {page.pk: page for page in pages}


def route_to(listed: list[Listed], length: int = 5) -> tuple[list[int], int | None]:
    """Keys of the last meetings up to now along the explicit links, oldest first, and of the next one. No query.

    The next is the nearest to come, whatever its series; one without a date only when no other is announced.
    """
    today = timezone.localdate()
    held = {row.pk: row for row in listed if row.day is not None and row.day <= today}
    leads_to = {row.following: row.pk for row in reversed(held.values()) if row.following}
    pks: list[int] = []
    pk = next(iter(held), None)
    while pk in held and pk not in pks and len(pks) < length:
        pks.append(pk)
        pk = held[pk].previous or leads_to.get(pk)
    coming = [row for row in reversed(listed) if row.pk not in held]
    dated = [row for row in coming if row.day is not None]
    following = next(iter(dated or coming), None)
    return pks[::-1], following.pk if following else None


def chain(meeting: MeetingPage, tokens: Collection[str]) -> tuple[list[MeetingPage], list[MeetingPage]]:
    """Up to two visible meetings before and after, nearest first, by the explicit links. One query.

    A hidden neighbour ends the chain: nothing tells that there is one.
    """
    visible = visible_meetings(tokens)
    links = Q(previous_meeting=meeting) | Q(next_meeting=meeting)
    links |= Q(pk__in=[pk for pk in (meeting.previous_meeting_id, meeting.next_meeting_id) if pk])
    near = visible.filter(links).order_by()
    beyond = Q(previous_meeting__in=near.values("pk")) | Q(next_meeting__in=near.values("pk"))
    beyond |= Q(pk__in=near.values("previous_meeting")) | Q(pk__in=near.values("next_meeting"))
    found = visible.filter(links | beyond).exclude(pk=meeting.pk).select_related("locale")
    around = list(found.order_by(F("sort_date").asc(nulls_last=True), "pk"))
    before, after = _before(meeting, around), _after(meeting, around)
    second = _before(before, around) if before else None
    third = _after(after, around) if after else None
    return [m for m in (before, second) if m is not None], [m for m in (after, third) if m is not None]


def _before(meeting: MeetingPage, among: list[MeetingPage]) -> MeetingPage | None:
    named = [page for page in among if page.pk == meeting.previous_meeting_id]
    if named or meeting.previous_meeting_id:
        return named[0] if named else None
    pointing = [page for page in among if page.next_meeting_id == meeting.pk]
    return pointing[-1] if pointing else None


def _after(meeting: MeetingPage, among: list[MeetingPage]) -> MeetingPage | None:
    named = [page for page in among if page.pk == meeting.next_meeting_id]
    if named or meeting.next_meeting_id:
        return named[0] if named else None
    pointing = [page for page in among if page.previous_meeting_id == meeting.pk]
    return pointing[0] if pointing else None


def visible_recommendations(tokens: Collection[str]) -> QuerySet[Recommendation]:
    """The recommendations of visible meetings."""
    return Recommendation.objects.filter(meeting__in=visible_meetings(tokens).order_by().values("pk"))


def with_follow_ups(rows: QuerySet[Recommendation], tokens: Collection[str]) -> QuerySet[Recommendation]:
    """`rows` with owner, meeting and, as `seen_follow_ups`, those at visible meetings, oldest first. Two queries."""
    at_visible = FollowUp.objects.filter(meeting__in=visible_meetings(tokens).order_by().values("pk"))
    ordered = at_visible.select_related("meeting__locale").order_by(F("meeting__sort_date").asc(nulls_last=True), "pk")
    return rows.select_related("owner", "meeting__locale", "meeting__series").prefetch_related(
        Prefetch("follow_ups", queryset=ordered, to_attr="seen_follow_ups")
    )


def recommendations_at(meeting: MeetingPage, tokens: Collection[str]) -> list[Recommendation]:
    """What a meeting issued and what it inherited from visible meetings, in the order they were issued. Two queries.

    On a translation of its page: what the original issued and inherited.
    """
    key = meeting.translation_key
    inherited = FollowUp.objects.filter(meeting__translation_key=key).values("recommendation")
    rows = visible_recommendations(tokens).filter(Q(meeting__translation_key=key) | Q(pk__in=inherited))
    return list(with_follow_ups(rows.order_by(F("meeting__sort_date").asc(nulls_last=True), "number"), tokens))


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """What the board is narrowed by; empty is everything. `status` is a stored one or `OVERDUE`."""

    status: str = ""
    owner: str = ""
    series: str = ""
    theme: str = ""


def board(tokens: Collection[str], filters: BoardFilters | None = None) -> QuerySet[Recommendation]:
    """Every recommendation the viewer may see: overdue first, then in progress, open, done and dropped; by due date."""
    filters = filters or BoardFilters()
    late = Q(status__in=UNFINISHED, due__lt=timezone.localdate())
    rows = visible_recommendations(tokens)
    if filters.status == OVERDUE:
        rows = rows.filter(late)
    elif filters.status:
        # One word a recommendation: what is overdue is not counted as open as well.
        rows = rows.filter(status=filters.status).exclude(late)
    if filters.owner:
        rows = rows.filter(owner__slug=filters.owner)
    if filters.series:
        rows = rows.filter(in_series(slug=filters.series, prefix="meeting__"))
    if filters.theme:
        rows = rows.filter(meeting__terms__kind=TermKind.THEME, meeting__terms__slug=filters.theme)
    order = Case(
        When(late, then=Value(0)),
        When(status=RecommendationStatus.IN_PROGRESS, then=Value(1)),
        When(status=RecommendationStatus.OPEN, then=Value(2)),
        When(status=RecommendationStatus.DONE, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    return rows.order_by(order, F("due").asc(nulls_last=True), "-meeting__sort_date", "number")


def tally(rows: QuerySet[Recommendation]) -> dict[str, int]:
    """How many are overdue, in progress, open, done, dropped; each is counted once. One query."""
    late = Q(status__in=UNFINISHED, due__lt=timezone.localdate())
    on_time = Q(due__isnull=True) | Q(due__gte=timezone.localdate())
    counts: dict[str, int] = rows.order_by().aggregate(
        overdue=Count("pk", filter=late),
        in_progress=Count("pk", filter=Q(status=RecommendationStatus.IN_PROGRESS) & on_time),
        open=Count("pk", filter=Q(status=RecommendationStatus.OPEN) & on_time),
        done=Count("pk", filter=Q(status=RecommendationStatus.DONE)),
        dropped=Count("pk", filter=Q(status=RecommendationStatus.DROPPED)),
    )
    return counts


@dataclass(frozen=True, slots=True)
class BoardChoices:
    """What the board can be narrowed by, for one viewer."""

    owners: Choices
    series: Choices
    themes: Choices


def board_choices(tokens: Collection[str]) -> BoardChoices:
    """Owners, series and themes that visible recommendations have. Three queries."""
    rows = visible_recommendations(tokens)
    issuing = MeetingPage.objects.filter(pk__in=rows.values("meeting"))
    series = MeetingSeries.objects.filter(Q(meetings__in=issuing) | Q(further_meetings__in=issuing)).distinct()
    themes = Term.objects.filter(kind=TermKind.THEME, pk__in=issuing.values("terms"))
    return BoardChoices(
        owners=list(Agency.objects.filter(pk__in=rows.values("owner")).values_list("slug", "name")),
        series=list(series.values_list("slug", "title")),
        themes=sorted(((term.slug, str(term)) for term in themes), key=lambda pair: pair[1].casefold()),
    )


def recommendation(pk: int, tokens: Collection[str]) -> Recommendation | None:
    """One recommendation with its life, or None where there is none for this viewer."""
    rows = with_follow_ups(visible_recommendations(tokens).filter(pk=pk), tokens)
    return rows.select_related("owner", "meeting__locale", "meeting__series", "changed_by").first()


def seen_follow_ups(row: Recommendation) -> list[FollowUp]:
    """The follow-ups `with_follow_ups` fetched."""
    return list(row.seen_follow_ups)  # type: ignore[attr-defined]  # put there by Prefetch(to_attr=...)


def meetings_with_term(term: Term, tokens: Collection[str], limit: int = 12) -> list[MeetingPage]:
    """The newest visible meetings filed under a term."""
    return list(newest_first(listed_meetings(tokens).filter(terms=term))[:limit])


def meetings_of_agency(agency: Agency, tokens: Collection[str], limit: int = 12) -> list[MeetingPage]:
    """The newest visible meetings an agency organised, supported or took part in."""
    # A subquery: an agency may be named twice at one meeting.
    at = MeetingPage.objects.filter(organisations__agency=agency).order_by().values("pk")
    return list(newest_first(listed_meetings(tokens).filter(pk__in=at))[:limit])


def owned_by(agency: Agency, tokens: Collection[str]) -> list[Recommendation]:
    """The visible recommendations of an agency, overdue first."""
    return list(with_follow_ups(board(tokens).filter(owner=agency), tokens))
