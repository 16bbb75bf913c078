"""Framework signals, one line each into a service."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import m2m_changed
from django.dispatch import receiver

from . import services
from .models import Room


@receiver(m2m_changed, sender=Room.audiences.through)
def ask_who_is_inside_again(instance: Room, action: str, **kwargs: Any) -> None:
    """A room's audience changed."""
    if action.startswith("post_"):
        services.audience_changed(instance.pk)
