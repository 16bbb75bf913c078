"""Who may enter and do what."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from network.members import permissions
from network.members.enums import Role
from network.members.models import User
from tests.factories.members import AgencyFactory, person

pytestmark = pytest.mark.django_db

PEOPLE = [role for role in Role if role != Role.ANONYMOUS]
MEMBERS = {Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.STAFF, Role.ADMINISTRATOR}
STAFF = {Role.STAFF, Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", PEOPLE)
def test_current_members_and_staff_alone_are_members(role: Role) -> None:
    assert permissions.is_current_member(person(role)) is (role in MEMBERS)


@pytest.mark.parametrize("role", PEOPLE)
def test_staff_alone_are_staff_and_use_the_cms(role: Role) -> None:
    someone = person(role)
    assert permissions.is_staff(someone) is (role in STAFF)
    assert permissions.may_use_cms(someone) is (role in STAFF)


def test_a_visitor_is_neither_member_nor_staff() -> None:
    assert not permissions.is_current_member(AnonymousUser())
    assert not permissions.is_staff(AnonymousUser())


def test_a_focal_point_is_one_of_their_own_agency_only() -> None:
    focal_point = person(Role.FOCAL_POINT)
    assert permissions.is_focal_point_of(focal_point, focal_point.membership.agency_id)
    assert not permissions.is_focal_point_of(focal_point, AgencyFactory().pk)
    assert not permissions.is_focal_point_of(focal_point, None)
    assert not permissions.is_focal_point_of(person(), focal_point.membership.agency_id)


@pytest.mark.parametrize(
    ("by", "whom", "may"),
    [
        (Role.STAFF, Role.MEMBER, True),
        (Role.STAFF, Role.APPLICANT, True),
        (Role.STAFF, Role.STAFF, False),
        (Role.STAFF, Role.ADMINISTRATOR, False),
        (Role.ADMINISTRATOR, Role.STAFF, True),
        (Role.ADMINISTRATOR, Role.ADMINISTRATOR, True),
        (Role.FOCAL_POINT, Role.MEMBER, False),
        (Role.MEMBER, Role.MEMBER, False),
    ],
)
def test_staff_suspend_members_and_only_administrators_suspend_staff(by: Role, whom: Role, may: bool) -> None:
    assert permissions.may_suspend(person(by), person(whom)) is may


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMINISTRATOR])
def test_nobody_suspends_appoints_or_confirms_themselves(role: Role) -> None:
    someone = person(role)
    assert not permissions.may_suspend(someone, someone)
    assert not permissions.may_appoint(someone, someone)
    assert not permissions.may_reconfirm(someone, someone)


@pytest.mark.parametrize("role", PEOPLE)
def test_staff_alone_appoint(role: Role) -> None:
    assert permissions.may_appoint(person(role), person()) is (role in STAFF)


def test_staff_and_the_own_focal_point_confirm_a_member() -> None:
    member = person()
    assert permissions.may_reconfirm(person(Role.STAFF), member)
    assert permissions.may_reconfirm(person(Role.FOCAL_POINT, agency=member.membership.agency), member)
    assert not permissions.may_reconfirm(person(Role.FOCAL_POINT), member)
    assert not permissions.may_reconfirm(person(agency=member.membership.agency), member)
    assert not permissions.may_reconfirm(person(Role.FOCAL_POINT), person(Role.APPLICANT))


def ask(guard: Any, user: User | AnonymousUser) -> Any:
    request = RequestFactory().get("/en/somewhere/?q=1")
    request.user = user
    return guard(lambda request: HttpResponse("inside"))(request)


@pytest.mark.parametrize("guard", [permissions.member_required, permissions.staff_required])
def test_a_visitor_is_sent_to_log_in_and_comes_back_to_the_same_address(guard: Any) -> None:
    response = ask(guard, AnonymousUser())
    assert response.status_code == 302
    assert response["Location"] == "/en/accounts/login/?next=/en/somewhere/%3Fq%3D1"


@pytest.mark.parametrize("role", PEOPLE)
def test_members_places_open_to_members_and_lead_others_to_where_they_stand(role: Role) -> None:
    response = ask(permissions.member_required, person(role))
    if role in MEMBERS:
        assert response.content == b"inside"
    else:
        assert (response.status_code, response["Location"]) == (302, "/en/apply/")


@pytest.mark.parametrize("role", PEOPLE)
def test_staffs_places_refuse_everyone_else(role: Role) -> None:
    someone = person(role)
    if role in STAFF:
        assert ask(permissions.staff_required, someone).content == b"inside"
    else:
        with pytest.raises(PermissionDenied):
            ask(permissions.staff_required, someone)
