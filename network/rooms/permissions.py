"""Who may enter a room: asked by pages, sockets and services alike."""

from __future__ import annotations

from typing import Any

from network.members.permissions import is_current_member
from network.members.selectors import audiences_for
from portal.core.audience import can_view

from .models import Room


def can_enter(user: Any, room: Room) -> bool:
    """A current member whom the room's audience includes; being in the audience alone is not enough.

    Who may enter may read, and write while the room is not archived.
    """
    return is_current_member(user) and can_view(room, audiences_for(user))
