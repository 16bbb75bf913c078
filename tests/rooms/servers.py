"""Real servers on the test's database, to be killed, and a wire between them and the browsers, to be cut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from .redis_server import free_port

SECONDS_TO_START = 90


def database_url() -> str:
    """The address of the database this test uses."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    password = quote(database["PASSWORD"])
    return f"postgres://{database['USER']}:{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


class Server:
    """One uvicorn process that serves pages and sockets."""

    def __init__(self, folder: Path, redis_url: str = "") -> None:
        self.port = free_port()
        self.log = folder / f"server-{self.port}.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
            "DJANGO_SETTINGS_MODULE": "tests.rooms.server_settings",
            "DATABASE_URL": database_url(),
            **({"REDIS_URL": redis_url} if redis_url else {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "config.serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: ASYNC220  it starts at once
                command, cwd=settings.BASE_DIR, env=self.environment, stdout=log, stderr=log
            )
        try:
            async with asyncio.timeout(SECONDS_TO_START):
                while not await self.answers():  # noqa: ASYNC110  nothing tells when a server is up
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(self.log.read_text("utf-8")) from None

    async def answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        said = await reader.read(64)
        writer.close()
        return b" 200 " in said

    def kill(self) -> None:
        """End it without a chance to say goodbye."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)
            self.process = None

    def stop(self) -> int:
        """Ask it to stop, as a deployment does; its exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(30)
        self.process = None
        return code


class Wire:
    """A TCP proxy in front of a server. `cut` breaks every open connection, in the middle of whatever is said."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.port = 0
        self._open: set[asyncio.Transport] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server | None = None

    async def start(self) -> None:
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.server.port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer.transport, back.transport}
        self._open |= ends
        both = [self._spawn(copy(reader, back)), self._spawn(copy(there, writer))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.abort()
        self._open -= ends

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def cut(self) -> None:
        """Break every connection."""
        for end in list(self._open):
            end.abort()

    async def stop(self) -> None:
        self.cut()
        if self._listening is not None:
            self._listening.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
