"""Questions about rooms, their messages, and what a person has not read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from network.members.permissions import is_current_member
from portal.core.audience import visible_to

from .models import Message, ReadMark, Room


def rooms_for(user: Any, tokens: Collection[str]) -> QuerySet[Room]:
    """The rooms `user`, who holds `tokens`, may enter, with topic and audiences; none for people who are not members.

    Two queries when read.
    """
    if not is_current_member(user):
        return Room.objects.none()
    return visible_to(Room.objects.select_related("topic").prefetch_related("audiences"), tokens)


def rooms_with_news(user: Any, tokens: Collection[str]) -> QuerySet[Room]:
    """`rooms_for` with ``unread`` (messages after the person's mark) and ``last_message_at`` (None: nothing said)."""
    mark = ReadMark.objects.filter(room=OuterRef("pk"), user=user.pk).values("seq")[:1]
    newest = Message.objects.filter(room=OuterRef("pk"), seq=OuterRef("last_seq")).values("created_at")[:1]
    return rooms_for(user, tokens).annotate(
        unread=F("last_seq") - Coalesce(Subquery(mark), 0), last_message_at=Subquery(newest)
    )


def room_for(user: Any, tokens: Collection[str], slug: str) -> Room | None:
    """The room called `slug` if `user` may enter it. A hidden room and one that never was give the same answer."""
    return rooms_for(user, tokens).filter(slug=slug).first()


def _messages(room_id: int) -> QuerySet[Message]:
    """The messages of a room with what is shown of their authors."""
    return Message.objects.filter(room=room_id).select_related("author__membership__agency")


def page_of_messages(room: Room, *, before: int | None, limit: int) -> list[Message]:
    """The `limit` messages before number `before` (None: the newest ones), oldest first. One query."""
    found = _messages(room.pk)
    if before is not None:
        found = found.filter(seq__lt=before)
    return list(found.order_by("-seq")[:limit])[::-1]


def messages_after(room_id: int, seq: int, *, limit: int, until: int | None = None) -> list[Message]:
    """At most `limit` messages with numbers above `seq` (and up to `until`), oldest first. One query.

    Without gaps: a number is given out under the room's lock, so a lower one is committed before a higher one exists.
    """
    found = _messages(room_id).filter(seq__gt=seq)
    if until is not None:
        found = found.filter(seq__lte=until)
    return list(found.order_by("seq")[:limit])


def last_seqs(room_ids: Iterable[int]) -> dict[int, int]:
    """The number of each room's newest message; a room that is gone is left out. One query."""
    return dict(Room.objects.filter(pk__in=list(room_ids)).values_list("pk", "last_seq"))


def read_seq(room: Room, user: Any) -> int:
    """The number up to which `user` has read in `room`; 0 before the first visit."""
    return ReadMark.objects.filter(room=room, user=user).values_list("seq", flat=True).first() or 0
