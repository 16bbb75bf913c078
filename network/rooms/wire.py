"""The channel layer as rooms use it: a fast way to other processes that may be away at any time.

Whatever it raises is counted as *away*, noted once, and tried again; nobody waits for it and nobody fails by it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger(__name__)

#: The group that every hub is in, whatever its rooms.
EVERYONE = "rooms.everyone"
#: Seconds one call of the layer may take before it counts as away.
PATIENCE = 2.0
#: Seconds until it is tried again.
RETRY = 1.0


def group_of(room_id: int) -> str:
    """The group of the hubs that have sockets in this room."""
    return f"rooms.room.{room_id}"


def digest_of(session_key: str) -> str:
    """A name for a session that opens nothing: the layer never carries the key itself."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


class Wire:
    """A hub's end: the groups it wants to hear, and what it hears. Lives on one event loop."""

    def __init__(self, hear: Callable[[dict[str, Any]], None], joined: Callable[[], None]) -> None:
        """`hear` is called with every event; `joined` whenever a group was joined: look up what came before."""
        self._hear = hear
        self._on_joined = joined
        self._wanted: set[str] = set()
        self._joined: set[str] = set()
        self._channel: str | None = None
        self._wake = asyncio.Event()
        self._away_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to listen."""
        self._spawn(self._listen())
        self._spawn(self._tend())

    async def stop(self) -> None:
        """Leave every group and end."""
        self._wanted.clear()
        with contextlib.suppress(Exception):
            await self._join_and_leave()
        tasks = list(self._tasks)
        for _attempt in range(2):
            for task in tasks:
                task.cancel()
            # The layer answers a cancellation by unsubscribing, which can wait for ever: once more, and go.
            if tasks:
                _ended, waiting = await asyncio.wait(tasks, timeout=PATIENCE)
                tasks = list(waiting)

    def want(self, group: str) -> None:
        """Hear `group`, as soon as the layer allows."""
        self._wanted.add(group)
        self._wake.set()

    def leave(self, group: str) -> None:
        """Hear it no more."""
        self._wanted.discard(group)
        self._wake.set()

    def send(self, group: str, event: dict[str, Any]) -> None:
        """Pass `event` on to the other processes, without waiting."""
        if not self._is_away():
            self._spawn(self._send(group, event))

    async def _send(self, group: str, event: dict[str, Any]) -> None:
        try:
            await send_patiently(group, event)
        except Exception as error:  # noqa: BLE001  whatever the layer raises: it is away, the others look in the database
            self._note(error)
        else:
            self._note_back()

    async def _listen(self) -> None:
        while True:
            layer = get_channel_layer()
            try:
                async with asyncio.timeout(PATIENCE):
                    self._channel = await layer.new_channel()
                self._joined.clear()
                self._wake.set()
                while True:
                    self._hear(await layer.receive(self._channel))
            except Exception as error:  # noqa: BLE001  whatever the layer raises, listening goes on
                self._note(error)
            self._channel = None
            await asyncio.sleep(RETRY)

    async def _tend(self) -> None:
        """Join and leave groups as wanted; try again what failed."""
        while True:
            try:
                async with asyncio.timeout(RETRY):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self._join_and_leave()
            except Exception as error:  # noqa: BLE001  whatever the layer raises: it is away, and asked again
                self._note(error)

    async def _join_and_leave(self) -> None:
        layer, channel = get_channel_layer(), self._channel
        if channel is None:
            return
        for group in self._wanted - self._joined:
            async with asyncio.timeout(PATIENCE):
                await layer.group_add(group, channel)
            self._joined.add(group)
            self._note_back()
            self._on_joined()
        for group in self._joined - self._wanted:
            self._joined.discard(group)
            async with asyncio.timeout(PATIENCE):
                await layer.group_discard(group, channel)

    def _is_away(self) -> bool:
        return self._away_until > asyncio.get_running_loop().time()

    def _note(self, error: Exception) -> None:
        if not self._away_until:
            logger.warning("channel layer away: %s: %s; messages come from the database", type(error).__name__, error)
        self._away_until = asyncio.get_running_loop().time() + RETRY

    def _note_back(self) -> None:
        if self._away_until:
            logger.warning("channel layer back")
        self._away_until = 0.0

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def send_patiently(group: str, event: dict[str, Any]) -> None:
    """Send `event` to `group` of the channel layer. Raises what the layer raises, or TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        await get_channel_layer().group_send(group, event)


def send_from_anywhere(group: str, event: dict[str, Any]) -> None:
    """For a process without sockets (gunicorn, a command): hand `event` to a thread that keeps a connection."""
    # In memory there is nobody outside this process to hear it.
    if not isinstance(get_channel_layer(), InMemoryChannelLayer):
        asyncio.run_coroutine_threadsafe(_send_or_log(group, event), _sender_loop())


async def _send_or_log(group: str, event: dict[str, Any]) -> None:
    try:
        await send_patiently(group, event)
    except Exception as error:  # noqa: BLE001  whatever the layer raises: the hubs look in the database
        logger.warning("channel layer away: %s: %s; hubs will find it in the database", type(error).__name__, error)


@cache
def _sender_loop() -> asyncio.AbstractEventLoop:
    """One event loop in a thread of its own, made on first use (after the server forked)."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="rooms-announcer", daemon=True).start()
    return loop
