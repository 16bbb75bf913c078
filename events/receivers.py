"""Framework signals, one line each into a service."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.signals import page_published

from search import indexing

from . import services
from .models import MeetingPage


@receiver(page_published, sender=MeetingPage)
def issue_what_was_published(sender: type[MeetingPage], instance: MeetingPage, **kwargs: Any) -> None:
    """A published outcome issues its recommendations; a publication that is only scheduled does not yet."""
    if instance.live:
        revision = kwargs.get("revision")
        services.publish_outcome(meeting=instance, by=revision.user if revision is not None else None)


@receiver(post_save, sender=MeetingPage)
def index_what_it_recommends(instance: MeetingPage, **kwargs: Any) -> None:
    """A recommendation is listed by its meeting's audience, series, themes and date."""
    indexing.enqueue_all(instance.recommendations.only("pk"))
