"""Messages as they are read: by day, with the author's name once in a row, and a line where the unread ones begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from .models import Byline, Message

#: A message this soon after one of the same author shares the name.
SAME_BREATH = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """One message: `follows` shares the name above it, `is_first_unread` has the line above it."""

    message: Message
    byline: Byline | None
    follows: bool
    is_first_unread: bool

    @property
    def at(self) -> dt.datetime:
        """When it was posted, in the portal's time zone."""
        return timezone.localtime(self.message.created_at)


@dataclass(frozen=True, slots=True)
class Day:
    """The messages of one day in the portal's time zone."""

    date: dt.date
    lines: list[Line] = field(default_factory=list)


def days_of(messages: Sequence[Message], *, read_seq: int | None) -> list[Day]:
    """`messages` (ascending) by day. `read_seq` is how far the reader had read; None draws no line.

    There is no line either where everything is unread: it would only underline the heading.
    """
    days: list[Day] = []
    before: Message | None = None
    unread = _first_unread(messages, read_seq)
    for message in messages:
        date = timezone.localtime(message.created_at).date()
        if not days or days[-1].date != date:
            days.append(Day(date))
            before = None
        follows = message is not unread and before is not None and _in_one_breath(before, message)
        days[-1].lines.append(Line(message, message.byline, follows, message is unread))
        before = message
    return days


def _first_unread(messages: Sequence[Message], read_seq: int | None) -> Message | None:
    if not read_seq:
        return None
    return next((message for message in messages if message.seq > read_seq), None)


def _in_one_breath(before: Message, message: Message) -> bool:
    same = before.author_id is not None and before.author_id == message.author_id
    return same and before.is_example == message.is_example and message.created_at - before.created_at <= SAME_BREATH
