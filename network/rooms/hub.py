"""One hub a process: it fetches a message once and hands the same frame to every socket of the room.

What it hears through the channel layer is a hint; the rows decide. It looks at the rooms' numbers in the database every
second, so a hint that was lost (Redis stopped, a process was killed between commit and announcement) costs a second.
A socket that falls behind, or whose permission was not asked lately, is closed with RESYNC and asks for what it missed
when it is back: it never holds up the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from network.members.sockets import Viewer, reading, still_signed_in

from . import frames, selectors
from .frames import Close
from .models import Message, Room
from .outlet import Outlet
from .permissions import can_enter
from .wire import EVERYONE, Wire, digest_of, group_of

logger = logging.getLogger(__name__)

#: Seconds between two looks at the rooms' numbers.
LOOK_EVERY = 1.0
#: Seconds after which a socket's permission is asked again without an occasion.
ASK_EVERY = 3.0
#: A permission older than this delivers nothing: the database did not answer in time.
TRUSTED_FOR = 15.0
#: Messages fetched at once.
PAGE = 50
#: Sockets asked about at once, and seconds between two such questions without an occasion. Small, and with a pause,
#: because a thread that works on an answer takes the interpreter from the sockets.
BATCH = 20
BREATH = 0.01
#: Sockets one person may keep open in this process.
MAX_SOCKETS = 20


@dataclass(eq=False)
class Feed:
    """A room with sockets here. `seq` is handed out to those that follow; up to `known` is said to exist."""

    room_id: int
    seq: int
    known: int
    outlets: set[Outlet] = field(default_factory=set)
    pump: asyncio.Task[None] | None = None


class Hub:
    """All sockets of this process. Every method runs on its event loop, `loop`, unless it says otherwise."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.feeds: dict[int, Feed] = {}
        self._wire = Wire(self.hear, self._look_now)
        self._tasks: set[asyncio.Task[None]] = set()
        self._look = asyncio.Event()
        self._started = False

    # Sockets come and go

    def join(self, outlet: Outlet, last_seq: int) -> None:
        """Count `outlet` in; it is given nothing before `follow`. `last_seq` is its room's newest number, just read."""
        if not self._started:
            self._started = True
            self._wire.want(EVERYONE)
            self._wire.start()
            self._spawn(self._keep())
        feed = self.feeds.get(outlet.room_id)
        if feed is None:
            feed = self.feeds[outlet.room_id] = Feed(outlet.room_id, last_seq, last_seq)
            self._wire.want(group_of(outlet.room_id))
        feed.outlets.add(outlet)

    def leave(self, outlet: Outlet) -> None:
        """Forget `outlet`, and the room with its last one."""
        outlet.end(Close.RESYNC)
        feed = self.feeds.get(outlet.room_id)
        if feed is None:
            return
        feed.outlets.discard(outlet)
        if not feed.outlets:
            del self.feeds[outlet.room_id]
            self._wire.leave(group_of(outlet.room_id))

    def has_room_for(self, user_id: int) -> bool:
        """Whether this person may open one more socket."""
        return Counter(outlet.viewer.user_id for outlet in self._outlets())[user_id] < MAX_SOCKETS

    def follow(self, outlet: Outlet, after: int) -> None:
        """Give `outlet` what came after number `after`, at its own pace, and from then on everything new."""
        if outlet.catching_up is not None:
            outlet.catching_up.cancel()
        outlet.seq = None
        outlet.catching_up = self._spawn(self._catch_up(outlet, after))
        outlet.catching_up.add_done_callback(lambda task: _start_over_if_failed(outlet, task))

    async def stop(self) -> None:
        """The server stops: close what is open, leave the channel layer."""
        for outlet in self._outlets():
            outlet.end(Close.RESTART)
        self.feeds.clear()
        await self._wire.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _outlets(self) -> list[Outlet]:
        return [outlet for feed in self.feeds.values() for outlet in feed.outlets]

    # Hints

    def tell(self, group: str, event: dict[str, Any]) -> None:
        """An announcement of this process: to the own sockets whatever becomes of the layer, and to the other hubs."""
        self.hear(event)
        self._wire.send(group, event)

    def hear(self, event: dict[str, Any]) -> None:
        """Act on an announcement (`announcements`); an unknown one, of a newer version, is passed over."""
        match event:
            case {"type": "rooms.posted", "room": room_id, "seq": seq}:
                self.hint(room_id, seq)
            case {"type": "rooms.ask_again", "room": room_id, "user": user_id}:
                concerned = [
                    outlet
                    for outlet in self._outlets()
                    if room_id in (None, outlet.room_id) and user_id in (None, outlet.viewer.user_id)
                ]
                self._spawn(self._ask(concerned))
            case {"type": "rooms.session_ended", "session": digest}:
                for outlet in self._outlets():
                    if digest_of(outlet.viewer.session_key) == digest:
                        outlet.end(Close.DENIED)

    def hint(self, room_id: int, seq: int) -> None:
        """The room is said to have messages up to `seq`."""
        feed = self.feeds.get(room_id)
        if feed is None:
            return
        feed.known = max(feed.known, seq)
        if feed.known > feed.seq and (feed.pump is None or feed.pump.done()):
            feed.pump = self._spawn(self._pump(feed))

    def _look_now(self) -> None:
        self._look.set()

    # Delivery

    async def _pump(self, feed: Feed) -> None:
        """Fetch what is new and hand it out, in order, until nothing more is known."""
        while feed.outlets and feed.known > feed.seq:
            messages = await reading(selectors.messages_after, feed.room_id, feed.seq, limit=PAGE)
            if not messages:
                feed.known = feed.seq
                return
            for frame in frames.of_messages(messages):
                feed.seq = frame.last
                for outlet in list(feed.outlets):
                    self._hand_over(outlet, frame, messages)

    def _hand_over(self, outlet: Outlet, frame: frames.MessageFrame, messages: Sequence[Message]) -> None:
        if outlet.seq is None or outlet.seq >= frame.last:
            return
        if self.loop.time() - outlet.asked_at > TRUSTED_FOR:
            outlet.end(Close.RESYNC)
            return
        if outlet.seq < frame.first:
            outlet.offer(frame.text)
        else:  # it was ahead of the hub: only the rest is new to it
            for rest in frames.of_messages([m for m in messages if outlet.seq < m.seq <= frame.last]):
                outlet.offer(rest.text)
        outlet.seq = frame.last

    async def _catch_up(self, outlet: Outlet, after: int) -> None:
        """Page by page to where the hub is. From the last look to following there is no pause: nothing is missed."""
        room_id = outlet.room_id
        last_seq = (await reading(selectors.last_seqs, [room_id])).get(room_id, 0)
        outlet.offer(frames.welcome(last_seq))
        self.hint(room_id, last_seq)
        # A browser that has seen more than there is (a database restored from a copy) starts from what there is.
        after = min(after, last_seq)
        while (feed := self.feeds.get(room_id)) is not None and after < feed.seq:
            messages = await reading(selectors.messages_after, room_id, after, until=feed.seq, limit=PAGE)
            if not messages:
                after = feed.seq
            for frame in frames.of_messages(messages):
                await outlet.emptied()
                outlet.offer(frame.text)
                after = frame.last
        outlet.seq = after

    # Looking after

    async def _keep(self) -> None:
        """Every second: are there messages nobody hinted at, and permissions to ask again?"""
        while True:
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._look.wait()
            except TimeoutError:
                pass
            self._look.clear()
            try:
                await self._look_at_rooms()
                old = self.loop.time() - ASK_EVERY
                await self._ask([outlet for outlet in self._outlets() if outlet.asked_at < old], breath=BREATH)
            except Exception:
                # The database is away: posting fails with an error, reading waits, and both go on when it is back.
                logger.exception("rooms: can not look at the database; trying again")

    async def _look_at_rooms(self) -> None:
        for room_id, last_seq in (await reading(selectors.last_seqs, list(self.feeds))).items():
            self.hint(room_id, last_seq)

    async def _ask(self, outlets: list[Outlet], *, breath: float = 0.0) -> None:
        """Close those of `outlets` whose session ended or who may no longer enter their room."""
        # One person's sockets side by side: they are asked about once.
        concerned = sorted(outlets, key=lambda outlet: outlet.viewer.user_id)
        for start in range(0, len(concerned), BATCH):
            some = concerned[start : start + BATCH]
            asked_at = self.loop.time()
            allowed = await reading(_allowed, {(outlet.viewer, outlet.room_id) for outlet in some})
            for outlet in some:
                if (outlet.viewer, outlet.room_id) in allowed:
                    outlet.asked_at = asked_at
                else:
                    outlet.end(Close.DENIED)
            await asyncio.sleep(breath)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The next look, a second from now, does the work again.
            logger.error("rooms: %s failed", task.get_coro(), exc_info=error)


def _start_over_if_failed(outlet: Outlet, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        outlet.end(Close.RESYNC)


def _allowed(asked: Collection[tuple[Viewer, int]]) -> set[tuple[Viewer, int]]:
    """Of these viewers and rooms, the pairs that still hold. Six queries for any number of members."""
    people = still_signed_in({viewer for viewer, _room in asked})
    rooms = Room.objects.prefetch_related("audiences").in_bulk({room_id for _viewer, room_id in asked})
    return {
        (viewer, room_id)
        for viewer, room_id in asked
        if viewer in people and room_id in rooms and can_enter(people[viewer], rooms[room_id])
    }


_here: Hub | None = None


def here() -> Hub:
    """The hub of the running event loop, made on first use."""
    global _here  # noqa: PLW0603  one hub a process is the point
    if _here is None or _here.loop is not asyncio.get_running_loop():
        _here = Hub()
    return _here


def running() -> Hub | None:
    """This process's hub if it has one that can be told something; from any thread."""
    return _here if _here is not None and _here.loop.is_running() else None


async def stop() -> None:
    """Stop this process's hub, if it has one."""
    global _here  # noqa: PLW0603  one hub a process is the point
    if _here is not None:
        await _here.stop()
        _here = None
