"""One room's socket: what the browser says goes to a service, what the hub hands over is written.

A plain ASGI application, not a Channels consumer: those send every frame through the one thread-sensitive thread of the
process first (asgiref#218), and subscribe every socket to the channel layer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error as DatabaseFailure

from network.members.sockets import Viewer, reading, report_refusal, user_of, writing
from portal.core import ratelimit

from . import frames, hub, selectors, services
from .frames import Close, FrameError, Hello, Post, Read, Reason
from .models import Message, Room
from .outlet import Outlet

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

#: Frames a socket may send at once, and how many a second in the long run.
BURST = 30
FRAMES_A_SECOND = 5.0
#: Seconds a close may take before the socket is left to the server.
CLOSE_PATIENCE = 2.0


async def room_socket(scope: Any, receive: Receive, send: Send) -> None:
    """Serve one socket of ``/ws/rooms/<slug>/``.

    A room that is hidden from the viewer and one that does not exist are refused alike. Refusals are said after
    accepting, because a browser learns nothing from a failed handshake and would try for ever.
    """
    await receive()
    viewer: Viewer | None = scope["viewer"]
    asked_at = asyncio.get_running_loop().time()
    slug = scope["url_route"]["kwargs"]["slug"]
    room = await reading(selectors.room_for, scope["user"], scope["audiences"], slug)
    await send({"type": "websocket.accept"})
    if viewer is None or room is None:
        report_refusal(scope, "not logged in" if viewer is None else "no room of theirs")
        await _close(send, Close.DENIED)
        return
    here = hub.here()
    if not here.has_room_for(viewer.user_id):
        await _close(send, Close.TOO_MANY_SOCKETS)
        return
    outlet = Outlet(room_id=room.pk, viewer=viewer, asked_at=asked_at)
    here.join(outlet, room.last_seq)
    try:
        code = await _converse(RoomSocket(here, outlet), receive, send)
    finally:
        here.leave(outlet)
    if code is not None:
        await _close(send, code)


async def _converse(socket: RoomSocket, receive: Receive, send: Send) -> Close | None:
    """Read and write until one side is done; the code to close with, or None when the other side is gone."""
    reader = asyncio.ensure_future(socket.read(receive))
    writer = asyncio.ensure_future(socket.write(send))
    ended = socket.outlet.ended
    whichever: list[asyncio.Future[Any]] = [reader, writer, ended]
    try:
        await asyncio.wait(whichever, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (reader, writer):
            task.cancel()
        results = await asyncio.gather(reader, writer, return_exceptions=True)
    for result in results:
        # An OSError is the server's word for a browser that went away.
        if isinstance(result, Exception) and not isinstance(result, OSError):
            logger.error("a room's socket failed", exc_info=result)
            return Close.BROKEN
    return ended.result() if ended.done() else None


async def _close(send: Send, code: Close) -> None:
    """Close with `code`, without waiting for a browser that reads nothing, or is gone."""
    try:
        async with asyncio.timeout(CLOSE_PATIENCE):
            await send({"type": "websocket.close", "code": int(code), "reason": code.name.lower()})
    except (OSError, RuntimeError, TimeoutError):
        logger.debug("closed already")


class RoomSocket:
    """The two directions of one open socket."""

    def __init__(self, here: hub.Hub, outlet: Outlet) -> None:
        self.hub = here
        self.outlet = outlet
        self._allowance = float(BURST)
        self._counted_at = here.loop.time()

    async def write(self, send: Send) -> None:
        """Write what is queued, as fast as the browser takes it."""
        while True:
            await send({"type": "websocket.send", "text": await self.outlet.next_frame()})

    async def read(self, receive: Receive) -> None:
        """Act on what the browser says, frame by frame, until it goes."""
        while (event := await receive())["type"] == "websocket.receive":
            await self._pace()
            try:
                await self._act(frames.parse(event.get("text")))
            except FrameError as problem:
                self.outlet.offer(frames.error(problem))
            except PermissionDenied:  # access ended since the hub last asked
                self.outlet.end(Close.DENIED)

    async def _pace(self) -> None:
        """Wait while the socket is over its allowance. Meanwhile the server reads nothing from it: nothing piles up."""
        now = self.hub.loop.time()
        self._allowance = min(BURST, self._allowance + (now - self._counted_at) * FRAMES_A_SECOND) - 1
        self._counted_at = now
        if self._allowance < 0:
            await asyncio.sleep(-self._allowance / FRAMES_A_SECOND)

    async def _act(self, said: Hello | Post | Read) -> None:
        if isinstance(said, Hello):
            self.hub.follow(self.outlet, said.last_seq)
        elif isinstance(said, Post):
            await self._post(said)
        else:
            await self._write_as_viewer(_mark_read, said.seq)

    async def _post(self, post: Post) -> None:
        try:
            message = await self._write_as_viewer(_post, post)
        except FrameError as problem:
            problem.client_id = str(post.client_id)
            raise
        self.outlet.offer(frames.posted(message))

    async def _write_as_viewer(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a writing function in a thread, as whoever the session belongs to. A database that fails is answered."""
        try:
            return await writing(function, self.outlet.viewer.session_key, self.outlet.room_id, *args)
        except DatabaseFailure as error:
            logger.exception("a room's socket could not write")
            raise FrameError(Reason.FAILED, retry_after=2.0) from error


def _present(session_key: str, room_id: int) -> tuple[Any, Room]:
    """The session's person and the room as they are now. Raises PermissionDenied for a session that ended."""
    user, room = user_of(session_key), Room.objects.filter(pk=room_id).first()
    if user is None or room is None:
        raise PermissionDenied
    return user, room


def _post(session_key: str, room_id: int, post: Post) -> Message:
    """Post as whoever the session belongs to. Raises FrameError with the service's reason."""
    user, room = _present(session_key, room_id)
    limit = settings.RATE_LIMITS.get("rooms:post")
    if limit is not None and ratelimit.exceeded(action="rooms:post", who=f"user:{user.pk}", limit=limit):
        raise FrameError(Reason.TOO_MANY, retry_after=ratelimit.seconds_left(limit))
    try:
        return services.post_message(room=room, by=user, body=post.body, client_id=post.client_id)
    except ValidationError as error:
        raise FrameError(Reason(error.code or Reason.FAILED), details=error.params) from error


def _mark_read(session_key: str, room_id: int, seq: int) -> None:
    user, room = _present(session_key, room_id)
    services.mark_read(room=room, by=user, seq=seq)


async def no_such_socket(scope: Any, receive: Receive, send: Send) -> None:
    """Any other address under ``/ws/``: refused like a room one may not enter."""
    report_refusal(scope, "no such socket")
    await receive()
    await send({"type": "websocket.accept"})
    await _close(send, Close.DENIED)
