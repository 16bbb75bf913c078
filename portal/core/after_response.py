"""Work that nobody waits for: done once the answer of the running request is on its way, in the thread that made it.

So the time an answer takes tells nothing about that work, for example whether a mail server knows the recipient.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.dispatch import receiver

logger = logging.getLogger(__name__)


class _Waiting(threading.local):
    """What waits for the end of this thread's request; None outside one."""

    work: list[Callable[[], object]] | None = None


_waiting = _Waiting()


def do(work: Callable[[], object]) -> None:
    """Call `work` after this thread's request, once however often it is asked for; at once outside a request."""
    if _waiting.work is None:
        work()
    elif work not in _waiting.work:
        _waiting.work.append(work)


@receiver(request_started)
def begin(**kwargs: Any) -> None:
    """From here on work waits."""
    _waiting.work = []


@receiver(request_finished)
def finish(**kwargs: Any) -> None:
    """The answer is out: do what waited. A failure is logged, and keeps nothing else from being done."""
    waited, _waiting.work = _waiting.work or [], None
    for work in waited:
        try:
            work()
        except Exception:  # nobody is there to be told; letters are rows, and are tried again
            logger.exception("%s failed after the answer", getattr(work, "__qualname__", work))
    if waited:
        close_old_connections()  # Django's own look at them came before
