"""The bounded queue between the hub and one socket."""

from __future__ import annotations

import asyncio

import pytest

from network.members.sockets import Viewer
from network.rooms.frames import Close
from network.rooms.outlet import MAX_FRAMES, MAX_WAITING, Outlet

pytestmark = pytest.mark.asyncio


def outlet() -> Outlet:
    return Outlet(room_id=1, viewer=Viewer(1, "key", "hash"), asked_at=0.0)


async def test_frames_come_out_in_the_order_they_went_in() -> None:
    one = outlet()
    for frame in "abc":
        one.offer(frame)
    assert [await one.next_frame() for _ in range(3)] == ["a", "b", "c"]


async def test_a_reader_waits_for_what_comes_later() -> None:
    one = outlet()
    waiting = asyncio.ensure_future(one.next_frame())
    await asyncio.sleep(0)
    one.offer("late")
    assert await waiting == "late"


async def test_one_frame_too_many_ends_it() -> None:
    one = outlet()
    for _ in range(MAX_FRAMES):
        one.offer("x")
    assert not one.ended.done()
    one.offer("x")
    assert one.ended.result() == Close.RESYNC


async def test_too_much_text_ends_it() -> None:
    one = outlet()
    one.offer("x" * MAX_WAITING)
    one.offer("x")
    assert one.ended.result() == Close.RESYNC


async def test_what_was_read_makes_room() -> None:
    one = outlet()
    for _ in range(3 * MAX_FRAMES):
        one.offer("x")
        await one.next_frame()
    assert not one.ended.done()


async def test_it_is_emptied_once_the_last_frame_is_written_and_the_next_is_asked_for() -> None:
    one = outlet()
    await one.emptied()
    one.offer("x")
    emptied = asyncio.ensure_future(one.emptied())
    await one.next_frame()
    assert not emptied.done()
    writer = asyncio.ensure_future(one.next_frame())
    await emptied
    writer.cancel()


async def test_the_first_code_stands_and_nothing_is_queued_after_it() -> None:
    one = outlet()
    one.end(Close.DENIED)
    one.end(Close.RESYNC)
    one.offer("late")
    assert one.ended.result() == Close.DENIED
    assert not one._frames
