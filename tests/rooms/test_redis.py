"""The channel layer in Redis, while Redis comes and goes: hubs hear through it, and do not depend on it."""

from __future__ import annotations

import asyncio
import gc
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from network.rooms import hub, services, wire
from network.rooms.hub import Hub
from tests.factories.members import person
from tests.factories.rooms import MessageFactory, RoomFactory

from .browser_end import Opener, until
from .redis_server import RedisServer
from .test_hub import NewHub, joined, made, new_hub

__all__ = ["new_hub"]

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.django_db(transaction=True),
    # The Redis client drops a connection that its server ended while it was being opened, without closing its stream.
    pytest.mark.filterwarnings("ignore:Exception ignored in.*StreamWriter:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A running Redis that carries the channel layer."""
    server = RedisServer(tmp_path)
    server.start()
    layers = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [server.url], "prefix": "test"},
        }
    }
    with override_settings(CHANNEL_LAYERS=layers):
        yield server
    server.kill()
    gc.collect()  # what the client dropped, it drops here and not in a later test


@pytest.fixture
def only_redis_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """No look at the database: what comes, came through Redis."""
    monkeypatch.setattr(hub, "LOOK_EVERY", 1000.0)


async def all_heard(*hubs: Hub) -> None:
    """Every group is joined, and a hint sent through Redis arrives: subscribing takes Redis a moment."""
    for one in hubs:
        await until(lambda: one._wire._joined == one._wire._wanted and one._wire._joined)  # noqa: B023  awaited at once


async def test_two_processes_hear_of_each_others_messages(
    redis: RedisServer, only_redis_tells: None, new_hub: NewHub
) -> None:
    here, there, room = new_hub(), new_hub(), await made(RoomFactory)
    near, far = await joined(here, room), await joined(there, room)
    await all_heard(here, there)
    message = await made(MessageFactory, room=room)
    while far.seq != message.seq:
        here.tell(wire.group_of(room.pk), {"type": "rooms.posted", "room": room.pk, "seq": message.seq})
        await asyncio.sleep(0.05)
    assert (near.taken, far.taken) == ([1], [1])


async def test_a_process_without_sockets_tells_those_with_them(
    redis: RedisServer, only_redis_tells: None, new_hub: NewHub
) -> None:
    here, room, author = new_hub(), await made(RoomFactory), await made(person)
    one = await joined(here, room)
    await all_heard(here)
    await made(services.post_message, room=room, by=author, body="From a page", client_id=uuid.uuid4())
    while not one.taken:
        wire.send_from_anywhere(wire.group_of(room.pk), {"type": "rooms.posted", "room": room.pk, "seq": 1})
        await asyncio.sleep(0.05)
    assert one.taken == [1]


async def test_redis_is_killed_and_started_again_and_no_message_is_lost(
    redis: RedisServer, new_hub: NewHub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wire, "RETRY", 0.1)
    here, there, room = new_hub(), new_hub(), await made(RoomFactory)
    near, far = await joined(here, room), await joined(there, room)
    await all_heard(here, there)

    redis.kill()
    message = await made(MessageFactory, room=room)
    here.tell(wire.group_of(room.pk), {"type": "rooms.posted", "room": room.pk, "seq": message.seq})
    other = await made(RoomFactory)
    newcomer = await joined(here, other)
    await until(lambda: near.taken == [1] and far.taken == [1])
    await until(lambda: "channel layer away" in caplog.text)
    # While it is away nothing is sent: the others look in the database.
    here.tell(wire.group_of(other.pk), {"type": "rooms.posted", "room": other.pk, "seq": 0})

    redis.start()
    await until(lambda: "channel layer back" in caplog.text)
    await all_heard(here, there)
    monkeypatch.setattr(hub, "LOOK_EVERY", 1000.0)
    again = await made(MessageFactory, room=room)
    while far.seq != again.seq:
        here.tell(wire.group_of(room.pk), {"type": "rooms.posted", "room": room.pk, "seq": again.seq})
        await asyncio.sleep(0.1)
    assert (near.taken, far.taken, newcomer.taken) == ([1, 2], [1, 2], [])


async def test_a_page_posts_while_redis_is_away(
    redis: RedisServer, new_hub: NewHub, caplog: pytest.LogCaptureFixture
) -> None:
    here, room, author = new_hub(), await made(RoomFactory), await made(person)
    one = await joined(here, room)
    redis.kill()
    await made(services.post_message, room=room, by=author, body="From a page", client_id=uuid.uuid4())
    await until(lambda: one.taken == [1])
    await until(lambda: "hubs will find it in the database" in caplog.text)


async def test_sockets_open_and_talk_while_redis_is_away(redis: RedisServer, open_socket: Opener) -> None:
    redis.kill()
    room = await made(RoomFactory)
    writer, reader = [await open_socket(await made(person), room, hello=0) for _ in range(2)]
    await writer.post("Is anybody there?")
    assert len(await reader.hear_messages(1)) == 1
    await hub.stop()
