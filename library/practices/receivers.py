"""Framework signals, one line each into a service."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models.signals import post_migrate, post_save
from django.dispatch import receiver
from wagtail.log_actions import get_active_log_context
from wagtail.models import WorkflowState
from wagtail.signals import page_published, workflow_rejected

from . import services
from .models import LibraryIndexPage, PracticePage, PracticeReview


@receiver(post_migrate)
def keep_workflow(sender: Any, **kwargs: Any) -> None:
    """The review stands on every installation, a fresh one too; not while this app's tables are migrated away."""
    if getattr(sender, "label", "") != "practices":
        return
    if PracticeReview._meta.db_table in connection.introspection.table_names():
        services.ensure_workflow()


@receiver(post_save, sender=LibraryIndexPage)
def put_library_under_review(created: bool, **kwargs: Any) -> None:
    """What is written below a new library passes the review."""
    if created:
        services.ensure_workflow()


@receiver(page_published, sender=PracticePage)
def practice_published(instance: PracticePage, **kwargs: Any) -> None:
    """Not for a publication that is only scheduled: the signal comes then too."""
    if instance.live:
        services.record_publication(practice=instance, by=get_active_log_context().user)


@receiver(workflow_rejected, sender=WorkflowState)
def changes_requested(instance: WorkflowState, user: Any, **kwargs: Any) -> None:
    """Staff sent a practice back."""
    practice = instance.content_object.specific
    if isinstance(practice, PracticePage):
        services.record_request_for_changes(practice=practice, by=user, comment=instance.current_task_state.comment)
