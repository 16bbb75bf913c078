"""Framework signals, one line each into a service."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from . import services
from .models import Figure


@receiver([post_save, post_delete], sender=Figure)
def figure_changed(instance: Figure, **kwargs: Any) -> None:
    """An indicator is found by its figures' areas and years."""
    if not kwargs.get("raw"):  # a fixture may load figures before their indicator
        services.reindex_indicator_of(instance)
