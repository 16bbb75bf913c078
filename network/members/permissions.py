"""Who may enter and do what. Named functions, asked by views, consumers, templates and the CMS alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .enums import Role
from .selectors import MEMBER_ROLES, STAFF_ROLES, membership_of, role_of

View = Callable[..., HttpResponseBase]


def is_current_member(user: Any) -> bool:
    """Vetted and confirmed within twelve months, or staff."""
    return role_of(user) in MEMBER_ROLES


def is_staff(user: Any) -> bool:
    """Project staff or administrator, not suspended."""
    return role_of(user) in STAFF_ROLES


def is_focal_point_of(user: Any, agency_id: int | None) -> bool:
    """A current focal point of this very agency."""
    return agency_id is not None and role_of(user) == Role.FOCAL_POINT and user.membership.agency_id == agency_id


def may_use_cms(user: Any) -> bool:
    """Only project staff and administrators, and not while suspended, whatever groups they are in."""
    return is_staff(user)


def may_suspend(by: Any, user: Any) -> bool:
    """Staff suspend and reinstate members; staff themselves only by administrators; nobody themselves."""
    if by.pk == user.pk or not is_staff(by):
        return False
    return role_of(by) == Role.ADMINISTRATOR or not (user.is_staff or user.is_superuser)


def may_appoint(by: Any, user: Any) -> bool:
    """Staff give and take posts; nobody gives one to themselves."""
    return by.pk != user.pk and is_staff(by)


def may_reconfirm(by: Any, user: Any) -> bool:
    """Staff, or a focal point of the person's agency; nobody themselves."""
    if by.pk == user.pk:
        return False
    membership = membership_of(user)
    return is_staff(by) or (membership is not None and is_focal_point_of(by, membership.agency_id))


def member_required(view: View) -> View:
    """Members' places: visitors are sent to log in, people not (or no longer) members to where they stand."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_current_member(request.user):
            return redirect("vetting:apply")
        return view(request, *args, **kwargs)

    return guarded


def staff_required(view: View) -> View:
    """Staff's places: visitors are sent to log in, others are refused with 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_staff(request.user):
            raise PermissionDenied(_("Project staff only."))
        return view(request, *args, **kwargs)

    return guarded
