"""Where people stand, and what speaks for an application."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from network.members.enums import Role
from network.members.models import User
from network.vetting import permissions, selectors, services
from network.vetting.enums import Capacity, Verdict
from network.vetting.models import Decision
from network.vetting.registrations import join_panel
from tests.factories.members import AgencyFactory, UserFactory, person
from tests.factories.vetting import application

pytestmark = pytest.mark.django_db


def checks(subject) -> dict[str, tuple[bool | None, str]]:
    return {check.label: (check.met, check.status) for check in selectors.checks_of(subject)}


def test_an_address_of_the_agency_that_was_confirmed_speaks_for_itself() -> None:
    user = UserFactory(email="nova@agency.example")
    found = checks(application(user, work_email="Nova@Agency.example"))
    assert found["The work e-mail is confirmed"] == (True, "done")
    assert found["The mail domain belongs to the agency"] == (True, "done")


def test_a_part_of_the_agencys_domain_counts_and_a_lookalike_does_not() -> None:
    met = "The mail domain belongs to the agency"
    assert checks(application(work_email="a@mail.agency.example"))[met][0] is True
    assert checks(application(work_email="a@notagency.example"))[met] == (False, "doubt")


def test_nothing_is_said_of_the_domain_where_none_is_known() -> None:
    met = "The mail domain belongs to the agency"
    assert checks(application(agency=AgencyFactory(mail_domains=[])))[met] == (None, "open")
    assert checks(application(agency_name="New"))[met] == (None, "open")


def test_another_address_than_the_one_they_log_in_with_is_pointed_out() -> None:
    subject = application(work_email="other@agency.example")
    check = selectors.checks_of(subject)[0]
    assert check.met is False
    assert subject.user.email in check.note


def test_a_sponsor_is_none_unknown_asked_for_or_against() -> None:
    sponsor = person(name="Sana")
    assert checks(application())["A sponsor vouches"][0] is None
    assert checks(application(sponsor_email="x@agency.example"))["A sponsor vouches"] == (False, "doubt")
    subject = application(sponsor_email=sponsor.email)
    notes = [selectors.checks_of(subject)[2].note]
    for vouches in (True, False):
        subject = services.vouch(application=subject, by=sponsor, vouches=vouches)
        notes.append(selectors.checks_of(subject)[2].note)
    assert notes == ["Sana has been asked.", "Sana vouches.", "Sana does not vouch."]


def test_the_focal_points_word_is_shown_once_there_is_one() -> None:
    label = "The agency's focal point confirms"
    subject = application()
    assert "no focal point" in selectors.checks_of(subject)[3].note
    assert "no focal point" in selectors.checks_of(application(agency_name="New"))[3].note
    focal_point = person(Role.FOCAL_POINT, agency=subject.agency)
    assert selectors.checks_of(subject)[3].note == "Not yet."
    services.decide(application=subject, by=focal_point, verdict=Verdict.ACCEPT)
    assert checks(subject)[label] == (True, "done")


def test_applications_are_hidden_from_who_does_not_decide() -> None:
    application()
    for someone in (person(), person(Role.APPLICANT), person(Role.EXPIRED)):
        assert not selectors.applications_for(someone).exists()


@pytest.mark.parametrize(
    ("role", "may_apply", "stop"),
    [
        (Role.APPLICANT, True, "apply"),
        (Role.EXPIRED, True, "apply"),
        (Role.MEMBER, False, "member"),
        (Role.STAFF, False, "member"),
        (Role.SUSPENDED, False, ""),
    ],
)
def test_everyone_stands_somewhere(role: Role, may_apply: bool, stop: str) -> None:
    standing = selectors.standing_of(person(role))
    assert (standing.may_apply, standing.stop) == (may_apply, stop)


def test_who_waits_stands_at_the_decision() -> None:
    standing = selectors.standing_of(application().user)
    assert (standing.may_apply, standing.stop, standing.reason) == (False, "decision", "")


def test_the_decision_form_is_for_who_may_still_decide() -> None:
    subject, staff = application(), person(Role.STAFF)
    assert selectors.may_still_decide(staff, subject)
    assert not selectors.may_still_decide(person(), subject)
    services.decide(application=subject, by=staff, verdict=Verdict.ACCEPT)
    assert not selectors.may_still_decide(staff, subject)
    subject = services.withdraw(application=subject, by=subject.user)
    assert not selectors.may_still_decide(person(Role.STAFF), subject)


def test_one_decides_as_staff_as_focal_point_or_not_at_all() -> None:
    subject = application()
    assert permissions.capacity_for(person(Role.STAFF), subject) == Capacity.STAFF
    assert permissions.capacity_for(person(Role.FOCAL_POINT, agency=subject.agency), subject) == Capacity.FOCAL_POINT
    assert permissions.capacity_for(person(Role.FOCAL_POINT), subject) is None
    assert permissions.capacity_for(AnonymousUser(), subject) is None
    User.objects.filter(pk=subject.user_id).update(is_staff=True)
    assert permissions.capacity_for(User.objects.get(pk=subject.user_id), subject) is None


def test_a_decision_says_who_and_what() -> None:
    subject, staff = application(), person(Role.STAFF, name="Stana")
    services.decide(application=subject, by=staff, verdict=Verdict.ACCEPT)
    assert str(Decision.objects.get()) == "Stana: Accept"


def test_home_invites_those_who_are_not_members() -> None:
    request = RequestFactory().get("/")
    request.audiences = frozenset({"public"})
    panel = join_panel(request, None)
    assert panel is not None
    assert panel.template == "vetting/panels/join.html"
    request.audiences = frozenset({"public", "members"})
    assert join_panel(request, None) is None
