"""Access that ends. Whoever keeps a door open (a room's sockets) registers here and closes it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction

logger = logging.getLogger(__name__)

#: ``fn(user_id, session_key)``. Without a key all of the person's access changed: ask the permissions again and close
#: what they no longer allow. With one, that session alone has ended.
AccessListener = Callable[[int, str | None], object]
_listeners: list[AccessListener] = []


def on_access_ended(listener: AccessListener) -> AccessListener:
    """Call `listener` (also as a decorator) after suspension, expiry, leaving, log-out, removal from a group or agency.

    It runs after the change is committed, in the process and thread that made it.
    """
    _listeners.append(listener)
    return listener


def access_ended(user_id: int, session_key: str | None = None) -> None:
    """Tell every listener once the running transaction commits (at once outside one)."""
    transaction.on_commit(partial(_tell, user_id, session_key))


def _tell(user_id: int, session_key: str | None) -> None:
    for listener in _listeners:
        try:
            listener(user_id, session_key)
        except Exception:  # one listener's failure must not keep the others' doors open
            logger.exception(
                "access of user %s ended, but %s failed", user_id, getattr(listener, "__qualname__", listener)
            )
