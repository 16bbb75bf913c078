"""The audit trail in words, for the people who may read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.core.models import AuditEntry

#: What members records about a person.
MEMBERS_ACTIONS = {
    "members.admitted": _("Admitted"),
    "members.appointed": _("Posts changed"),
    "members.lapsed": _("Twelve months ended without confirmation"),
    "members.left": _("Left the network"),
    "members.profile_changed": _("Profile changed"),
    "members.reconfirmed": _("Confirmed for another twelve months"),
    "members.reinstated": _("Reinstated"),
    "members.suspended": _("Suspended"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when, who (nobody: the portal itself), what, and why."""

    at: dt.datetime
    by: Any
    what: Any
    reason: str


def in_words(entries: QuerySet[AuditEntry], actions: Mapping[str, Any]) -> list[Step]:
    """`entries` with the words of `actions`; an action without words shows its own name."""
    return [Step(entry.at, entry.by, actions.get(entry.action, entry.action), entry.reason) for entry in entries]
