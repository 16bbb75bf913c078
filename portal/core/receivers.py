"""Framework signals, one line each into a service."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save, pre_save
from django.dispatch import receiver

from search.signals import index_changed

from .models import Audience
from .pagecache import content_changed
from .text_fields import put_right


@receiver(pre_save)
def put_texts_right(instance: Model, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """Whichever way a text comes, it is saved under one rule."""
    if not kwargs.get("raw"):
        put_right(instance, update_fields)


@receiver([post_save, post_delete, m2m_changed])
def drop_cached_pages(sender: type[Model], **kwargs: Any) -> None:
    """Any change of what a page could show drops the cached pages."""
    if sender._meta.label_lower not in settings.PAGE_CACHE_IGNORES and not kwargs.get("raw"):
        content_changed()


@receiver(index_changed)
def drop_cached_results(sender: Any, **kwargs: Any) -> None:
    """The index follows the change after its commit: result pages kept in between are dropped once it has."""
    content_changed()


@receiver(post_migrate)
def keep_standing_audiences(sender: Any, using: str, **kwargs: Any) -> None:
    """The public and the members' audience always exist."""
    if getattr(sender, "label", "") != "core":
        return
    standing = {"public": "Public", "members": "Members"}
    for token, label in standing.items():
        Audience.objects.using(using).get_or_create(token=token, defaults={"kind": token, "label": label})
