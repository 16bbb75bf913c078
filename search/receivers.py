"""Framework signals, one line each into indexing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from . import indexing
from .registry import makes_synonyms, registration_of, registration_of_model, synonyms_changed


@receiver([post_save, post_delete])
def index_changed_row(instance: Model, **kwargs: Any) -> None:
    """A saved or deleted instance of a registered model."""
    if registration_of(instance) is not None:
        indexing.enqueue(instance)


@receiver([post_save, post_delete])
def forget_synonyms(sender: type[Model], **kwargs: Any) -> None:
    """A changed word of the vocabulary."""
    if makes_synonyms(sender):
        transaction.on_commit(synonyms_changed)


@receiver(m2m_changed)
def index_changed_set(instance: Model, action: str, reverse: bool, model: type[Model], **kwargs: Any) -> None:
    """Audiences, terms, tags and other many-to-many sets, changed from either side."""
    if not action.startswith("post_"):
        return
    indexing.enqueue(instance)
    registration = registration_of_model(model) if reverse else None
    if registration is not None:
        indexing.enqueue_keys((registration, pk) for pk in kwargs.get("pk_set") or ())


@receiver([page_published, page_unpublished])
def index_page(instance: Page, **kwargs: Any) -> None:
    """A page that went live or down.

    The builder looks at `live`: publication is also signalled before a scheduled one.
    """
    indexing.enqueue(instance)


@receiver([post_page_move, page_slug_changed])
def index_subtree(instance: Page, **kwargs: Any) -> None:
    """A page with another address: so have all pages below it."""
    pages = Page.objects.descendant_of(instance, inclusive=True).only("pk", "content_type")
    indexing.enqueue_all(pages.iterator())
