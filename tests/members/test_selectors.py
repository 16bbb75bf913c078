"""Roles, audiences, and who is there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from network.members import selectors
from network.members.enums import MembershipState, Role
from network.members.models import User
from tests.factories.members import AgencyFactory, UserFactory, WorkingGroupFactory, person

pytestmark = pytest.mark.django_db

PEOPLE = [role for role in Role if role != Role.ANONYMOUS]


@pytest.mark.parametrize("role", PEOPLE)
def test_everyone_has_the_role_they_are_made_of(role: Role) -> None:
    assert selectors.role_of(person(role)) == role


def test_visitors_and_closed_accounts_are_anonymous() -> None:
    assert selectors.role_of(AnonymousUser()) == Role.ANONYMOUS
    assert selectors.role_of(person(is_active=False)) == Role.ANONYMOUS
    assert selectors.membership_of(AnonymousUser()) is None


def test_a_suspension_stops_staff_and_administrators_too() -> None:
    member = person()
    member.membership.state = MembershipState.SUSPENDED
    member.membership.save()
    for rights in ({"is_staff": True}, {"is_staff": True, "is_superuser": True}):
        User.objects.filter(pk=member.pk).update(**rights)
        assert selectors.role_of(User.objects.get(pk=member.pk)) == Role.SUSPENDED


@pytest.mark.parametrize(("days", "role"), [(0, Role.MEMBER), (1, Role.MEMBER), (-1, Role.EXPIRED)])
def test_a_membership_holds_to_the_end_of_its_last_day(days: int, role: Role) -> None:
    member = person()
    member.membership.valid_until = timezone.localdate() + dt.timedelta(days=days)
    assert selectors.role_of(member) == role


def test_a_membership_without_an_end_is_not_current() -> None:
    member = person()
    member.membership.valid_until = None
    assert selectors.role_of(member) == Role.EXPIRED


def test_a_member_holds_the_public_the_members_the_agency_and_the_groups() -> None:
    member = person()
    WorkingGroupFactory(slug="readmission").people.add(member)
    WorkingGroupFactory(slug="others")
    expected = {"public", "members", "group:readmission", f"agency:{member.membership.agency.slug}"}
    assert selectors.audiences_for(member) == expected


def test_a_member_without_an_agency_holds_no_agencys_audience() -> None:
    member = person()
    member.membership.agency = None
    assert selectors.audiences_for(member) == {"public", "members"}


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED])
def test_who_is_no_current_member_holds_the_publics_audience_only(role: Role) -> None:
    someone = person(role)
    WorkingGroupFactory().people.add(someone)
    assert selectors.audiences_for(someone) == {"public"}


def test_a_visitor_holds_the_publics_audience_only() -> None:
    assert selectors.audiences_for(AnonymousUser()) == {"public"}


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMINISTRATOR])
def test_staff_hold_every_audience(role: Role) -> None:
    group, agency = WorkingGroupFactory(), AgencyFactory()
    assert selectors.audiences_for(person(role)) >= {"public", "members", group.audience_token, agency.audience_token}


def test_the_condition_for_many_agrees_with_the_role_of_each() -> None:
    everyone = [person(role) for role in PEOPLE] + [person(is_active=False)]
    left = person()
    left.membership.state = MembershipState.LEFT
    left.membership.save()
    for rights in ({"is_staff": True}, {"is_superuser": True}):
        stopped = person(Role.SUSPENDED)
        User.objects.filter(pk=stopped.pk).update(**rights)
        everyone.append(User.objects.get(pk=stopped.pk))
    everyone.append(left)
    current = set(selectors.current_members())
    assert current == {user for user in everyone if selectors.role_of(user) in selectors.MEMBER_ROLES}
    assert set(selectors.staff()) == {user for user in everyone if selectors.role_of(user) in selectors.STAFF_ROLES}


def test_an_agencys_people_are_its_current_members_with_the_focal_point_first() -> None:
    agency = AgencyFactory()
    member = person(agency=agency, name="A")
    focal_point = person(Role.FOCAL_POINT, agency=agency, name="Z")
    person(Role.SUSPENDED, agency=agency)
    person(Role.EXPIRED, agency=agency)
    person()
    assert [profile.user for profile in selectors.people_of(agency)] == [focal_point, member]
    assert list(selectors.focal_points_of(agency)) == [focal_point]


def test_a_sponsor_is_found_by_address_in_any_case_if_a_current_member() -> None:
    member, gone = person(), person(Role.SUSPENDED)
    assert selectors.member_with_address(f" {member.email.upper()} ") == member
    assert selectors.member_with_address(gone.email) is None
    assert selectors.member_with_address("") is None


def test_members_open_current_people_and_staff_open_everyone() -> None:
    member, suspended, applicant, staff = person(), person(Role.SUSPENDED), UserFactory(), person(Role.STAFF)
    viewer = person()
    assert selectors.person(member.pk, viewer=viewer) == member
    for hidden in (suspended, applicant, staff):  # staff without a profile have nothing to show
        assert selectors.person(hidden.pk, viewer=viewer) is None
        assert selectors.person(hidden.pk, viewer=staff) == hidden
    assert selectors.person(10**9, viewer=staff) is None


def test_organisations_are_found_by_the_words_of_any_of_their_names_in_any_script() -> None:
    kirs = AgencyFactory(
        name="Commissariat for Refugees", acronym="KIRS", names_local={"sr": "Комесаријат за избеглице"}, country="RS",
        kind="agency",
    )  # fmt: skip
    marri = AgencyFactory(name="Regional initiative", country="", kind="international")
    for words in ("commiss", "kirs", "komesarijat", "Комесаријат избеглице"):
        assert list(selectors.find_agencies(text=words)) == [kirs]
    assert list(selectors.find_agencies(text="kirs nothing")) == []
    assert list(selectors.find_agencies(country="RS")) == [kirs]
    assert list(selectors.find_agencies(country=selectors.NO_COUNTRY)) == [marri]
    assert list(selectors.find_agencies(kind="international")) == [marri]
    assert selectors.agency_countries() == ["RS"]
    assert list(selectors.agencies()) == [marri, kirs]


def test_what_was_done_about_a_person_is_told_in_words() -> None:
    from network.members.services import suspend

    member, staff = person(), person(Role.STAFF)
    suspend(user=member, by=staff, reason="Changed post")
    (step,) = selectors.trail_of(member)
    assert (step.what, step.by, step.reason) == ("Suspended", str(staff), "Changed post")
