"""Framework signals, one line each into indexing."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page

from search import indexing

from .translations import translations_of


@receiver([post_save, post_delete])
def keep_translations_in_step(instance: Any, **kwargs: Any) -> None:
    """Which of a page's translations lists show depends on all of them."""
    if isinstance(instance, Page):
        indexing.enqueue_all(translations_of(instance))
