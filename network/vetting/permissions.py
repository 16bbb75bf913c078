"""Who reads applications and decides on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from network.members import permissions as members
from network.members.enums import Role
from network.members.selectors import role_of

from .enums import Capacity
from .models import Application

View = Callable[..., HttpResponseBase]


def may_see_queue(user: Any) -> bool:
    """Staff see every application, focal points those of their agency."""
    return members.is_staff(user) or role_of(user) == Role.FOCAL_POINT


def capacity_for(user: Any, application: Application) -> Capacity | None:
    """As what `user` may decide on `application`; None for everyone else, and for the person it is about."""
    if user.pk == application.user_id:
        return None
    if members.is_staff(user):
        return Capacity.STAFF
    if members.is_focal_point_of(user, application.agency_id):
        return Capacity.FOCAL_POINT
    return None


def may_vouch(user: Any, application: Application) -> bool:
    """The member the applicant named, while the application is open."""
    return application.is_open and application.sponsor_id == user.pk and members.is_current_member(user)


def decider_required(view: View) -> View:
    """The deciders' places: visitors are sent to log in, others are refused with 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may_see_queue(request.user):
            raise PermissionDenied(_("Project staff and focal points only."))
        return view(request, *args, **kwargs)

    return guarded
