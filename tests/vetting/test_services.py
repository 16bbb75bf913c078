"""The state machine of an application: every allowed step, and every one that is not."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from network.members.enums import Role
from network.members.models import Agency, Membership, User
from network.members.selectors import role_of
from network.members.services import Refused
from network.vetting import services
from network.vetting.enums import ApplicationState, Capacity, Verdict
from network.vetting.models import Application, Decision
from portal.core.models import AuditEntry, OutgoingMail
from tests.factories.members import AgencyFactory, UserFactory, person
from tests.factories.vetting import application, filled

pytestmark = pytest.mark.django_db

ACCEPT, MORE, DECLINE = Verdict.ACCEPT, Verdict.MORE, Verdict.DECLINE


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def letters_to(user: User) -> list[str]:
    return list(OutgoingMail.objects.filter(to=user.email).values_list("template", flat=True))


def steps_of(subject: Application) -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(object_id=str(subject.pk), action__startswith="vetting").order_by("pk")
    return [(entry.action, entry.reason) for entry in entries]


def decide(subject: Application, by: User, verdict: Verdict = ACCEPT, reason: str = "") -> Application:
    return services.decide(application=subject, by=by, verdict=verdict, reason=reason)


# Sending


def test_sending_an_application_tells_the_applicant_the_focal_points_and_staff() -> None:
    agency, staff = AgencyFactory(), person(Role.STAFF)
    focal_point, elsewhere = person(Role.FOCAL_POINT, agency=agency), person(Role.FOCAL_POINT)
    subject = application(agency=agency)
    assert subject.state == ApplicationState.SUBMITTED
    assert letters_to(subject.user) == ["vetting/submitted"]
    assert letters_to(focal_point) == letters_to(staff) == ["vetting/to_decide"]
    assert letters_to(elsewhere) == []
    assert steps_of(subject) == [("vetting.submitted", "")]
    assert agency.name in str(subject)


def test_an_agency_that_is_not_in_the_list_can_be_named() -> None:
    subject = application(agency_name="New service")
    assert (subject.agency, subject.agency_label) == (None, "New service")


def test_a_chosen_agency_stands_before_a_named_one() -> None:
    agency = AgencyFactory()
    assert application(agency=agency, agency_name="Other").agency_label == agency.name


@pytest.mark.parametrize("role", [Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.STAFF, Role.ADMINISTRATOR])
def test_members_and_staff_do_not_apply(role: Role) -> None:
    with pytest.raises(Refused, match="member already"):
        application(person(role))


def test_the_suspended_do_not_apply_but_the_expired_and_those_who_left_do() -> None:
    from network.members.services import leave

    with pytest.raises(Refused, match="suspended"):
        application(person(Role.SUSPENDED))
    assert application(person(Role.EXPIRED)).is_open
    gone = person()
    leave(user=gone)
    assert application(fresh(gone)).is_open


def test_an_application_that_waits_is_not_sent_twice() -> None:
    subject = application()
    with pytest.raises(Refused, match="with us already"):
        application(subject.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(user=subject.user, position="", work_email="", reason="")


def test_an_applicant_may_try_again_after_a_decline() -> None:
    subject = application()
    decide(subject, person(Role.STAFF), DECLINE, "Not of the field")
    assert application(subject.user).pk != subject.pk


# The sponsor


def test_a_member_named_as_sponsor_is_asked_once_and_answers() -> None:
    sponsor = person()
    subject = application(sponsor_email=sponsor.email.upper())
    assert subject.sponsor == sponsor
    assert letters_to(sponsor) == ["vetting/vouch"]
    decide(subject, person(Role.STAFF), MORE, "Which unit?")
    services.submit(user=subject.user, form=filled(sponsor_email=sponsor.email))
    assert letters_to(sponsor) == ["vetting/vouch"]
    assert services.vouch(application=subject, by=sponsor, vouches=True).sponsor_vouches is True
    assert services.vouch(application=subject, by=sponsor, vouches=False).sponsor_vouches is False
    assert [action for action, _reason in steps_of(subject)][-2:] == ["vetting.vouched", "vetting.not_vouched"]


def test_another_sponsor_begins_anew() -> None:
    first, second = person(), person()
    subject = application(sponsor_email=first.email)
    services.vouch(application=subject, by=first, vouches=True)
    decide(subject, person(Role.STAFF), MORE, "?")
    subject = services.submit(user=subject.user, form=filled(sponsor_email=second.email))
    assert (subject.sponsor, subject.sponsor_vouches) == (second, None)
    assert letters_to(second) == ["vetting/vouch"]


def test_the_applicant_does_not_learn_whether_an_address_is_a_members() -> None:
    subject = application(sponsor_email="nobody@agency.example")
    assert subject.sponsor is None
    assert letters_to(subject.user) == ["vetting/submitted"]


def test_nobody_is_their_own_sponsor() -> None:
    expired = person(Role.EXPIRED)
    assert application(expired, sponsor_email=expired.email).sponsor is None
    staff = person(Role.STAFF)
    Application.objects.create(user=staff, position="", work_email="", reason="")
    subject = Application.objects.get(user=staff)
    services._name_sponsor(subject, staff.email)
    assert subject.sponsor is None


def test_only_the_named_sponsor_vouches_and_only_while_it_is_open() -> None:
    sponsor = person()
    subject = application(sponsor_email=sponsor.email)
    with pytest.raises(Refused, match="named"):
        services.vouch(application=subject, by=person(), vouches=True)
    services.withdraw(application=subject, by=subject.user)
    with pytest.raises(Refused, match="named"):
        services.vouch(application=subject, by=sponsor, vouches=True)


# Deciding


def test_two_of_the_staff_admit_for_twelve_months() -> None:
    agency = AgencyFactory()
    subject = application(agency=agency)
    after_one = decide(subject, person(Role.STAFF))
    assert after_one.state == ApplicationState.SUBMITTED
    assert role_of(fresh(subject.user)) == Role.APPLICANT
    after_two = decide(subject, person(Role.ADMINISTRATOR))
    assert after_two.state == ApplicationState.ACCEPTED
    assert after_two.closed_at is not None
    user = fresh(subject.user)
    assert role_of(user) == Role.MEMBER
    assert (user.membership.agency, user.profile.position) == (agency, "Adviser")
    assert letters_to(user) == ["vetting/submitted", "vetting/accepted"]
    assert steps_of(subject) == [("vetting.submitted", ""), ("vetting.accept", ""), ("vetting.accept", "")]


@pytest.mark.parametrize("staff_first", [True, False])
def test_the_focal_point_and_one_of_the_staff_admit_in_any_order(staff_first: bool) -> None:
    subject = application()
    people = [person(Role.FOCAL_POINT, agency=subject.agency), person(Role.STAFF)]
    for by in reversed(people) if staff_first else people:
        subject = decide(subject, by)
    assert subject.state == ApplicationState.ACCEPTED
    assert set(subject.decisions.values_list("capacity", flat=True)) == {Capacity.FOCAL_POINT, Capacity.STAFF}


def test_two_focal_points_are_not_enough() -> None:
    subject = application()
    decide(subject, person(Role.FOCAL_POINT, agency=subject.agency))
    with pytest.raises(Refused, match="member of staff"):
        decide(subject, person(Role.FOCAL_POINT, agency=subject.agency))


def test_nobody_decides_twice_in_a_round() -> None:
    subject, staff = application(), person(Role.STAFF)
    decide(subject, staff)
    with pytest.raises(Refused, match="already"):
        decide(subject, staff, DECLINE, "Changed my mind")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(application=subject, by=staff, capacity=Capacity.STAFF, round=1, verdict=ACCEPT)


def test_nobody_decides_on_themselves() -> None:
    subject = application()
    User.objects.filter(pk=subject.user_id).update(is_staff=True)
    with pytest.raises(Refused, match="themselves"):
        decide(subject, fresh(subject.user))


@pytest.mark.parametrize(
    "role", [Role.APPLICANT, Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.SUSPENDED, Role.EXPIRED]
)
def test_others_do_not_decide(role: Role) -> None:
    subject = application()
    with pytest.raises(Refused, match="decide"):
        decide(subject, person(role))


def test_asking_for_more_sends_it_back_with_the_question_and_starts_a_new_round() -> None:
    subject, staff = application(), person(Role.STAFF)
    decide(subject, person(Role.FOCAL_POINT, agency=subject.agency))
    subject = decide(subject, staff, MORE, "Which unit?")
    assert subject.state == ApplicationState.MORE_WANTED
    assert letters_to(subject.user)[-1] == "vetting/more"
    assert "Which unit?" in OutgoingMail.objects.filter(to=subject.user.email).last().body
    with pytest.raises(Refused, match="nothing to decide"):
        decide(subject, person(Role.STAFF))
    subject = services.submit(user=subject.user, form=filled(subject.agency, position="Adviser, unit 4"))
    assert (subject.state, subject.round, subject.position) == (ApplicationState.SUBMITTED, 2, "Adviser, unit 4")
    # What was accepted before it changed does not count, and everyone may decide anew.
    assert decide(subject, staff).state == ApplicationState.SUBMITTED
    assert decide(subject, person(Role.STAFF)).state == ApplicationState.ACCEPTED


def test_a_decline_by_staff_ends_it_with_the_reason() -> None:
    subject, staff = application(), person(Role.STAFF)
    subject = decide(subject, staff, DECLINE, "Not of the field")
    assert subject.state == ApplicationState.DECLINED
    assert "Not of the field" in OutgoingMail.objects.get(template="vetting/declined").body
    assert role_of(fresh(subject.user)) == Role.APPLICANT
    with pytest.raises(Refused, match="nothing to decide"):
        decide(subject, person(Role.STAFF))


def test_a_focal_points_decline_is_kept_and_leaves_it_to_two_of_the_staff() -> None:
    subject = application()
    subject = decide(subject, person(Role.FOCAL_POINT, agency=subject.agency), DECLINE, "Does not work here")
    assert subject.state == ApplicationState.SUBMITTED
    assert "vetting/declined" not in letters_to(subject.user)
    assert decide(subject, person(Role.STAFF)).state == ApplicationState.SUBMITTED
    assert decide(subject, person(Role.STAFF)).state == ApplicationState.ACCEPTED


@pytest.mark.parametrize("verdict", [MORE, DECLINE])
def test_whoever_does_not_accept_gives_a_reason(verdict: Verdict) -> None:
    with pytest.raises(Refused, match="reason"):
        decide(application(), person(Role.STAFF), verdict, "  ")


def test_someone_suspended_meanwhile_is_not_admitted_and_nothing_is_kept() -> None:
    from network.members.services import suspend

    subject, staff = application(), person(Role.STAFF)
    decide(subject, staff)
    suspend(user=subject.user, by=staff, reason="Under review")
    with pytest.raises(Refused, match="reinstate"):
        decide(subject, person(Role.STAFF))
    assert subject.decisions.count() == 1
    assert Application.objects.get(pk=subject.pk).state == ApplicationState.SUBMITTED


def test_the_expired_are_members_again() -> None:
    user = person(Role.EXPIRED)
    subject = application(user, agency=user.membership.agency)
    decide(subject, person(Role.STAFF))
    decide(subject, person(Role.STAFF))
    assert role_of(fresh(user)) == Role.MEMBER
    assert Membership.objects.filter(user=user).count() == 1


# The agency


def test_an_agency_outside_the_list_is_chosen_before_anyone_accepts() -> None:
    subject, staff = application(agency_name="Служба за странце"), person(Role.STAFF)
    with pytest.raises(Refused, match="Choose the agency"):
        decide(subject, staff)
    subject = services.name_agency(application=subject, by=staff, country="RS")
    assert (subject.agency.name, subject.agency.slug, subject.agency.country) == (
        "Служба за странце",
        "sluzba-za-strance",
        "RS",
    )
    assert decide(subject, staff).state == ApplicationState.SUBMITTED


def test_staff_choose_an_agency_of_the_list_and_its_focal_point_is_told() -> None:
    agency = AgencyFactory()
    focal_point = person(Role.FOCAL_POINT, agency=agency)
    subject = services.name_agency(
        application=application(agency_name="The same"), by=person(Role.STAFF), agency=agency
    )
    assert (subject.agency, subject.agency_name) == (agency, "")
    assert letters_to(focal_point) == ["vetting/to_decide"]


def test_a_new_agencys_address_is_free_or_gets_a_number() -> None:
    AgencyFactory(slug="new-service")
    AgencyFactory(slug="new-service-2")
    staff = person(Role.STAFF)
    subject = services.name_agency(application=application(agency_name="New service"), by=staff)
    assert subject.agency.slug == "new-service-3"
    unspeakable = services.name_agency(application=application(agency_name="???"), by=staff)
    assert unspeakable.agency.slug == "agency"


def test_only_staff_choose_the_agency_while_it_is_open_and_one_was_named() -> None:
    subject, staff = application(agency_name="X"), person(Role.STAFF)
    with pytest.raises(Refused, match="Only project staff"):
        services.name_agency(application=subject, by=person(Role.FOCAL_POINT))
    with pytest.raises(Refused, match="named no other"):
        services.name_agency(application=application(), by=staff)
    decide(subject, staff, DECLINE, "x")
    with pytest.raises(Refused, match="closed"):
        services.name_agency(application=subject, by=staff)
    assert not Agency.objects.filter(name="X").exists()


# Taking it back


def test_the_applicant_takes_it_back_and_nobody_else() -> None:
    subject = application()
    with pytest.raises(Refused, match="Only the applicant"):
        services.withdraw(application=subject, by=person(Role.STAFF))
    assert services.withdraw(application=subject, by=subject.user).state == ApplicationState.WITHDRAWN
    assert letters_to(subject.user)[-1] == "vetting/withdrawn"
    with pytest.raises(Refused, match="while it is open"):
        services.withdraw(application=subject, by=subject.user)


def test_a_step_that_fails_leaves_no_letter_and_no_trace() -> None:
    subject = application()
    letters, entries = OutgoingMail.objects.count(), AuditEntry.objects.count()
    with pytest.raises(Refused):
        decide(subject, person())
    assert (OutgoingMail.objects.count(), AuditEntry.objects.count()) == (letters, entries)


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_deciding_at_the_same_moment_admits_once() -> None:
    subject = application()
    deciders = [person(Role.STAFF) for _each in range(4)]
    start = threading.Barrier(len(deciders))
    refused: list[str] = []

    def go(by: User) -> None:
        start.wait()
        try:
            decide(subject, by)
        except Refused as reason:
            refused.append(str(reason))
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(by,)) for by in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Application.objects.get(pk=subject.pk).state == ApplicationState.ACCEPTED
    assert subject.decisions.count() == 2
    assert len(refused) == 2
    assert OutgoingMail.objects.filter(template="vetting/accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_windows_decides_once_and_applies_once() -> None:
    user, agency = UserFactory(), AgencyFactory()
    start = threading.Barrier(3)
    refused: list[str] = []

    def go() -> None:
        start.wait()
        try:
            services.submit(user=User.objects.get(pk=user.pk), form=filled(agency))
        except Refused as reason:
            refused.append(str(reason))
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Application.objects.filter(user=user).count() == 1
    assert len(refused) == 2
