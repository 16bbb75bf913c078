"""Questions about meetings and recommendations. Every answer is for one viewer and holds nothing they may not see."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import get_language

from portal.core.audience import visible_to

from .models import FollowUp, MeetingPage, Recommendation


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


#: Meetings that are looked at for the route; whose links lead beyond them is cut off there.
_RECENT = 200


def route_keys(tokens: Collection[str], length: int = 5) -> list[int]:
    """The keys of the last meetings up to now along the explicit links, the latest first. One query."""
    held_before = listed_meetings(tokens).filter(sort_date__lte=timezone.localdate())
    links = newest_first(held_before).values_list("pk", "previous_meeting", "next_meeting")[:_RECENT]
    held = {pk: (previous, following) for pk, previous, following in links}
    leads_to = {following: pk for pk, (_previous, following) in reversed(held.items()) if following}
    pks: list[int] = []
    pk: int | None = next(iter(held), None)
    while pk is not None and pk in held and pk not in pks and len(pks) < length:
        pks.append(pk)
        pk = held[pk][0] or leads_to.get(pk)
    return pks


def next_meeting(tokens: Collection[str]) -> MeetingPage | None:
    """The nearest to come, whatever its series; one without a date only when no other is announced. One query."""
    coming = Q(sort_date__gt=timezone.localdate()) | Q(sort_date=None)
    return listed_meetings(tokens).filter(coming).order_by(F("sort_date").asc(nulls_last=True), "pk").first()


def route_so_far(tokens: Collection[str], length: int = 5) -> tuple[list[MeetingPage], MeetingPage | None]:
    """The last meetings up to now along the explicit links, oldest first, and the next one. At most three queries."""
    pks = route_keys(tokens, length)
    pages = listed_under(pks, tokens)
    return [pages[pk] for pk in reversed(pks)], next_meeting(tokens)


def listed_under(pks: Collection[int], tokens: Collection[str]) -> dict[int, MeetingPage]:
    """Those of the meetings under these keys that the viewer is listed. One query, none for no keys."""
    return listed_meetings(tokens).in_bulk(pks) if pks else {}


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


def recommendation(pk: int, tokens: Collection[str]) -> Recommendation | None:
    """One recommendation with its life, or None where there is none for this viewer."""
    rows = with_follow_ups(visible_recommendations(tokens).filter(pk=pk), tokens)
    return rows.select_related("owner", "meeting__locale", "meeting__series", "changed_by").first()


def seen_follow_ups(row: Recommendation) -> list[FollowUp]:
    """The follow-ups `with_follow_ups` fetched."""
    return list(row.seen_follow_ups)  # type: ignore[attr-defined]  # put there by Prefetch(to_attr=...)
