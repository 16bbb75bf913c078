"""Sockets in tests: a browser's end of one, and threads that leave nothing behind."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import pytest_asyncio
from asgiref.sync import SyncToAsync
from django.core.cache import cache
from django.db import connections

from network.members import sockets
from network.rooms import hub

from .browser_end import Opened, Opener
from .redis_server import BINARY

# A Redis of one's own can only be killed where there is one to start. In CI there is.
collect_ignore = [] if BINARY or os.environ.get("CI") == "true" else ["test_redis.py", "test_delivery_redis.py"]


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    """Rate limits of an earlier test."""
    cache.clear()


@pytest.fixture
def socket_threads(transactional_db: None) -> Iterator[None]:
    """The threads of sockets see what the test writes, and keep no connection to its database."""
    yield
    for pool in (sockets._readers, sockets._writers):
        close_connections(pool)
    # Where Django's asynchronous queries of the tests themselves run.
    SyncToAsync.single_thread_executor.submit(connections.close_all).result(10)


def close_connections(pool: ThreadPoolExecutor) -> None:
    """Close the database connection of every thread of `pool`."""
    meeting = threading.Barrier(len(pool._threads) + 1)

    def close() -> None:
        meeting.wait(10)
        connections.close_all()

    closing = [pool.submit(close) for _ in range(meeting.parties - 1)]
    meeting.wait(10)
    for one in closing:
        one.result(10)


@pytest_asyncio.fixture
async def open_socket(socket_threads: None) -> AsyncIterator[Opener]:
    """``await open_socket(user, room)`` opens one as that person's browser would; all are closed at the end."""
    opened: list[Opened] = []

    async def opener(*args: object, **options: object) -> Opened:
        one = await Opened.open(*args, **options)
        opened.append(one)
        return one

    yield opener
    for one in opened:
        await one.leave()
    await hub.stop()
