"""Start and stop of the server process: what waited while it was down is sent on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async

logger = logging.getLogger(__name__)

ASGIApplication = Callable[[Any, Any, Any], Awaitable[None]]
_on_start: list[Callable[[], object]] = []
_on_stop: list[Callable[[], Awaitable[object]]] = []


def on_start(function: Callable[[], object]) -> Callable[[], object]:
    """Run `function` in a thread when the server starts. A failure is logged, the server starts all the same."""
    _on_start.append(function)
    return function


def on_stop(function: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
    """Await `function` when the server stops, before its sockets are cut."""
    _on_stop.append(function)
    return function


class Lifespan:
    """ASGI middleware that answers the lifespan protocol and passes everything else on."""

    def __init__(self, application: ASGIApplication) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] != "lifespan":
            await self.application(scope, receive, send)
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                for start in _on_start:
                    await _started(start)
                await send({"type": "lifespan.startup.complete"})
            else:
                for stop in _on_stop:
                    await stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _started(function: Callable[[], object]) -> None:
    try:
        await sync_to_async(function)()
    except Exception:  # a start-up chore must not keep the portal down
        logger.exception("start-up chore %s failed", getattr(function, "__qualname__", function))
