"""The browser's end of a room's socket."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from config.asgi import application
from network.members.models import User
from network.members.sockets import writing
from network.rooms.models import Room

#: Seconds a test waits for what must come. Long, because nothing waits that long when all is well.
PATIENCE = 15
HOST = "localhost:8000"
ORIGIN = "http://localhost:8000"
#: Where the browser is.
CLIENT = "192.0.2.10"

Opener = Callable[..., Awaitable["Opened"]]


def session_of(user: User) -> str:
    """Log `user` in and return the session's key."""
    client = Client()
    client.force_login(user)
    return str(client.session.session_key)


class Opened:
    """One open socket. What it hears is kept in the order it came."""

    #: Whether the handshake succeeded. A refusal with a close code comes after it.
    accepted: bool

    def __init__(self, communicator: ApplicationCommunicator, session_key: str) -> None:
        self.communicator = communicator
        self.session_key = session_key

    @classmethod
    async def open(
        cls,
        user: User | None,
        room: Room | str,
        *,
        hello: int | None = None,
        session: str = "",
        origin: str = ORIGIN,
        path: str = "",
    ) -> Opened:
        """Open the socket of `room` (or a slug) as `user` (None: a visitor); with `hello`, say it and be welcomed."""
        slug = room if isinstance(room, str) else room.slug
        key = session or (await writing(session_of, user) if user else "")
        headers = [(b"host", HOST.encode()), (b"origin", origin.encode())]
        if key:
            headers.append((b"cookie", f"sessionid={key}; other=1".encode()))
        # Channels' own communicator can not be imported without daphne.
        where = path or f"/ws/rooms/{slug}/"
        scope = {"type": "websocket", "path": where, "headers": headers, "subprotocols": [], "client": (CLIENT, 50000)}
        communicator = ApplicationCommunicator(application, scope)
        one = cls(communicator, key)
        await communicator.send_input({"type": "websocket.connect"})
        one.accepted = (await communicator.receive_output(PATIENCE))["type"] == "websocket.accept"
        if hello is not None:
            await one.say(type="hello", last_seq=hello)
            assert (await one.hear())["type"] == "welcome"
        return one

    async def say(self, text: str | None = None, **frame: Any) -> None:
        """Send a frame: `text` as it stands, or the JSON of the keywords."""
        text = json.dumps(frame) if text is None else text
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def say_bytes(self, content: bytes) -> None:
        """Send a binary frame."""
        await self.communicator.send_input({"type": "websocket.receive", "bytes": content})

    async def post(self, body: str, client_id: str = "") -> str:
        """Post a message; returns its client's id."""
        number = client_id or str(uuid.uuid4())
        await self.say(type="post", client_id=number, body=body)
        return number

    async def hear(self) -> dict[str, Any]:
        """The next frame."""
        event = await self.communicator.receive_output(PATIENCE)
        assert event["type"] == "websocket.send", event
        return dict(json.loads(event["text"]))

    async def hear_a(self, kind: str) -> dict[str, Any]:
        """The next frame of this type; others before it are passed over."""
        while (frame := await self.hear())["type"] != kind:
            pass
        return frame

    async def hear_messages(self, number: int) -> list[dict[str, Any]]:
        """The next `number` messages."""
        found: list[dict[str, Any]] = []
        while len(found) < number:
            found += (await self.hear_a("messages"))["messages"]
        assert len(found) == number
        return found

    async def close_code(self) -> int:
        """The code the server closes with; frames before it are passed over."""
        while (event := await self.communicator.receive_output(PATIENCE))["type"] != "websocket.close":
            pass
        return int(event["code"])

    async def hears_nothing(self) -> bool:
        """Whether nothing waits to be heard."""
        return bool(await self.communicator.receive_nothing())

    async def leave(self) -> None:
        """Close the window."""
        if not self.communicator.future.done():
            await self.communicator.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.communicator.wait(PATIENCE)


async def end_session(key: str) -> None:
    """Delete the session's row, telling nobody."""
    await writing(SessionStore(key).delete)


async def until(condition: Callable[[], Any]) -> None:
    """Return when `condition()` holds; fails the test when it never does."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  the tests look from outside; nothing tells them
            await asyncio.sleep(0.005)
