"""Hints to every process: there is a message to fetch, somebody's access is to be asked again.

An announcement may be lost or come twice. What it is about stands in the database, and every hub looks there each
second (`hub.Hub`): losing one costs a moment, never a message.
"""

from __future__ import annotations

from typing import Any

from . import hub, wire
from .wire import EVERYONE, digest_of, group_of


def message_posted(room_id: int, seq: int) -> None:
    """The room has messages up to number `seq`. Call after the commit, from any thread."""
    _tell(group_of(room_id), {"type": "rooms.posted", "room": room_id, "seq": seq})


def ask_again(*, room_id: int | None = None, user_id: int | None = None) -> None:
    """Ask the permissions again for the sockets in a room, or of a person, and close those they no longer allow."""
    _tell(EVERYONE, {"type": "rooms.ask_again", "room": room_id, "user": user_id})


def session_ended(session_key: str) -> None:
    """Close the sockets of this session. Its key stays here: the channel layer carries a digest."""
    _tell(EVERYONE, {"type": "rooms.session_ended", "session": digest_of(session_key)})


def _tell(group: str, event: dict[str, Any]) -> None:
    """To this process's own sockets at once, whatever becomes of the channel layer; to other processes through it."""
    here = hub.running()
    if here is None:
        wire.send_from_anywhere(group, event)
    else:
        here.loop.call_soon_threadsafe(here.tell, group, event)
