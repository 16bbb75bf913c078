"""Framework signals, one line each into a service."""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from portal.core.security_log import address_of, report

from . import services, staff_group, unsent
from .access import access_ended
from .models import Agency, Membership, ProfileLanguage, User, WorkingGroup


@receiver(post_save, sender=Agency)
@receiver(post_save, sender=WorkingGroup)
def keep_audience(instance: Agency | WorkingGroup, **kwargs: Any) -> None:
    """Every agency and working group is an audience."""
    services.keep_audience_of(instance)


@receiver(post_save, sender=User)
def keep_rights(instance: User, created: bool, update_fields: Any = None, **kwargs: Any) -> None:
    """Whoever becomes or stops being staff, active or administrator."""
    if update_fields is None or not services.RIGHTS_FIELDS.isdisjoint(update_fields):
        services.rights_changed(user=instance, created=created)


@receiver(post_save, sender=User)
def keep_person_found(instance: User, update_fields: Any = None, **kwargs: Any) -> None:
    """Whom the directory shows, and by which name; not for a log-in, which saves the user too."""
    if update_fields is None or not services.SHOWN_FIELDS.isdisjoint(update_fields):
        services.index_people(user=instance.pk)


@receiver([post_save, post_delete], sender=Membership)
def keep_member_found(instance: Membership, **kwargs: Any) -> None:
    """Who is a member, of which agency, until when."""
    services.index_people(user=instance.user_id)


@receiver([post_save, post_delete], sender=ProfileLanguage)
def keep_speaker_found(instance: ProfileLanguage, **kwargs: Any) -> None:
    """Which languages a person speaks."""
    services.index_people(pk=instance.profile_id)


@receiver(post_save, sender=Agency)
def keep_people_of_agency_found(instance: Agency, created: bool, **kwargs: Any) -> None:
    """People are found by the names of their agency."""
    if not created:
        services.index_people(user__membership__agency=instance.pk)


@receiver(m2m_changed, sender=User.groups.through)
def keep_groups(instance: Any, action: str, reverse: bool, **kwargs: Any) -> None:
    """A form that sets a person's groups must not take staff out of theirs."""
    if action in ("post_remove", "post_clear") and not reverse:
        staff_group.keep_in_group(instance)


@receiver(m2m_changed, sender=WorkingGroup.people.through)
def end_access_to_group(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any) -> None:
    """People taken out of a working group, from either side."""
    if action == "post_remove":
        services.people_left_group(user_ids=[instance.pk] if reverse else pk_set or ())
    elif action == "pre_clear":
        services.people_left_group(user_ids=[instance.pk] if reverse else services.people_in(instance))


@receiver(pre_delete, sender=WorkingGroup)
def end_access_to_deleted_group(instance: WorkingGroup, **kwargs: Any) -> None:
    """A working group that goes takes its audience along."""
    services.people_left_group(user_ids=services.people_in(instance))


@receiver(pre_delete, sender=User)
def end_access_of_deleted_user(instance: User, **kwargs: Any) -> None:
    """Whoever is deleted is gone at once."""
    access_ended(instance.pk)


@receiver(user_logged_in)
def note_log_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever watches the portal sees who came, and from where."""
    report("logged_in", user=user, address=address_of(request), level=logging.INFO)


@receiver(user_logged_in)
def drop_what_somebody_else_typed(request: HttpRequest | None = None, **kwargs: Any) -> None:
    """What waits for another person to log in again waits no more."""
    if request is not None:
        unsent.waiting(request)


@receiver(user_logged_out)
def end_access_of_session(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Log-out ends what this session kept open."""
    if user is not None:
        access_ended(user.pk, request.session.session_key)
        report("logged_out", user=user, address=address_of(request), level=logging.INFO)


@receiver(post_migrate)
def make_staff_group(sender: Any, **kwargs: Any) -> None:
    """Once the last app's permissions exist, the staff group can hold them."""
    if sender is [config for config in apps.get_app_configs() if config.models_module][-1]:
        staff_group.ensure_staff_group()
