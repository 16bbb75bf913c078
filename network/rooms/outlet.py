"""One socket as the hub sees it: who reads it, how far it got, and a bounded queue of frames to write."""

from __future__ import annotations

import asyncio
from collections import deque

from network.members.sockets import Viewer

from .frames import Close

#: Frames and characters that may wait for one socket. One that needs more has fallen behind, and starts over.
MAX_FRAMES = 64
MAX_WAITING = 1_000_000


class Outlet:
    """Frames go in by `offer`, and out by `next_frame`, which the socket's writer awaits.

    `seq` is the number of the last message handed over, or None while the socket does not follow the room (it has not
    said hello, or is still catching up). `asked_at` is when its permission was last asked, on the loop's clock. `ended`
    holds the close code once the hub is done with it.
    """

    def __init__(self, *, room_id: int, viewer: Viewer, asked_at: float) -> None:
        self.room_id = room_id
        self.viewer = viewer
        self.asked_at = asked_at
        self.seq: int | None = None
        self.catching_up: asyncio.Task[None] | None = None
        self.ended: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        self._frames: deque[str] = deque()
        self._waiting = 0
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()

    def offer(self, frame: str) -> None:
        """Queue `frame`; the socket that has no room left for it is ended with RESYNC."""
        if self.ended.done():
            return
        full = len(self._frames) >= MAX_FRAMES or self._waiting + len(frame) > MAX_WAITING
        if full:
            self.end(Close.RESYNC)
            return
        self._frames.append(frame)
        self._waiting += len(frame)
        self._filled.set()
        self._emptied.clear()

    async def emptied(self) -> None:
        """Wait until everything queued is written: whoever sends much goes at the socket's pace."""
        await self._emptied.wait()

    async def next_frame(self) -> str:
        """The next frame to write; waits for one."""
        while not self._frames:
            self._emptied.set()
            self._filled.clear()
            await self._filled.wait()
        frame = self._frames.popleft()
        self._waiting -= len(frame)
        return frame

    def end(self, code: Close) -> None:
        """The hub is done with this socket; the first code stands."""
        self.seq = None
        if self.catching_up is not None:
            self.catching_up.cancel()
        if not self.ended.done():
            self.ended.set_result(code)
