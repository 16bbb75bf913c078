"""Slow clients keep no worker: bodies are read, and answers written, outside the threads that make pages.

A page is made in one of a few threads (docs/adr/0005). Left to itself a thread waits for a body that is sent by the
byte, and for a reader that does not read; eight of either would stop every page. Here a thread begins when the whole
request is there, and is free when its answer is made.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import IO, Any

from .middleware import CMS_PREFIX

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

#: Of a body or an answer, bytes that are kept in memory; what is longer goes to a temporary file.
IN_MEMORY = 256 * 1024
#: The longest body: a form, and in the CMS, where files are uploaded, what deploy/nginx lets through as well.
LONGEST_FORM = 3 * 1024 * 1024
LONGEST_UPLOAD = 25 * 1024 * 1024
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client may take, in seconds: between two pieces, for a whole form or upload, to take one piece."""

    piece: float = 15.0
    form: float = 60.0
    upload: float = 600.0
    reading: float = 30.0


class SlowClientError(Exception):
    """The request could not be read: `status` is what it is answered."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class OutsideWorkers:
    """ASGI middleware in front of pages: reads the request whole, and writes the answer as fast as it is taken."""

    def __init__(self, application: Application, patience: Patience | None = None) -> None:
        self.application = application
        self.patience = patience or Patience()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one request."""
        with (
            tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body,
            tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as answer,
        ):
            try:
                await self._read(scope, receive, body)
            except SlowClientError as refused:
                await _refuse(send, refused)
                return
            except ClientDisconnectedError:
                return
            outbox = Outbox(answer)
            making = asyncio.ensure_future(self._make(scope, body, outbox))
            try:
                await self._write(outbox, send)
            finally:
                # A thread cannot be stopped: it ends its answer, which nobody reads.
                await asyncio.gather(making, return_exceptions=True)
            making.result()

    async def _read(self, scope: Any, receive: Receive, body: IO[bytes]) -> None:
        """The whole body into `body`. Raises SlowClientError when it is too long or comes too slowly."""
        uploads = scope["path"].startswith(CMS_PREFIX)
        longest, seconds = (LONGEST_UPLOAD, self.patience.upload) if uploads else (LONGEST_FORM, self.patience.form)
        length = 0
        try:
            async with asyncio.timeout(seconds):
                more = True
                while more:
                    async with asyncio.timeout(self.patience.piece):
                        message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientDisconnectedError
                    piece = message.get("body", b"")
                    length += len(piece)
                    if length > longest:
                        raise SlowClientError(413, f"Too long: at most {longest // 1024 // 1024} MB can be sent here.")
                    body.write(piece)
                    more = message.get("more_body", False)
        except TimeoutError:
            raise SlowClientError(408, "The request did not arrive in time.") from None
        body.seek(0)

    async def _make(self, scope: Any, body: IO[bytes], outbox: Outbox) -> None:
        """Have the answer made; none of it waits for the client."""

        async def from_file() -> Message:
            piece = body.read(_CHUNK)
            return {"type": "http.request", "body": piece, "more_body": len(piece) == _CHUNK}

        try:
            await self.application(scope, from_file, outbox.put)
        finally:
            outbox.close()

    async def _write(self, outbox: Outbox, send: Send) -> None:
        """Hand the answer on, piece by piece, to a client that takes it."""
        while (message := await outbox.next()) is not None:
            try:
                async with asyncio.timeout(self.patience.reading):
                    await send(message)
            except TimeoutError:
                logger.info("an answer was not read in time")
                return


class ClientDisconnectedError(Exception):
    """Nobody waits for the answer any more."""


class Outbox:
    """An answer between the thread that makes it and the client that reads it; the body waits in a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.messages: list[Message] = []
        self.written = self.read = 0
        #: Whether the body's end was made, the client was told of it, and nothing more comes, ended or not.
        self.ended = self.told = self.closed = False
        self.changed = asyncio.Event()

    async def put(self, message: Message) -> None:
        """Take one ASGI message of the answer. Never waits."""
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            self.file.seek(self.written)
            self.file.write(body)
            self.written += len(body)
            self.ended = self.ended or not message.get("more_body", False)
        else:
            self.messages.append(message)
        self.changed.set()

    def close(self) -> None:
        """Nothing more comes. An answer that broke off is not said to be whole."""
        self.closed = True
        self.changed.set()

    async def next(self) -> Message | None:
        """The next message for the client; None when it has them all."""
        while True:
            if self.messages:
                return self.messages.pop(0)
            if self.read < self.written or (self.ended and not self.told):
                self.file.seek(self.read)
                piece = self.file.read(_CHUNK)
                self.read += len(piece)
                self.told = self.ended and self.read == self.written
                return {"type": "http.response.body", "body": piece, "more_body": not self.told}
            if self.closed:
                return None
            self.changed.clear()
            await self.changed.wait()


async def _refuse(send: Send, refused: SlowClientError) -> None:
    """An answer that no thread had to make."""
    text = f"{refused}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
