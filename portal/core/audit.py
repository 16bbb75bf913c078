"""The audit trail: who did what, when and why."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from .models import AuditEntry


def record(*, action: str, by: Any, target: Model, reason: str = "", data: dict[str, Any] | None = None) -> AuditEntry:
    """Write one entry in the caller's transaction.

    `action` is ``<app>.<past participle>`` (``vetting.accepted``); `by` is the user who acted, or None for the portal.
    """
    return AuditEntry.objects.create(
        action=action,
        by=by,
        content_type=ContentType.objects.get_for_model(target),
        object_id=str(target.pk),
        reason=reason,
        data=data or {},
    )


def trail_of(target: Model) -> QuerySet[AuditEntry]:
    """The entries about `target`, newest first, with the people who acted."""
    content_type = ContentType.objects.get_for_model(target)
    return AuditEntry.objects.filter(content_type=content_type, object_id=str(target.pk)).select_related("by")
