"""The socket's language: one JSON object a frame. Everything the two sides can say to each other is named here.

From the browser::

    {"type": "hello", "last_seq": 41}                     I have shown everything up to 41: send what came after
    {"type": "post", "client_id": "<uuid>", "body": "…"}  sent again with the same id, it stands once
    {"type": "read", "seq": 42}                           I have read up to 42

From here::

    {"type": "welcome", "last_seq": 42}                   the room's newest message
    {"type": "messages", "messages": [{"seq", "id", "client_id", "author", "text", "html", "at", "example"}, …]}
    {"type": "posted", "client_id": "<uuid>", "seq": 43}
    {"type": "error", "reason": "…", "details": {…}, "client_id": "<uuid>" | null, "retry_after": seconds | null}

``author`` is {"id", "name", "agency", "sign"}, or null once the person is deleted; ``text`` is as it was written,
``html`` the same as the page shows it: escaped, in paragraphs, with links (`portal.core.links`); ``at`` is ISO 8601
with an offset. The reasons of errors are `Reason`, with details where there are some: ``length`` and ``limit``;
``code``, ``name`` and ``before`` of a hidden character. The close codes are `Close`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from django.utils import timezone

from portal.core.links import in_paragraphs

from .models import Message

#: Characters of one frame from the browser; a message of full length in any script fits, escaped or not.
MAX_FRAME = 65_536
#: Characters of text in one frame from here, unless a single message is longer.
MAX_TEXT = 32_768
#: Numbers above this are no message's (and JavaScript could not count them).
MAX_SEQ = 2**53


class Reason(StrEnum):
    """Why a frame was not accepted. The page has words for each; adding one means adding words (`views.WORDS`)."""

    NOT_TEXT = "not_text"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NO_TYPE = "no_type"
    UNKNOWN_TYPE = "unknown_type"
    BAD_SEQ = "bad_seq"
    BAD_CLIENT_ID = "bad_client_id"
    BAD_BODY = "bad_body"
    TOO_MANY = "too_many"
    FAILED = "failed"
    BLANK = "blank"
    TOO_LONG = "too_long"
    HIDDEN_CHARACTER = "hidden_character"
    ARCHIVED = "archived"
    ALREADY_POSTED = "already_posted"


class Close(IntEnum):
    """Close codes. After DENIED the browser stops; after the others it comes back and asks for what it missed."""

    RESTART = 1012
    BROKEN = 1011
    DENIED = 4403
    RESYNC = 4408
    TOO_MANY_SOCKETS = 4429


class FrameError(Exception):
    """A frame that is not accepted; the socket stays open."""

    def __init__(
        self,
        reason: Reason,
        client_id: str | None = None,
        retry_after: float | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = dict(details or {})
        self.client_id = client_id
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Hello:
    """The browser has shown everything up to `last_seq`."""

    last_seq: int


@dataclass(frozen=True, slots=True)
class Post:
    """A message to post."""

    client_id: uuid.UUID
    body: str


@dataclass(frozen=True, slots=True)
class Read:
    """The person has read up to `seq`."""

    seq: int


def parse(text: str | None) -> Hello | Post | Read:
    """What the browser says. Raises FrameError naming what is wrong with it."""
    if text is None:
        raise FrameError(Reason.NOT_TEXT)
    if len(text) > MAX_FRAME:
        raise FrameError(Reason.TOO_LARGE)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise FrameError(Reason.NOT_JSON) from None
    match content:
        case {"type": "hello"}:
            return Hello(_seq(content.get("last_seq")))
        case {"type": "post"}:
            return _post(content)
        case {"type": "read"}:
            return Read(_seq(content.get("seq")))
        case {"type": _}:
            raise FrameError(Reason.UNKNOWN_TYPE)
    raise FrameError(Reason.NO_TYPE)


def _seq(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_SEQ:
        raise FrameError(Reason.BAD_SEQ)
    return value


def _post(content: dict[str, Any]) -> Post:
    given, body = content.get("client_id"), content.get("body")
    try:
        client_id = uuid.UUID(given)
    except (ValueError, TypeError, AttributeError):
        raise FrameError(Reason.BAD_CLIENT_ID) from None
    if not isinstance(body, str):
        raise FrameError(Reason.BAD_BODY, str(client_id))
    return Post(client_id, body)


def welcome(last_seq: int) -> str:
    """The answer to hello."""
    return _frame(type="welcome", last_seq=last_seq)


def posted(message: Message) -> str:
    """The message stands."""
    return _frame(type="posted", client_id=str(message.client_id), seq=message.seq)


def error(problem: FrameError) -> str:
    """A frame was not accepted."""
    return _frame(
        type="error",
        reason=problem.reason,
        details=problem.details,
        client_id=problem.client_id,
        retry_after=problem.retry_after,
    )


@dataclass(frozen=True, slots=True)
class MessageFrame:
    """Some messages in a row, numbered `first` to `last`, encoded once for whoever gets them."""

    first: int
    last: int
    text: str


def of_messages(messages: Sequence[Message]) -> Iterator[MessageFrame]:
    """`messages` (consecutive, ascending) in frames of bounded length, at least one message each."""
    start = length = 0
    for position, message in enumerate(messages):
        length += len(message.body)
        if length > MAX_TEXT and position > start:
            yield _message_frame(messages[start:position])
            start, length = position, len(message.body)
    if messages:
        yield _message_frame(messages[start:])


def _message_frame(messages: Sequence[Message]) -> MessageFrame:
    text = _frame(type="messages", messages=[_message(message) for message in messages])
    return MessageFrame(messages[0].seq, messages[-1].seq, text)


def _message(message: Message) -> dict[str, Any]:
    return {
        "seq": message.seq,
        "id": message.pk,
        "client_id": str(message.client_id),
        "author": _author(message),
        "text": message.body,
        "html": in_paragraphs(message.body),
        "at": timezone.localtime(message.created_at).isoformat(timespec="seconds"),
        "example": message.is_example,
    }


def _author(message: Message) -> dict[str, Any] | None:
    byline = message.byline
    if byline is None:
        return None
    return {"id": message.author_id, "name": byline.name, "agency": byline.agency, "sign": byline.sign}


def _frame(**content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
