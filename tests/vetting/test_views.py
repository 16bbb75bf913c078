"""Applying and deciding, as pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.members.enums import Role
from network.members.models import Agency, User
from network.vetting import services
from network.vetting.enums import Verdict
from network.vetting.models import Application
from tests.factories.members import AgencyFactory, UserFactory, person
from tests.factories.vetting import application

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def text(response) -> str:
    return response.content.decode()


def as_role(client: Client, role: Role, **more) -> User:
    user = person(role, **more)
    client.force_login(user)
    return user


def written(**fields) -> dict[str, str]:
    return {"position": "Adviser", "work_email": "a@agency.example", "reason": "We prepare returns.", **fields}


# Applying


def test_a_visitor_reads_what_it_takes_and_finds_the_way_in(client: Client) -> None:
    page = text(client.get("/en/apply/"))
    for words in ("What we ask", "Who decides", "/en/accounts/signup/?next=/en/apply/", "/en/accounts/login/?next="):
        assert words in page
    assert "csrf" not in page


def test_an_applicant_sends_the_form_and_sees_that_it_waits(client: Client) -> None:
    as_role(client, Role.APPLICANT)
    agency = AgencyFactory(name="Border Police")
    assert "Border Police" in text(client.get("/en/apply/"))
    page = text(client.post("/en/apply/", written(agency=agency.pk), follow=True))
    assert "Your application is sent" in page
    assert "with those who decide" in page
    assert "We prepare returns." in page
    assert "Send the application" not in page


def test_nothing_typed_is_lost_when_the_application_is_wrong(client: Client) -> None:
    as_role(client, Role.APPLICANT)
    sent = written(position="", work_email="not an address", sponsor_email="neither", agency="999999")
    response = client.post("/en/apply/", sent)
    page = text(response)
    assert set(response.context["form"].errors) == {"agency", "position", "work_email", "sponsor_email"}
    for kept in ("not an address", "neither", "We prepare returns."):
        assert kept in page
    assert not Application.objects.exists()


def test_an_agency_is_chosen_or_named(client: Client) -> None:
    as_role(client, Role.APPLICANT)
    assert "Choose your agency" in text(client.post("/en/apply/", written()))
    too_long = client.post("/en/apply/", written(agency_name="x" * 201))
    assert set(too_long.context["form"].errors) == {"agency_name"}
    client.post("/en/apply/", written(agency_name="New service"))
    assert Application.objects.get().agency_name == "New service"


def test_what_was_asked_for_is_read_and_answered_in_the_same_form(client: Client) -> None:
    applicant = as_role(client, Role.APPLICANT)
    subject = application(applicant)
    services.decide(application=subject, by=person(Role.STAFF), verdict=Verdict.MORE, reason="Which unit?")
    page = text(client.get("/en/apply/"))
    assert "Which unit?" in page
    assert "We prepare returns and want to learn from others." in page
    client.post("/en/apply/", written(agency=subject.agency.pk, position="Unit 4"))
    assert Application.objects.get().round == 2


def test_a_declined_applicant_reads_why_and_may_apply_again(client: Client) -> None:
    applicant = as_role(client, Role.APPLICANT)
    services.decide(
        application=application(applicant), by=person(Role.STAFF), verdict=Verdict.DECLINE, reason="Not of the field"
    )
    page = text(client.get("/en/apply/"))
    assert "Not of the field" in page
    assert "Send the application" in page


def test_an_expired_member_finds_the_form_filled_with_what_is_known(client: Client) -> None:
    expired = as_role(client, Role.EXPIRED)
    response = client.get("/en/apply/")
    assert "Your twelve months have ended" in text(response)
    initial = response.context["form"].initial
    assert (initial["agency"], initial["position"]) == (expired.membership.agency, "Adviser")


def test_a_member_is_told_that_they_are_one_and_can_not_apply(client: Client) -> None:
    as_role(client, Role.MEMBER)
    assert "You are a member" in text(client.get("/en/apply/"))
    page = text(client.post("/en/apply/", written(agency=AgencyFactory().pk)))
    assert "You are a member already" in page


def test_a_suspended_person_can_not_apply(client: Client) -> None:
    as_role(client, Role.SUSPENDED)
    page = text(client.get("/en/apply/"))
    assert "Your membership is suspended" in page
    assert "The reason given" not in page
    assert "suspended" in text(client.post("/en/apply/", written(agency_name="X")))
    assert not Application.objects.exists()


def test_an_application_can_be_taken_back_once(client: Client) -> None:
    applicant = as_role(client, Role.APPLICANT)
    application(applicant)
    assert "withdrawn" in text(client.post("/en/apply/withdraw/", follow=True))
    assert client.post("/en/apply/withdraw/").status_code == 404
    client.logout()
    assert client.post("/en/apply/withdraw/")["Location"] == "/en/accounts/login/"


def test_sending_over_and_over_is_held_up(client: Client, settings, one_window: None) -> None:
    as_role(client, Role.APPLICANT)
    settings.RATE_LIMITS = {"vetting:apply": "2/h"}
    for _each in range(2):
        assert client.post("/en/apply/", {}).status_code == 200
    assert client.post("/en/apply/", {}).status_code == 429
    assert client.get("/en/apply/").status_code == 200


# Deciding


def test_staff_see_every_application_and_a_focal_point_their_agencys(client: Client) -> None:
    ours, theirs = application(UserFactory(name="Ours One")), application(UserFactory(name="Theirs One"))
    as_role(client, Role.STAFF)
    page = text(client.get("/en/applications/"))
    assert "Ours One" in page
    assert "Theirs One" in page
    as_role(client, Role.FOCAL_POINT, agency=ours.agency)
    page = text(client.get("/en/applications/"))
    assert "Ours One" in page
    assert "Theirs One" not in page
    assert client.get(f"/en/applications/{ours.pk}/").status_code == 200
    assert client.get(f"/en/applications/{theirs.pk}/").status_code == 404
    assert client.post(f"/en/applications/{theirs.pk}/", {"verdict": "accept"}).status_code == 404


def test_an_empty_queue_says_so(client: Client) -> None:
    as_role(client, Role.STAFF)
    assert "No application waits" in text(client.get("/en/applications/"))
    assert "Nothing was decided yet" in text(client.get("/en/applications/?state=closed"))


def test_the_queue_costs_the_same_queries_with_few_and_with_many(client: Client) -> None:
    as_role(client, Role.STAFF)
    counts = []
    for number in (5, 25):
        for _each in range(number):
            application()
        client.get("/en/applications/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/applications/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def test_two_deciders_bring_somebody_in(client: Client) -> None:
    subject = application(UserFactory(name="Nova"))
    address = f"/en/applications/{subject.pk}/"
    as_role(client, Role.FOCAL_POINT, agency=subject.agency)
    assert "Nobody has decided yet" in text(client.get(address))
    page = text(client.post(address, {"verdict": "accept", "reason": "Works in my unit"}, follow=True))
    assert "Works in my unit" in page
    assert "Keep my decision" not in page
    assert "You have decided" in text(client.post(address, {"verdict": "accept"}))
    as_role(client, Role.STAFF)
    assert "1 of 2" in text(client.get("/en/applications/"))
    assert "Accepted" in text(client.post(address, {"verdict": "accept"}, follow=True))
    assert "Nova" in text(client.get("/en/applications/?state=closed"))
    client.force_login(subject.user)
    assert client.get("/en/directory/").status_code == 200


def test_a_decline_without_a_reason_is_asked_for_one_and_nothing_is_lost(client: Client) -> None:
    subject = application()
    as_role(client, Role.STAFF)
    address = f"/en/applications/{subject.pk}/"
    response = client.post(address, {"verdict": "decline", "reason": " "})
    assert set(response.context["form"].errors) == {"reason"}
    assert response.context["form"].data["verdict"] == "decline"
    too_long = client.post(address, {"verdict": "decline", "reason": "x" * 2001})
    assert set(too_long.context["form"].errors) == {"reason"}
    assert "verdict" in client.post(address, {"verdict": "perhaps"}).context["form"].errors
    page = text(client.post(address, {"verdict": "more", "reason": "Which unit?"}, follow=True))
    assert "Asked for more information" in page


def test_what_was_decided_before_it_was_sent_again_is_shown_as_such(client: Client) -> None:
    subject = application()
    services.decide(application=subject, by=person(Role.STAFF), verdict=Verdict.MORE, reason="Which unit?")
    application(subject.user, agency=subject.agency)
    as_role(client, Role.STAFF)
    assert "before it was sent again" in text(client.get(f"/en/applications/{subject.pk}/"))


def test_staff_do_not_see_their_own_application(client: Client) -> None:
    staff = as_role(client, Role.STAFF)
    own = Application.objects.create(user=staff, agency_name="X", position="", work_email="", reason="")
    assert client.get(f"/en/applications/{own.pk}/").status_code == 404


def test_staff_choose_the_agency_that_is_not_in_the_list(client: Client) -> None:
    subject = application(agency_name="New service")
    as_role(client, Role.STAFF)
    address = f"/en/applications/{subject.pk}/"
    assert "Choose the agency first" in text(client.post(address, {"verdict": "accept"}))
    assert "must be chosen before" in text(client.get(address))
    assert "agency" in client.post(f"{address}agency/", {"agency": "999999"}).context["agency_form"].errors
    page = text(client.post(f"{address}agency/", {"agency": "", "country": "ME"}, follow=True))
    assert "The agency is chosen" in page
    assert Agency.objects.get(name="New service").country == "ME"
    assert "named no other" in text(client.post(f"{address}agency/", {"agency": ""}, follow=True))


def test_a_focal_point_can_not_choose_the_agency(client: Client) -> None:
    subject = application()
    as_role(client, Role.FOCAL_POINT, agency=subject.agency)
    page = text(client.post(f"/en/applications/{subject.pk}/agency/", {"agency": ""}, follow=True))
    assert "Only project staff choose" in page


# Vouching


def test_the_sponsor_says_whether_they_vouch_and_nobody_else_learns_of_it(client: Client) -> None:
    sponsor = person()
    subject = application(UserFactory(name="Nova"), sponsor_email=sponsor.email)
    address = f"/en/applications/{subject.pk}/vouch/"
    as_role(client, Role.MEMBER)
    assert client.get(address).status_code == 404
    as_role(client, Role.STAFF)
    assert client.get(address).status_code == 404
    client.force_login(sponsor)
    assert "Do you vouch for Nova?" in text(client.get(address))
    assert client.get("/en/applications/").status_code == 403
    client.post(address, {"vouches": "yes"})
    assert Application.objects.get().sponsor_vouches is True
    client.post(address, {"vouches": "no"})
    assert Application.objects.get().sponsor_vouches is False


def test_the_deciders_places_send_a_visitor_to_log_in(client: Client) -> None:
    assert client.get("/en/applications/")["Location"] == "/en/accounts/login/?next=/en/applications/"
