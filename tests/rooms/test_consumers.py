"""One socket, from the handshake to the close."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from network.members.enums import Role
from network.members.models import User
from network.rooms import consumers, hub, services
from network.rooms.frames import Close
from network.rooms.models import Message, ReadMark, Room
from tests.factories.members import ROLES, AgencyFactory, person
from tests.factories.rooms import MessageFactory, RoomFactory

from .browser_end import CLIENT, ORIGIN, Opener, end_session, session_of, until, writing

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]

ENTER = {Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.STAFF, Role.ADMINISTRATOR}


async def made(function: Any, *args: Any, **kwargs: Any) -> Any:
    """What `function` makes in the database, made in a thread."""
    return await writing(lambda: function(*args, **kwargs))


@pytest.mark.parametrize("role", [*ROLES, None])
async def test_only_current_members_and_staff_are_let_in(open_socket: Opener, role: Role | None) -> None:
    room = await made(RoomFactory, said=1)
    socket = await open_socket(await made(person, role) if role else None, room)
    if role in ENTER:
        await socket.say(type="hello", last_seq=0)
        assert (await socket.hear())["type"] == "welcome"
        assert len(await socket.hear_messages(1)) == 1
    else:
        assert await socket.close_code() == Close.DENIED


async def test_a_hidden_room_and_one_that_never_was_are_refused_alike(open_socket: Opener) -> None:
    member = await made(person)
    await made(RoomFactory, slug="secret", audiences=["group:escorts"])
    codes = [await (await open_socket(member, slug)).close_code() for slug in ("secret", "no-such-room")]
    elsewhere = await open_socket(member, "", path="/ws/somewhere/else/")
    assert [*codes, await elsewhere.close_code()] == [Close.DENIED] * 3


async def test_a_room_of_a_group_lets_its_people_in(open_socket: Opener) -> None:
    room = await made(RoomFactory, audiences=["group:escorts"])
    socket = await open_socket(await made(person, groups=("escorts",)), room, hello=0)
    await socket.post("Hello")
    assert (await socket.hear_a("posted"))["seq"] == 1


@pytest.mark.parametrize(
    "origin", ["", "http://evil.example", "http://localhost:9000", "https://localhost:8000x", "null", "http://[::1"]
)
async def test_a_page_of_another_origin_is_refused_at_the_handshake(open_socket: Opener, origin: str) -> None:
    socket = await open_socket(await made(person), await made(RoomFactory), origin=origin)
    assert not socket.accepted


async def test_refused_sockets_are_logged_with_user_and_address(
    open_socket: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    member, room = await made(person), await made(RoomFactory)
    await open_socket(member, room, origin="http://evil.example")
    for user, slug in ((None, room), (member, "no-such-room")):
        await (await open_socket(user, slug)).close_code()
    lines = [vars(record) for record in caplog.records if record.name == "portal.security"]
    assert {(line["event"], line["address"]) for line in lines} == {("refused", CLIENT)}
    assert [(line["user"], line["reason"]) for line in lines] == [
        (None, "opened by a page of another address"),
        (None, "not logged in"),
        (member.pk, "no room of theirs"),
    ]


async def test_a_session_that_is_none_is_a_visitors(open_socket: Opener) -> None:
    room = await made(RoomFactory)
    for session in ("x" * 32, '"\\000"', "a b"):
        assert await (await open_socket(None, room, session=session)).close_code() == Close.DENIED


async def test_a_session_of_before_a_new_password_is_refused(open_socket: Opener) -> None:
    user, room = await made(person), await made(RoomFactory)
    key = await made(session_of, user)
    user.set_password("another")
    await made(user.save)
    assert await (await open_socket(user, room, session=key)).close_code() == Close.DENIED


async def test_hello_brings_what_came_after(open_socket: Opener) -> None:
    room, reader = await made(RoomFactory, said=5), await made(person)
    socket = await open_socket(reader, room)
    await socket.say(type="hello", last_seq=3)
    assert await socket.hear() == {"type": "welcome", "last_seq": 5}
    found = await socket.hear_messages(2)
    assert [message["seq"] for message in found] == [4, 5]


async def test_a_long_absence_is_caught_up_page_by_page(open_socket: Opener) -> None:
    author = await made(person)
    room = await made(RoomFactory)
    for _ in range(hub.PAGE * 2 + 7):
        await made(MessageFactory, room=room, author=author)
    socket = await open_socket(await made(person), room, hello=0)
    found = await socket.hear_messages(hub.PAGE * 2 + 7)
    assert [message["seq"] for message in found] == list(range(1, hub.PAGE * 2 + 8))


async def test_a_browser_that_is_ahead_of_the_database_starts_from_what_there_is(open_socket: Opener) -> None:
    room = await made(RoomFactory, said=2)
    socket = await open_socket(await made(person), room)
    await socket.say(type="hello", last_seq=40)
    assert await socket.hear() == {"type": "welcome", "last_seq": 2}
    await socket.post("Three")
    assert [message["seq"] for message in await socket.hear_messages(1)] == [3]


async def test_a_message_reaches_everyone_in_the_room_at_once(open_socket: Opener) -> None:
    room = await made(RoomFactory)
    author = await made(person, name="Ana Ilić", agency=await made(AgencyFactory, acronym="SPS", country="BA"))
    writer, reader = await open_socket(author, room, hello=0), await open_socket(await made(person), room, hello=0)
    number = await writer.post("Добар дан <b>svima</b>")
    for socket in (writer, reader):
        (message,) = await socket.hear_messages(1)
        assert message["text"] == "Добар дан <b>svima</b>"
        assert message["author"] == {"id": author.pk, "name": "Ana Ilić", "agency": "SPS", "sign": "BA"}
        assert (message["seq"], message["client_id"], message["example"]) == (1, number, False)
        assert message["at"][10] == "T"


async def test_the_sender_is_told_the_number(open_socket: Opener) -> None:
    writer = await open_socket(await made(person), await made(RoomFactory), hello=0)
    number = await writer.post("Hello")
    assert await writer.hear_a("posted") == {"type": "posted", "client_id": number, "seq": 1}


async def test_sending_again_with_the_same_number_posts_once(open_socket: Opener) -> None:
    room = await made(RoomFactory)
    writer, reader = [await open_socket(await made(person), room, hello=0) for _ in range(2)]
    number = await writer.post("Only once")
    await writer.post("Only once", number)
    assert [(await writer.hear_a("posted"))["seq"] for _ in range(2)] == [1, 1]
    assert len(await reader.hear_messages(1)) == 1
    assert await reader.hears_nothing()
    assert await Message.objects.acount() == 1


async def test_a_message_of_the_form_reaches_the_sockets(open_socket: Opener) -> None:
    room = await made(RoomFactory)
    reader = await open_socket(await made(person), room, hello=0)
    await made(services.post_message, room=room, by=await made(person), body="By form", client_id=uuid.uuid4())
    assert (await reader.hear_messages(1))[0]["text"] == "By form"


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ("not json", "not_json"),
        ('{"type": "dance"}', "unknown_type"),
        ('{"type": "hello", "last_seq": null}', "bad_seq"),
        (
            '{"type": "post", "client_id": "0b9a3f0e-3f0c-4c5e-9d3c-3a2a3c0d7c11", "body": "  "}',
            "blank",
        ),
        (
            '{"type": "post", "client_id": "0b9a3f0e-3f0c-4c5e-9d3c-3a2a3c0d7c11", "body": "\\ud800 half"}',
            "hidden_character",
        ),
    ],
)
async def test_a_bad_frame_is_answered_and_the_socket_goes_on(open_socket: Opener, frame: str, reason: str) -> None:
    socket = await open_socket(await made(person), await made(RoomFactory), hello=0)
    await socket.say(frame)
    problem = await socket.hear()
    assert (problem["type"], problem["reason"]) == ("error", reason)
    assert (problem["client_id"] is None) == ("client_id" not in frame)
    await socket.post("Still here")
    assert (await socket.hear_a("posted"))["seq"] == 1


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ("x" * 4624, {"length": "4,624", "limit": "4,000"}),
        ("Mark\u202eo", {"code": "U+202E", "name": "right-to-left override", "before": "Mark"}),
    ],
)
async def test_a_refusal_says_what_is_wrong(open_socket: Opener, body: str, details: dict[str, str]) -> None:
    socket = await open_socket(await made(person), await made(RoomFactory), hello=0)
    await socket.post(body)
    assert (await socket.hear())["details"] == details


async def test_a_binary_frame_is_answered(open_socket: Opener) -> None:
    socket = await open_socket(await made(person), await made(RoomFactory), hello=0)
    await socket.say_bytes(b"\x00\x01")
    assert (await socket.hear())["reason"] == "not_text"


async def test_an_archived_room_is_read_not_written_in(open_socket: Opener) -> None:
    room = await made(RoomFactory, said=1, is_archived=True)
    socket = await open_socket(await made(person), room, hello=0)
    assert len(await socket.hear_messages(1)) == 1
    await socket.post("Too late")
    assert (await socket.hear())["reason"] == "archived"


async def test_reading_is_remembered(open_socket: Opener) -> None:
    room, reader = await made(RoomFactory, said=3), await made(person)
    socket = await open_socket(reader, room, hello=3)
    await socket.say(type="read", seq=2)
    await socket.say(type="hello", last_seq=3)
    await socket.hear_a("welcome")
    assert [mark.seq async for mark in ReadMark.objects.filter(user=reader)] == [2]


@override_settings(RATE_LIMITS={"rooms:post": "2/h"})
async def test_one_person_posts_so_often_and_is_told_when_to_try_again(open_socket: Opener, one_window: None) -> None:
    user, room = await made(person), await made(RoomFactory)
    first, second = await open_socket(user, room, hello=0), await open_socket(user, room, hello=0)
    await first.post("One")
    await first.hear_a("posted")
    await second.post("Two")
    await second.hear_a("posted")
    number = await first.post("Three")
    problem = await first.hear_a("error")
    assert (problem["reason"], problem["client_id"]) == ("too_many", number)
    assert 0 < problem["retry_after"] <= 3600
    assert await Message.objects.acount() == 2


@override_settings(RATE_LIMITS={})
async def test_without_a_limit_nothing_is_counted(open_socket: Opener) -> None:
    socket = await open_socket(await made(person), await made(RoomFactory), hello=0)
    await socket.post("One")
    assert (await socket.hear_a("posted"))["seq"] == 1


@override_settings(
    CACHES={"default": {"BACKEND": "portal.core.outages.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1"}}
)
async def test_posting_does_not_wait_for_the_cache(open_socket: Opener) -> None:
    socket = await open_socket(await made(person), await made(RoomFactory), hello=0)
    await socket.post("Redis is away")
    assert (await socket.hear_a("posted"))["seq"] == 1


async def test_a_socket_that_says_too_much_is_slowed_down_and_loses_nothing(
    open_socket: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "BURST", 3)
    monkeypatch.setattr(consumers, "FRAMES_A_SECOND", 20.0)
    socket = await open_socket(await made(person), await made(RoomFactory), hello=0)
    begun = asyncio.get_running_loop().time()
    for _ in range(13):
        await socket.say(type="dance")
    for _ in range(13):
        assert (await socket.hear())["reason"] == "unknown_type"
    assert asyncio.get_running_loop().time() - begun > 0.4


async def test_one_person_opens_so_many_sockets(open_socket: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MAX_SOCKETS", 2)
    user, room = await made(person), await made(RoomFactory)
    key = await made(session_of, user)
    for _ in range(2):
        await open_socket(user, room, session=key, hello=0)
    assert await (await open_socket(user, room, session=key)).close_code() == Close.TOO_MANY_SOCKETS
    assert (await open_socket(await made(person), room, hello=0)).accepted


async def test_who_lost_the_session_writes_nothing_more(open_socket: Opener) -> None:
    user, room = await made(person), await made(RoomFactory)
    socket = await open_socket(user, room, hello=0)
    await end_session(socket.session_key)
    await socket.post("Too late")
    assert await socket.close_code() == Close.DENIED
    assert not await Message.objects.aexists()


async def test_who_was_taken_out_of_the_group_writes_nothing_more(open_socket: Opener) -> None:
    user = await made(person, groups=("escorts",))
    room = await made(RoomFactory, audiences=["group:escorts"])
    socket = await open_socket(user, room, hello=0)
    await made(lambda: User.working_groups.rel.related_model.objects.get().people.through.objects.all().delete())
    await socket.post("Too late")
    assert await socket.close_code() == Close.DENIED
    assert not await Message.objects.aexists()


async def test_a_room_that_is_gone_closes_on_the_next_word(open_socket: Opener) -> None:
    room = await made(RoomFactory)
    socket = await open_socket(await made(person), room, hello=0)
    await made(Room.objects.all().delete)
    await socket.post("Hello?")
    assert await socket.close_code() == Close.DENIED


async def test_a_database_that_refuses_is_answered_and_asked_again(open_socket: Opener) -> None:
    socket = await open_socket(await made(person), await made(RoomFactory), hello=0)
    table = Message._meta.db_table
    await made(execute, f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        number = await socket.post("Is anybody there?")
        problem = await socket.hear_a("error")
        assert (problem["reason"], problem["client_id"]) == ("failed", number)
        assert problem["retry_after"] > 0
    finally:
        await made(execute, f"ALTER TABLE elsewhere RENAME TO {table}")
    await socket.post("Is anybody there?", number)
    assert (await socket.hear_a("posted"))["seq"] == 1


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


async def test_a_window_that_closes_is_forgotten(open_socket: Opener) -> None:
    socket = await open_socket(await made(person), await made(RoomFactory), hello=0)
    assert hub.here().feeds
    await socket.leave()
    assert not hub.here().feeds


class Wall:
    """The server's end of a socket whose browser reads nothing, or breaks."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sent: list[Any] = []

    async def send(self, event: dict[str, Any]) -> None:
        self.sent.append(event)
        if event["type"] == "websocket.send":
            if self.error is not None:
                raise self.error
            await asyncio.Event().wait()
        if event["type"] == "websocket.close":
            if isinstance(self.error, OSError):
                raise self.error
            await asyncio.Event().wait()


async def served(wall: Wall, room: Room, user: User) -> asyncio.Task[None]:
    """A socket of `room` behind `wall` that said hello."""
    scope = {
        "type": "websocket",
        "path": f"/ws/rooms/{room.slug}/",
        "headers": [
            (b"host", b"localhost:8000"),
            (b"origin", ORIGIN.encode()),
            (b"cookie", f"sessionid={await made(session_of, user)}".encode()),
        ],
    }
    said = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": '{"type": "hello", "last_seq": 0}'}]

    async def receive() -> dict[str, Any]:
        if said:
            return said.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    from config.asgi import application

    return asyncio.ensure_future(application(scope, receive, wall.send))


async def test_a_browser_that_reads_nothing_is_let_go_of(socket_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "CLOSE_PATIENCE", 0.05)
    room, wall = await made(RoomFactory), Wall()
    task = await served(wall, room, await made(person))
    await until(lambda: len(wall.sent) == 2)
    await hub.stop()
    await asyncio.wait_for(task, 5)
    assert wall.sent[-1]["code"] == Close.RESTART


async def test_a_browser_that_went_away_while_written_to_is_forgotten(socket_threads: None) -> None:
    task = await served(Wall(ConnectionResetError()), await made(RoomFactory), await made(person))
    await asyncio.wait_for(task, 5)
    assert not hub.here().feeds
    await hub.stop()


async def test_a_failure_of_our_own_is_logged_and_closes_with_its_code(
    socket_threads: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(consumers, "CLOSE_PATIENCE", 0.05)
    wall = Wall(ZeroDivisionError())
    await asyncio.wait_for(await served(wall, await made(RoomFactory), await made(person)), 5)
    assert wall.sent[-1]["code"] == Close.BROKEN
    assert "a room's socket failed" in caplog.text
    await hub.stop()


async def test_a_server_that_cuts_the_task_leaves_nothing_behind(socket_threads: None) -> None:
    wall = Wall()
    task = await served(wall, await made(RoomFactory), await made(person))
    await until(lambda: len(wall.sent) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not hub.here().feeds
    await hub.stop()
