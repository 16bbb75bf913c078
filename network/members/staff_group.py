"""The CMS rights of project staff: one Wagtail group, kept as it should be after every migration."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from .models import User

NAME = "Project staff"
#: On every page.
PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "view_page")
#: On every collection, by app: Wagtail keeps the rights on images and documents under its own models, not ours.
COLLECTION_RIGHTS = {
    "wagtailimages": ("add_image", "change_image", "choose_image"),
    "wagtaildocs": ("add_document", "change_document", "choose_document"),
    "wagtailcore": ("add_collection", "change_collection"),
}


def ensure_staff_group() -> Group:
    """The group "Project staff" with every right staff need in the CMS: missing ones are added, none is taken away."""
    group, _made = Group.objects.get_or_create(name=NAME)
    group.permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin"),
        *Permission.objects.filter(content_type__in=_content_types(_edited_models())),
    )
    root = Page.get_first_root_node()
    if root is not None:
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    top = Collection.get_first_root_node()
    if top is not None:
        for app_label, names in COLLECTION_RIGHTS.items():
            for permission in Permission.objects.filter(content_type__app_label=app_label, codename__in=names):
                GroupCollectionPermission.objects.get_or_create(group=group, collection=top, permission=permission)
    group.user_set.set(User.objects.filter(is_staff=True))
    return group


def keep_in_group(user: User) -> None:
    """Staff are in the group, others are not."""
    group = Group.objects.filter(name=NAME).first()
    if group is None:
        return
    if user.is_staff:
        group.user_set.add(user)
    else:
        group.user_set.remove(user)


def _edited_models() -> Iterable[type[Model]]:
    """The models with lists of their own in the CMS: snippets, and the portal's own model viewsets."""
    from wagtail.admin.viewsets import viewsets
    from wagtail.admin.viewsets.model import ModelViewSet
    from wagtail.snippets.models import get_snippet_models

    own = {
        config.label
        for config in apps.get_app_configs()
        if config.name.startswith(("events", "library", "network", "portal"))
    }
    listed = {viewset.model for viewset in viewsets.viewsets if isinstance(viewset, ModelViewSet)}
    return {model for model in {*get_snippet_models(), *listed} if model._meta.app_label in own and model is not User}


def _content_types(models: Iterable[type[Model]]) -> list[ContentType]:
    return list(ContentType.objects.get_for_models(*models).values())
