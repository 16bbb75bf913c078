"""What the two sides of a socket can say to each other."""

from __future__ import annotations

import json
import uuid

import pytest

from network.rooms import frames
from network.rooms.frames import FrameError, Hello, Post, Read, Reason
from network.rooms.models import MAX_BODY, Message
from network.rooms.views import WORDS

NUMBER = "0b9a3f0e-3f0c-4c5e-9d3c-3a2a3c0d7c11"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "hello", "last_seq": 0}', Hello(0)),
        ('{"type": "hello", "last_seq": 41, "more": 1}', Hello(41)),
        ('{"type": "read", "seq": 7}', Read(7)),
        (f'{{"type": "post", "client_id": "{NUMBER}", "body": "Да"}}', Post(uuid.UUID(NUMBER), "Да")),
    ],
)
def test_good_frames_are_understood(text: str, said: object) -> None:
    assert frames.parse(text) == said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, Reason.NOT_TEXT),
        ("x" * (frames.MAX_FRAME + 1), Reason.TOO_LARGE),
        ("", Reason.NOT_JSON),
        ("{", Reason.NOT_JSON),
        ("[" * 60_000, Reason.NOT_JSON),
        ("1" * 5000, Reason.NOT_JSON),
        ("[]", Reason.NO_TYPE),
        ("null", Reason.NO_TYPE),
        ("{}", Reason.NO_TYPE),
        ('{"type": "shout"}', Reason.UNKNOWN_TYPE),
        ('{"type": {"a": []}}', Reason.UNKNOWN_TYPE),
        ('{"type": "hello"}', Reason.BAD_SEQ),
        ('{"type": "hello", "last_seq": -1}', Reason.BAD_SEQ),
        ('{"type": "hello", "last_seq": true}', Reason.BAD_SEQ),
        ('{"type": "hello", "last_seq": "4"}', Reason.BAD_SEQ),
        ('{"type": "read", "seq": 1.5}', Reason.BAD_SEQ),
        ('{"type": "read", "seq": 99999999999999999999}', Reason.BAD_SEQ),
        ('{"type": "post", "body": "x"}', Reason.BAD_CLIENT_ID),
        ('{"type": "post", "client_id": 4, "body": "x"}', Reason.BAD_CLIENT_ID),
        ('{"type": "post", "client_id": "four", "body": "x"}', Reason.BAD_CLIENT_ID),
        (f'{{"type": "post", "client_id": "{NUMBER}"}}', Reason.BAD_BODY),
        (f'{{"type": "post", "client_id": "{NUMBER}", "body": ["x"]}}', Reason.BAD_BODY),
    ],
)
def test_bad_frames_are_refused_with_their_reason(text: str | None, reason: Reason) -> None:
    with pytest.raises(FrameError) as refusal:
        frames.parse(text)
    assert refusal.value.reason == reason


def test_a_refused_message_is_named() -> None:
    with pytest.raises(FrameError) as refusal:
        frames.parse(f'{{"type": "post", "client_id": "{NUMBER}"}}')
    assert json.loads(frames.error(refusal.value)) == {
        "type": "error",
        "reason": "bad_body",
        "details": {},
        "client_id": NUMBER,
        "retry_after": None,
    }


def test_a_message_of_full_length_fits_a_frame_in_any_script_and_however_escaped() -> None:
    for text in ("ж" * MAX_BODY, "\U0001f6c2" * MAX_BODY, '"' * MAX_BODY):
        frame = json.dumps({"type": "post", "client_id": NUMBER, "body": text})
        assert frames.parse(frame) == Post(uuid.UUID(NUMBER), text)


def test_the_page_has_words_for_every_reason() -> None:
    assert set(Reason) <= set(WORDS)


def messages(*lengths: int) -> list[Message]:
    return [
        Message(pk=seq, seq=seq, client_id=uuid.uuid4(), author=None, body="x" * length)
        for seq, length in enumerate(lengths, start=1)
    ]


def test_messages_go_out_in_frames_of_bounded_length_that_hold_each_once() -> None:
    found = list(frames.of_messages(messages(*[4000] * 20)))
    assert len(found) == 3
    assert all(len(frame.text) < 2 * frames.MAX_TEXT for frame in found)
    held = [message["seq"] for frame in found for message in json.loads(frame.text)["messages"]]
    assert held == list(range(1, 21))
    assert [(frame.first, frame.last) for frame in found] == [(1, 8), (9, 16), (17, 20)]


def test_no_messages_make_no_frame() -> None:
    assert list(frames.of_messages([])) == []
