"""One hub a process: everyone gets every message once, in order, and nobody holds up the others."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from channels.layers import get_channel_layer
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import Client, override_settings
from django.utils import timezone

from network.members.access import access_ended
from network.members.enums import MembershipState, Role
from network.members.models import Membership, User
from network.members.sockets import Viewer, writing
from network.rooms import announcements, hub, selectors, services, wire
from network.rooms import outlet as outlets
from network.rooms.frames import Close
from network.rooms.hub import Hub
from network.rooms.models import Room
from network.rooms.outlet import Outlet
from tests.factories.members import person
from tests.factories.rooms import MessageFactory, RoomFactory

from .browser_end import Opener, end_session, session_of, until

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]

#: A channel layer that is there in name only.
AWAY = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": ["redis://127.0.0.1:1"]},
    }
}


async def made(function: Any, *args: Any, **kwargs: Any) -> Any:
    return await writing(lambda: function(*args, **kwargs))


async def say(room: Room, number: int = 1, *, hinted: Hub | None = None) -> None:
    """Put messages into the room; `hinted` hears of each, as if another process had posted it."""
    author = await made(person)
    for _ in range(number):
        message = await made(MessageFactory, room=room, author=author)
        if hinted is not None:
            hinted.hint(room.pk, message.seq)


NewHub = Callable[[], Hub]


@pytest_asyncio.fixture
async def new_hub(socket_threads: None) -> AsyncIterator[NewHub]:
    """A hub of its own for each call, as in another process; all are stopped at the end."""
    started: list[Hub] = []

    def start() -> Hub:
        started.append(Hub())
        return started[-1]

    yield start
    for one in started:
        await one.stop()
    await hub.stop()


class Listening(Outlet):
    """A socket that writes what it is handed as it comes, into a list; one that does not `read` stays behind."""

    def __init__(self, *, reads: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.written: list[str] = []
        self.writer = asyncio.ensure_future(self.write()) if reads else None

    async def write(self) -> None:
        while True:
            self.written.append(await self.next_frame())

    @property
    def taken(self) -> list[int]:
        """The numbers of the messages that were written, in order."""
        frames = [json.loads(frame) for frame in self.written]
        return [message["seq"] for frame in frames if frame["type"] == "messages" for message in frame["messages"]]


async def joined(here: Hub, room: Room, *, after: int | None = 0, reads: bool = True) -> Listening:
    """A socket of `room` in the hub `here`, as it is after hello (None: before)."""
    user = await made(person)
    key = await made(session_of, user)
    viewer = Viewer(user.pk, key, user.get_session_auth_hash())
    one = Listening(room_id=room.pk, viewer=viewer, asked_at=here.loop.time(), reads=reads)
    here.join(one, (await made(Room.objects.get, pk=room.pk)).last_seq)
    if after is not None:
        here.follow(one, after)
        await until(lambda: one.seq is not None or one.ended.done())
    return one


async def test_everyone_in_a_room_gets_the_very_same_frame(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    sockets = [await joined(here, room) for _ in range(3)]
    await say(room, hinted=here)
    await until(lambda: all(one.taken == [1] for one in sockets))
    assert len({id(one.written[-1]) for one in sockets}) == 1


async def test_a_message_of_one_room_goes_to_no_other(new_hub: NewHub) -> None:
    here, room, other = new_hub(), await made(RoomFactory), await made(RoomFactory)
    inside, outside = await joined(here, room), await joined(here, other)
    await say(room, hinted=here)
    await until(lambda: inside.taken == [1])
    assert outside.taken == []


async def test_a_socket_that_said_no_hello_is_given_nothing(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    silent, greeted = await joined(here, room, after=None), await joined(here, room)
    await say(room, hinted=here)
    await until(lambda: greeted.taken == [1])
    assert silent.written == []


async def test_a_slow_socket_is_told_to_come_back_and_the_others_miss_nothing(
    new_hub: NewHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, room = new_hub(), await made(RoomFactory)
    slow, quick = await joined(here, room, reads=False), await joined(here, room)
    monkeypatch.setattr(outlets, "MAX_FRAMES", 5)
    for number in range(12):
        await say(room, hinted=here)
        await until(lambda wanted=number + 1: len(quick.taken) == wanted)
    assert slow.ended.result() == Close.RESYNC
    assert not quick.ended.done()
    assert quick.taken == list(range(1, 13))


async def test_a_slow_socket_takes_a_long_history_at_its_own_pace(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    await say(room, hub.PAGE * 3)
    one = await joined(here, room, after=None, reads=False)
    here.follow(one, 0)
    while len(one.taken) < hub.PAGE * 3:
        one.written.append(await asyncio.wait_for(one.next_frame(), 10))
        assert len(one._frames) <= 1
    assert one.taken == list(range(1, hub.PAGE * 3 + 1))


async def test_what_is_said_while_a_socket_catches_up_comes_after_it_once(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    await say(room, 4)
    one = await joined(here, room, after=None)
    here.follow(one, 0)
    await say(room, 6, hinted=here)
    await until(lambda: len(one.taken) >= 10)
    assert one.taken == list(range(1, 11))


async def test_hello_again_begins_again_from_the_number_it_names(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    await say(room, 3)
    one = await joined(here, room)
    here.follow(one, 1)
    here.follow(one, 2)
    await until(lambda: len(one.taken) >= 4)
    assert one.taken == [1, 2, 3, 3]


async def test_a_socket_ahead_of_the_hub_gets_the_rest_only(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    one = await joined(here, room)
    await say(room, 4)
    one.seq = 2  # its page showed 1 and 2 before the hub heard of them
    ahead = await joined(here, room, after=None)
    ahead.seq = 4
    here.hint(room.pk, 4)
    await until(lambda: one.taken)
    assert (one.taken, ahead.taken) == ([3, 4], [])


async def test_a_hint_of_what_is_not_there_is_forgotten(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    one = await joined(here, room)
    here.hint(room.pk, 99)
    await until(lambda: here.feeds[room.pk].known == 0)
    here.hint(room.pk + 1000, 1)
    await say(room, hinted=here)
    await until(lambda: one.seq == 1)


async def test_a_lost_announcement_delays_a_message_and_loses_none(
    new_hub: NewHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.05)
    here, room = new_hub(), await made(RoomFactory)
    one = await joined(here, room)
    await say(room, 3)
    await until(lambda: one.taken == [1, 2, 3])


async def test_without_the_channel_layer_a_message_still_comes_at_once(
    open_socket: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    with override_settings(CHANNEL_LAYERS=AWAY):
        room = await made(RoomFactory)
        reader = await open_socket(await made(person), room, hello=0)
        await made(services.post_message, room=room, by=await made(person), body="Hello", client_id=uuid.uuid4())
        assert len(await reader.hear_messages(1)) == 1
        await until(lambda: "channel layer away" in caplog.text)
        await hub.stop()


async def test_a_layer_that_comes_back_is_joined_again(
    new_hub: NewHub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wire, "RETRY", 0.05)
    monkeypatch.setattr(hub, "LOOK_EVERY", 1000.0)
    room = await made(RoomFactory)
    with override_settings(CHANNEL_LAYERS=AWAY):
        here = new_hub()
        one = await joined(here, room)
        await until(lambda: "channel layer away" in caplog.text)
    await until(lambda: here._wire._joined == {wire.EVERYONE, wire.group_of(room.pk)})
    assert "channel layer back" in caplog.text
    message = await made(MessageFactory, room=room)
    await get_channel_layer().group_send(
        wire.group_of(room.pk), {"type": "rooms.posted", "room": room.pk, "seq": message.seq}
    )
    await until(lambda: one.seq == 1)


async def test_another_process_hears_of_it_through_the_layer(new_hub: NewHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 1000.0)
    here, there, room = new_hub(), new_hub(), await made(RoomFactory)
    near, far = await joined(here, room), await joined(there, room)
    await until(lambda: len(there._wire._joined) == 2)
    message = await made(MessageFactory, room=room)
    here.tell(wire.group_of(room.pk), {"type": "rooms.posted", "room": room.pk, "seq": message.seq})
    await until(lambda: near.seq == 1 and far.seq == 1)


async def test_a_process_without_sockets_is_heard_too(new_hub: NewHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 1000.0)
    here, room = new_hub(), await made(RoomFactory)
    one = await joined(here, room)
    await until(lambda: len(here._wire._joined) == 2)
    assert hub.running() is None
    await made(services.post_message, room=room, by=await made(person), body="Hello", client_id=uuid.uuid4())
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.05)
    here._look_now()
    await until(lambda: one.seq == 1)


async def test_an_event_of_a_newer_version_is_passed_over(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    one = await joined(here, room)
    here.hear({"type": "rooms.invented_later"})
    here.hear({})
    await say(room, hinted=here)
    await until(lambda: one.seq == 1)


async def test_the_last_to_leave_takes_the_room_along(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    one, other = await joined(here, room), await joined(here, room)
    here.leave(one)
    here.leave(one)
    assert room.pk in here.feeds
    here.leave(other)
    here.leave(other)
    assert not here.feeds
    await until(lambda: wire.group_of(room.pk) not in here._wire._joined)


async def test_a_socket_that_leaves_while_it_catches_up_stops_there(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    await say(room, hub.PAGE * 2)
    one = await joined(here, room, after=None, reads=False)
    here.follow(one, 0)
    await until(lambda: one._frames)
    here.leave(one)
    await until(lambda: one.catching_up is not None and one.catching_up.done())
    assert one.seq is None


async def test_a_room_whose_messages_were_deleted_ends_the_catching_up(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    await say(room, 2)
    await made(room.messages.all().delete)
    one = await joined(here, room)
    assert (one.seq, one.taken) == (2, [])


async def test_stopping_sends_everyone_back_later(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    one = await joined(here, room)
    await here.stop()
    assert one.ended.result() == Close.RESTART


async def test_stopping_a_process_that_has_no_hub_does_nothing() -> None:
    await hub.stop()
    assert hub.running() is None


async def test_a_database_that_is_away_delays_and_loses_nothing(
    new_hub: NewHub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.02)
    here, room = new_hub(), await made(RoomFactory)
    one = await joined(here, room)
    late = await joined(here, room, after=None)
    working = selectors.last_seqs, selectors.messages_after

    def away(*args: object, **kwargs: object) -> Any:
        raise DatabaseError("away")

    with monkeypatch.context() as broken:
        broken.setattr(selectors, "messages_after", away)
        await say(room, hinted=here)
        await until(lambda: "failed" in caplog.text)
        broken.setattr(selectors, "last_seqs", away)
        await until(lambda: "can not look" in caplog.text)
        here.follow(late, 0)
        await until(late.ended.done)
    assert (selectors.last_seqs, selectors.messages_after) == working
    await until(lambda: one.taken == [1])
    assert late.ended.result() == Close.RESYNC


# Access that ends


async def test_logging_out_closes_the_sockets_of_that_browser_only(open_socket: Opener) -> None:
    user, room = await made(person), await made(RoomFactory)
    here, elsewhere = await open_socket(user, room, hello=0), await open_socket(user, room, hello=0)
    client = Client()
    client.cookies["sessionid"] = here.session_key
    await made(client.post, "/en/accounts/logout/")
    assert await here.close_code() == Close.DENIED
    assert await elsewhere.hears_nothing()


async def test_a_suspension_closes_at_once(open_socket: Opener) -> None:
    user, room = await made(person), await made(RoomFactory)
    socket, other = await open_socket(user, room, hello=0), await open_socket(await made(person), room, hello=0)
    await made(Membership.objects.filter(user=user).update, state=MembershipState.SUSPENDED)
    await made(access_ended, user.pk)
    assert await socket.close_code() == Close.DENIED
    assert await other.hears_nothing()


async def test_access_that_changed_and_still_holds_closes_nothing(open_socket: Opener) -> None:
    user, room = await made(person), await made(RoomFactory)
    socket = await open_socket(user, room, hello=0)
    await made(access_ended, user.pk)
    await socket.post("Still here")
    assert (await socket.hear_a("posted"))["seq"] == 1


async def test_a_room_whose_audience_shrinks_closes_for_those_left_out(open_socket: Opener) -> None:
    room = await made(RoomFactory)
    outside = await open_socket(await made(person), room, hello=0)
    inside = await open_socket(await made(person, Role.STAFF), room, hello=0)
    await made(room.audiences.clear)
    assert await outside.close_code() == Close.DENIED
    assert await inside.close_code() == Close.DENIED


async def expire(user: User, _key: str) -> None:
    await made(Membership.objects.filter(user=user).update, valid_until=dt.date(2020, 1, 1))


async def forget_session(_user: User, key: str) -> None:
    await end_session(key)


async def let_session_lapse(_user: User, key: str) -> None:
    await made(Session.objects.filter(pk=key).update, expire_date=timezone.now() - dt.timedelta(seconds=1))


async def change_password(user: User, _key: str) -> None:
    user.set_password("another")
    await made(user.save)


async def deactivate(user: User, _key: str) -> None:
    await made(User.objects.filter(pk=user.pk).update, is_active=False)


async def delete(user: User, _key: str) -> None:
    await made(user.delete)


async def archive_away(_user: User, _key: str) -> None:
    await made(Room.audiences.through.objects.all().delete)


@pytest.mark.parametrize(
    "end", [expire, forget_session, let_session_lapse, change_password, deactivate, delete, archive_away]
)
async def test_access_that_ends_without_a_word_is_noticed_soon(
    open_socket: Opener, monkeypatch: pytest.MonkeyPatch, end: Callable[[User, str], Any]
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(hub, "ASK_EVERY", 0.05)
    user, room = await made(person), await made(RoomFactory)
    socket = await open_socket(user, room, hello=0)
    await end(user, socket.session_key)
    assert await socket.close_code() == Close.DENIED


async def test_many_sockets_are_asked_about_in_batches(new_hub: NewHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "BATCH", 2)
    here, room = new_hub(), await made(RoomFactory)
    sockets = [await joined(here, room) for _ in range(5)]
    gone = sockets[3]
    await end_session(gone.viewer.session_key)
    here.hear({"type": "rooms.ask_again", "room": room.pk, "user": None})
    await until(gone.ended.done)
    assert [one.ended.done() for one in sockets] == [False, False, False, True, False]


async def test_a_permission_nobody_could_ask_again_delivers_nothing(new_hub: NewHub) -> None:
    here, room = new_hub(), await made(RoomFactory)
    one, trusted = await joined(here, room), await joined(here, room)
    one.asked_at -= hub.TRUSTED_FOR + 1
    await say(room, hinted=here)
    await until(lambda: trusted.taken == [1] and one.ended.done())
    assert (one.ended.result(), one.taken) == (Close.RESYNC, [])


async def test_the_number_of_questions_does_not_grow_with_the_sockets(new_hub: NewHub) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    here, room = new_hub(), await made(RoomFactory)
    asked = [(one.viewer, one.room_id) for one in [await joined(here, room) for _ in range(12)]]

    def count(some: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(hub._allowed(some)) == len(some)
        return len(queries)

    assert await made(count, asked[:2]) == await made(count, asked)


async def test_the_layer_never_carries_a_session_key() -> None:
    key = "abcdefghijklmnopqrstuvwxyz012345"
    assert key not in wire.digest_of(key)


async def test_announcements_reach_nobody_when_there_is_nobody() -> None:
    announcements.message_posted(1, 1)
    assert hub.running() is None


async def test_each_event_loop_has_its_hub() -> None:
    first = hub.here()
    assert hub.here() is first
    assert hub.running() is first
    await hub.stop()
    assert await asyncio.to_thread(hub.running) is None
