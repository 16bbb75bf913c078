"""Who may do what with a practice, beside seeing it (which its audience decides)."""

from __future__ import annotations

from typing import Any

from network.members.permissions import is_current_member

from .enums import DraftState
from .models import PracticePage

#: States in which the author's text is the author's to change. In review it is locked; once published, staff change it.
EDITABLE = frozenset({DraftState.DRAFT, DraftState.CHANGES_REQUESTED})


def is_author(user: Any, practice: PracticePage) -> bool:
    """A current member who wrote it."""
    return is_current_member(user) and practice.author_id is not None and practice.author_id == user.pk


def can_edit(user: Any, practice: PracticePage, state: DraftState) -> bool:
    """Its author, as long as it is not in review and not published."""
    return is_author(user, practice) and state in EDITABLE
