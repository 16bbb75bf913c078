"""A message committed is never lost or doubled, whatever is cut or killed, and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from network.rooms.models import Message, Room
from tests.factories.members import person
from tests.factories.rooms import RoomFactory

from .browser_end import session_of, writing
from .redis_server import RedisServer
from .servers import Server, Wire

pytestmark = [pytest.mark.slow, pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]

WRITERS = 5
MESSAGES_EACH = 24
READERS = 3
#: Seconds a person waits for the server's word before the browser sends again.
PATIENCE = 3
#: Seconds for the whole of it; reached only when something hangs.
WHOLE = 240
#: Seconds from the reconnection until everything missed is there.
CAUGHT_UP_IN = 2.0

GONE = (OSError, ConnectionClosed, InvalidHandshake, InvalidMessage, TimeoutError, EOFError)


@dataclass
class Ward:
    """What a server is behind: its wire."""

    server: Server
    wire: Wire


@dataclass
class Person:
    """A browser that comes back whenever it is cut off, as the page's script does."""

    session: str
    room: Room
    ward: Ward
    seen: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    connections: int = 0

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[ClientConnection]:
        address = f"127.0.0.1:{self.ward.wire.port}"
        async with connect(
            f"ws://{address}/ws/rooms/{self.room.slug}/",
            origin=f"http://{address}",
            additional_headers={"Cookie": f"sessionid={self.session}"},
            open_timeout=PATIENCE,
            close_timeout=0.1,
            proxy=None,
        ) as socket:
            self.connections += 1
            await socket.send(json.dumps({"type": "hello", "last_seq": self.last_seq}))
            yield socket

    @property
    def last_seq(self) -> int:
        return self.seen[-1]["seq"] if self.seen else 0

    def hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "messages":
            for message in frame["messages"]:
                # The server itself gives each message once, in order: nothing is left for the browser to sort out.
                assert message["seq"] == self.last_seq + 1, (message["seq"], self.last_seq)
                self.seen.append(message)
        elif frame["type"] == "posted":
            assert self.acknowledged.setdefault(frame["client_id"], frame["seq"]) == frame["seq"]
        elif frame["type"] == "error":
            assert frame["reason"] == "failed", frame

    async def again_and_again(self, turn: Callable[[ClientConnection], Any], done: Callable[[], bool]) -> None:
        while not done():
            try:
                async with self.connection() as socket:
                    await turn(socket)
            except GONE:
                await asyncio.sleep(random.uniform(0.01, 0.1))

    async def read(self, done: Callable[[], bool]) -> None:
        """Listen until `done`, asked after every frame and every second of silence."""

        async def turn(socket: ClientConnection) -> None:
            while not done():
                with contextlib.suppress(TimeoutError):
                    self.hear(json.loads(await asyncio.wait_for(socket.recv(), 1)))

        await self.again_and_again(turn, done)

    async def write(self, texts: list[str], told: Callable[[], None]) -> None:
        """Post `texts` one after the other; each again under its number until the server says that it stands."""
        for text in texts:
            number = str(uuid.uuid4())

            async def turn(socket: ClientConnection, number: str = number, text: str = text) -> None:
                await socket.send(json.dumps({"type": "post", "client_id": number, "body": text}))
                async with asyncio.timeout(PATIENCE):
                    while number not in self.acknowledged:
                        self.hear(json.loads(await socket.recv()))

            await self.again_and_again(turn, lambda number=number: number in self.acknowledged)
            told()


@dataclass
class Progress:
    """How many messages stand, and who waits for that number."""

    number: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def one_more(self) -> None:
        self.number += 1
        self.changed.set()

    async def reaches(self, number: int) -> None:
        while self.number < number:
            self.changed.clear()
            await self.changed.wait()


async def trouble(wards: list[Ward], progress: Progress, redis: RedisServer | None) -> None:
    """Cut and kill as messages go on: a wire after every third, a server after every thirtieth, Redis in between."""
    whole = WRITERS * MESSAGES_EACH
    for number in range(3, whole - 12, 3):
        await progress.reaches(number)
        ward = wards[number % len(wards)]
        ward.wire.cut()
        if number % 30 == 0:
            ward.server.kill()
            await ward.server.start()
        if redis is not None and number % 30 == 15:
            redis.kill()
            await progress.reaches(number + 6)
            redis.start()


async def talk(wards: list[Ward], redis: RedisServer | None) -> None:
    """Let people write and read through all of it; then look whether every message stands and arrived exactly once."""
    room = await writing(RoomFactory)
    people = [
        Person(await writing(lambda: session_of(person())), room, wards[number % len(wards)])
        for number in range(WRITERS + READERS)
    ]
    writers, readers = people[:WRITERS], people[WRITERS:]
    whole, progress, calm = WRITERS * MESSAGES_EACH, Progress(), asyncio.Event()

    def read_all() -> bool:
        return calm.is_set() and min(len(reader.seen) for reader in readers) >= whole

    async with asyncio.timeout(WHOLE), asyncio.TaskGroup() as tasks:
        reading = [tasks.create_task(reader.read(read_all)) for reader in readers]
        troubled = tasks.create_task(trouble(wards, progress, redis))
        posting = [
            tasks.create_task(writer.write([f"{number}: {turn}" for turn in range(MESSAGES_EACH)], progress.one_more))
            for number, writer in enumerate(writers)
        ]
        await asyncio.gather(troubled, *posting)
        calm.set()
        for ward in wards:
            ward.wire.cut()
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*reading)
        # A second of it may be the readers' own silence.
        assert asyncio.get_running_loop().time() - begun < CAUGHT_UP_IN + 1

    stands = [row async for row in Message.objects.filter(room=room).order_by("seq")]
    assert [row.seq for row in stands] == list(range(1, whole + 1))
    assert len({row.client_id for row in stands}) == whole
    acknowledged = {number: seq for writer in writers for number, seq in writer.acknowledged.items()}
    assert {str(row.client_id): row.seq for row in stands} == acknowledged
    for reader in readers:
        assert [(message["seq"], message["text"]) for message in reader.seen] == [(row.seq, row.body) for row in stands]
    assert sum(one.connections for one in people) > 3 * len(people), "the wires were hardly cut"

    newcomer = Person(people[-1].session, room, wards[0])
    await asyncio.wait_for(newcomer.read(lambda: len(newcomer.seen) == whole), 10)


@contextlib.asynccontextmanager
async def started(folder: Path, number: int, redis: RedisServer | None) -> AsyncIterator[list[Ward]]:
    """`number` servers behind their wires."""
    wards = []
    for _ in range(number):
        server = Server(folder, redis.url if redis else "")
        wards.append(Ward(server, Wire(server)))
    try:
        for ward in wards:
            await ward.server.start()
            await ward.wire.start()
        yield wards
    finally:
        for ward in wards:
            await ward.wire.stop()
            ward.server.kill()


async def test_one_server_on_a_bare_machine_loses_and_doubles_nothing(socket_threads: None, tmp_path: Path) -> None:
    async with started(tmp_path, 1, None) as wards:
        await talk(wards, None)


async def test_a_server_that_is_asked_to_stop_sends_its_sockets_away_and_ends_well(
    socket_threads: None, tmp_path: Path
) -> None:
    async with started(tmp_path, 1, None) as (ward,):
        reader = Person(await writing(lambda: session_of(person())), await writing(RoomFactory), ward)
        async with reader.connection() as socket:
            assert json.loads(await socket.recv())["type"] == "welcome"
            code = await asyncio.to_thread(ward.server.stop)
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert code in (0, -15)
        log = ward.server.log.read_text("utf-8")
        assert "Traceback" not in log
        assert "Task was destroyed" not in log
