"""The life of a membership."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone

from network.members import access, selectors, services
from network.members.directory import PEOPLE
from network.members.enums import MembershipState, Role
from network.members.models import User
from network.members.services import ProfileChange, Refused
from portal.core.models import AuditEntry, OutgoingMail
from tests.factories.commits import index_what_waits
from tests.factories.members import AgencyFactory, UserFactory, WorkingGroupFactory, person
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks) -> list[tuple[int, str | None]]:
    """Whose access ended, as a listener hears it; what is told after a commit is told at once."""
    heard: list[tuple[int, str | None]] = []
    monkeypatch.setattr(access, "_listeners", [lambda user_id, key: heard.append((user_id, key))])
    monkeypatch.setattr(access.transaction, "on_commit", lambda function: function())
    return heard


def letters_to(user: User) -> list[str]:
    return list(OutgoingMail.objects.filter(to=user.email).values_list("template", flat=True))


def actions_about(user: User) -> list[tuple[str, User | None, str]]:
    entries = AuditEntry.objects.filter(object_id=str(user.pk)).order_by("pk")
    return [(entry.action, entry.by, entry.reason) for entry in entries]


@pytest.mark.parametrize(
    ("day", "later"),
    [(dt.date(2026, 11, 23), dt.date(2027, 11, 23)), (dt.date(2028, 2, 29), dt.date(2029, 2, 28))],
)
def test_twelve_months_later_is_the_same_day_or_the_last_of_february(day: dt.date, later: dt.date) -> None:
    assert services.in_twelve_months(day) == later


def test_an_admitted_person_is_a_member_for_twelve_months_with_a_profile() -> None:
    user, agency, staff = UserFactory(), AgencyFactory(country="RS"), person(Role.STAFF)
    membership = services.admit(user=user, agency=agency, position="Adviser", by=staff)
    assert membership.valid_until == services.in_twelve_months(timezone.localdate())
    assert selectors.role_of(User.objects.get(pk=user.pk)) == Role.MEMBER
    assert (user.profile.position, user.profile.country) == ("Adviser", "RS")
    assert user.profile.verified_on == timezone.localdate()
    assert actions_about(user) == [("members.admitted", staff, "")]


def test_who_changes_agency_leaves_the_focal_points_post_behind_and_loses_the_old_access(ended) -> None:
    user = person(Role.FOCAL_POINT)
    services.admit(user=user, agency=AgencyFactory(), position="Head of unit", by=person(Role.STAFF))
    user = User.objects.get(pk=user.pk)
    assert not user.membership.is_focal_point
    assert user.profile.position == "Head of unit"
    assert (user.pk, None) in ended


def test_who_is_admitted_again_for_the_same_agency_keeps_the_post() -> None:
    user = person(Role.FOCAL_POINT)
    services.admit(user=user, agency=user.membership.agency, position="Adviser", by=None)
    assert User.objects.get(pk=user.pk).membership.is_focal_point


def test_a_suspended_person_is_not_admitted() -> None:
    with pytest.raises(Refused, match="reinstate"):
        services.admit(user=person(Role.SUSPENDED), agency=AgencyFactory(), position="", by=person(Role.STAFF))


def test_a_confirmation_holds_for_another_twelve_months_and_is_told() -> None:
    user = person(Role.EXPIRED)
    focal_point = person(Role.FOCAL_POINT, agency=user.membership.agency)
    services.reconfirm(user=user, by=focal_point)
    user = User.objects.get(pk=user.pk)
    assert selectors.role_of(user) == Role.MEMBER
    assert user.profile.verified_on == timezone.localdate()
    assert letters_to(user) == ["members/reconfirmed"]
    assert actions_about(user) == [("members.reconfirmed", focal_point, "")]


def test_others_do_not_confirm() -> None:
    with pytest.raises(Refused, match="may not confirm"):
        services.reconfirm(user=person(), by=person())


def test_who_is_suspended_or_never_was_a_member_is_not_confirmed() -> None:
    staff = person(Role.STAFF)
    with pytest.raises(Refused, match="not a member"):
        services.reconfirm(user=person(Role.SUSPENDED), by=staff)
    with pytest.raises(Refused, match="never been a member"):
        services.reconfirm(user=UserFactory(), by=staff)


def test_a_suspension_ends_every_session_and_is_recorded_and_told(client, ended) -> None:
    user, staff = person(), person(Role.STAFF)
    client.force_login(user)
    services.suspend(user=user, by=staff, reason=" Left the ministry ")
    assert not client.get("/en/apply/").wsgi_request.user.is_authenticated
    assert selectors.role_of(User.objects.get(pk=user.pk)) == Role.SUSPENDED
    assert letters_to(user) == ["members/suspended"]
    assert actions_about(user) == [("members.suspended", staff, "Left the ministry")]
    assert (user.pk, None) in ended


def test_an_applicant_can_be_suspended_and_is_an_applicant_again_after() -> None:
    user, staff = UserFactory(), person(Role.STAFF)
    services.suspend(user=user, by=staff, reason="Not a person")
    assert selectors.role_of(User.objects.get(pk=user.pk)) == Role.SUSPENDED
    services.reinstate(user=user, by=staff)
    assert selectors.role_of(User.objects.get(pk=user.pk)) == Role.APPLICANT


def test_a_suspension_needs_a_reason_the_right_and_somebody_not_suspended() -> None:
    staff = person(Role.STAFF)
    with pytest.raises(Refused, match="reason"):
        services.suspend(user=person(), by=staff, reason=" ")
    with pytest.raises(Refused, match="may not"):
        services.suspend(user=person(), by=person(), reason="x")
    with pytest.raises(Refused, match="already"):
        services.suspend(user=person(Role.SUSPENDED), by=staff, reason="x")


def test_a_reinstated_member_is_one_as_before() -> None:
    user, staff = person(), person(Role.STAFF)
    services.suspend(user=user, by=staff, reason="Mistaken")
    services.reinstate(user=user, by=staff, reason="It was a mistake")
    assert selectors.role_of(User.objects.get(pk=user.pk)) == Role.MEMBER
    assert letters_to(user) == ["members/suspended", "members/reinstated"]


def test_only_the_suspended_are_reinstated_and_only_by_staff() -> None:
    with pytest.raises(Refused, match="not suspended"):
        services.reinstate(user=person(), by=person(Role.STAFF))
    with pytest.raises(Refused, match="may not"):
        services.reinstate(user=person(Role.SUSPENDED), by=person())


def test_who_leaves_holds_nothing_any_more_and_can_not_leave_twice(ended) -> None:
    user = person(Role.FOCAL_POINT)
    WorkingGroupFactory().people.add(user)
    services.leave(user=user)
    user = User.objects.get(pk=user.pk)
    assert selectors.audiences_for(user) == {"public"}
    assert not user.membership.is_focal_point
    assert not user.working_groups.exists()
    assert letters_to(user) == ["members/left"]
    assert (user.pk, None) in ended
    with pytest.raises(Refused, match="not a member"):
        services.leave(user=user)


def test_staff_give_and_take_posts() -> None:
    user, staff = person(), person(Role.STAFF)
    services.appoint(user=user, by=staff, focal_point=True, reviewer=False)
    assert selectors.role_of(User.objects.get(pk=user.pk)) == Role.FOCAL_POINT
    services.appoint(user=user, by=staff, focal_point=True, reviewer=False)
    assert letters_to(user) == ["members/appointed"]  # nothing changed, nothing told
    body = OutgoingMail.objects.get(to=user.email).body
    assert "Focal point of your agency: yes" in body
    assert "Peer reviewer: no" in body


def test_posts_are_for_current_members_of_an_agency_and_given_by_staff() -> None:
    staff, nobody = person(Role.STAFF), person()
    nobody.membership.agency = None
    nobody.membership.save()
    for someone in (person(Role.EXPIRED), nobody):
        with pytest.raises(Refused, match="current member"):
            services.appoint(user=someone, by=staff, focal_point=True, reviewer=False)
    with pytest.raises(Refused, match="may not"):
        services.appoint(user=person(), by=person(), focal_point=True, reviewer=False)


def test_a_lapse_is_told_once_and_closes_what_is_open(ended) -> None:
    lapsed, current, staff = person(Role.EXPIRED), person(), person(Role.EXPIRED, is_staff=True)
    assert services.end_lapsed() == 1
    assert services.end_lapsed() == 0
    assert letters_to(lapsed) == ["members/lapsed"]
    assert letters_to(current) == letters_to(staff) == []
    assert ended == [(lapsed.pk, None)]


def test_the_day_after_the_last_one_ends_a_membership() -> None:
    user = person()
    assert services.end_lapsed(today=user.membership.valid_until) == 0
    assert services.end_lapsed(today=user.membership.valid_until + dt.timedelta(days=1)) == 1


def test_a_command_ends_what_lapsed(capsys: pytest.CaptureFixture[str]) -> None:
    person(Role.EXPIRED)
    call_command("end_lapsed_memberships")
    assert "1 membership" in capsys.readouterr().out


def test_a_profile_is_replaced_and_its_words_find_the_person() -> None:
    user, stage, theme = person(), TermFactory(), TermFactory(theme=True)
    change = ProfileChange("Ana Anić", "bs", "Šefica", "BA", ["bs", "en"], "protokoli", "tel. 1", [stage], [theme])
    services.update_profile(user=user, change=change, by=user)
    services.update_profile(user=user, change=ProfileChange(**{**_values(change), "languages": ["de"]}), by=user)
    profile = User.objects.get(pk=user.pk).profile
    assert [spoken.code for spoken in profile.languages.all()] == ["de"]
    assert list(profile.stages.all()) == [stage]
    index_what_waits()
    found = {word: PEOPLE.listing(QueryDict(f"q={word}"), {"public", "members"}).items for word in ("Шефица", "x")}
    assert found == {"Шефица": [profile], "x": []}
    assert profile.user.language == "bs"


def _values(change: ProfileChange) -> dict[str, object]:
    return {name: getattr(change, name) for name in change.__slots__}


def test_an_agency_and_a_group_are_audiences_by_their_present_name() -> None:
    agency = AgencyFactory(name="Old name")
    agency.name = "New name"
    agency.save()
    from portal.core.models import Audience

    assert Audience.objects.get(pk=agency.audience_token).label == "New name"


def test_staff_and_only_staff_are_in_the_cms_group() -> None:
    group = Group.objects.get(name="Project staff")
    user = UserFactory(is_staff=True)
    assert group.user_set.filter(pk=user.pk).exists()
    user.is_staff = False
    user.save()
    assert not group.user_set.filter(pk=user.pk).exists()


@pytest.mark.parametrize("way", ["remove", "clear", "set", "from the person", "person clears", "delete"])
def test_who_is_taken_out_of_a_group_loses_what_it_opened_whatever_the_way(ended, way: str) -> None:
    user, group = person(), WorkingGroupFactory()
    group.people.add(user)
    ended.clear()
    {
        "remove": lambda: group.people.remove(user),
        "clear": group.people.clear,
        "set": lambda: group.people.set([]),
        "from the person": lambda: user.working_groups.remove(group),
        "person clears": user.working_groups.clear,
        "delete": group.delete,
    }[way]()
    assert ended == [(user.pk, None)]


def test_who_joins_a_group_loses_nothing(ended) -> None:
    WorkingGroupFactory().people.add(person())
    assert ended == []


def test_log_out_ends_what_that_session_kept_open(client, ended) -> None:
    user = person()
    client.force_login(user)
    key = client.session.session_key
    client.post("/en/accounts/logout/")
    assert ended == [(user.pk, key)]


def test_a_log_out_without_a_person_ends_nothing(client, ended) -> None:
    client.logout()
    client.post("/en/accounts/logout/")
    assert ended == []


def test_rights_taken_in_the_cms_and_deletion_end_access(ended) -> None:
    user = person(Role.STAFF)
    ended.clear()
    user.is_staff = False
    user.save(update_fields=["is_staff"])
    assert ended == [(user.pk, None)]
    user.save(update_fields=["name"])
    assert len(ended) == 1
    pk = user.pk
    user.delete()
    assert ended[-1] == (pk, None)


def test_one_listeners_failure_does_not_keep_anothers_doors_open(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks
) -> None:
    heard: list[int] = []
    monkeypatch.setattr(access, "_listeners", [])

    @access.on_access_ended
    def breaks(user_id: int, session_key: str | None) -> None:
        raise RuntimeError("the hub is gone")

    access.on_access_ended(lambda user_id, session_key: heard.append(user_id))
    with django_capture_on_commit_callbacks(execute=True):
        access.access_ended(7)
    assert heard == [7]
    assert "access of user 7 ended" in caplog.text


def test_a_state_has_words() -> None:
    member = person()
    assert str(member.membership) == f"{member}: {MembershipState.MEMBER.label}"
