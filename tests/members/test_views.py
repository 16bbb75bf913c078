"""People and organisations, as pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.members.enums import Role
from network.members.models import ProfileLanguage, User
from tests.factories.members import AgencyFactory, UserFactory, WorkingGroupFactory, person
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> User:
    user = person(name="Mina Member")
    client.force_login(user)
    return user


@pytest.fixture
def staff(client: Client) -> User:
    user = person(Role.STAFF, name="Stana Staff")
    client.force_login(user)
    return user


def text(response) -> str:
    return response.content.decode()


@pytest.mark.usefixtures("indexed")
def test_the_directory_shows_who_does_what_where(client: Client, member: User) -> None:
    other = person(name="Ognjen", agency=AgencyFactory(name="Border Police"), is_example=True)
    ProfileLanguage.objects.create(profile=other.profile, code="sq")
    other.profile.stages.add(TermFactory(label="Readmission"))
    page = text(client.get("/en/directory/"))
    for words in ("Ognjen", "Border Police", "Albanian", "Readmission", "Example", "Verified"):
        assert words in page
    assert "Ognjen" in text(client.get("/en/directory/?q=ogn"))


@pytest.mark.usefixtures("indexed")
def test_a_directory_that_finds_nobody_says_what_to_do(client: Client, member: User) -> None:
    page = text(client.get("/en/directory/?q=qwertz&country=ZZ&page=99"))
    assert "Nobody here yet" in page
    assert "Show everyone" in page


@pytest.mark.usefixtures("indexed")
def test_the_directory_costs_the_same_queries_with_few_and_with_many(client: Client, member: User) -> None:
    stage = TermFactory()
    counts = []
    for number in (5, 45):
        for _each in range(number):
            other = person()
            ProfileLanguage.objects.create(profile=other.profile, code="en")
            other.profile.stages.add(stage)
        client.get("/en/directory/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/directory/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_a_persons_page_is_a_404_for_who_is_not_in_the_directory(client: Client, member: User) -> None:
    assert client.get(f"/en/directory/{person(Role.SUSPENDED).pk}/").status_code == 404
    assert client.get(f"/en/directory/{UserFactory().pk}/").status_code == 404


def test_a_member_sees_a_colleague_and_no_staff_tools(client: Client, member: User) -> None:
    other = person(Role.FOCAL_POINT, name="Fana Focal")
    WorkingGroupFactory(name="Readmission officers").people.add(other)
    page = text(client.get(f"/en/directory/{other.pk}/"))
    assert "Fana Focal" in page
    assert "Readmission officers" in page
    assert "Suspend" not in page
    assert "Keep the posts" not in page
    assert "What was done" not in page


def test_staff_suspend_and_reinstate_on_the_persons_page(client: Client, staff: User) -> None:
    other = person()
    address = f"/en/directory/{other.pk}/"
    assert "Suspend" in text(client.get(address))
    page = text(client.post(f"{address}suspend/", {"reason": ""}))
    assert "One thing to correct" in page
    page = text(client.post(f"{address}suspend/", {"reason": "Left the ministry"}, follow=True))
    assert "every session has ended" in page
    assert "Left the ministry" in page
    assert "Reinstate" in page
    assert "Reinstated." in text(client.post(f"{address}reinstate/", {"reason": "Back"}, follow=True))


def test_what_the_rules_refuse_is_said_in_words(client: Client, staff: User) -> None:
    other = person(Role.STAFF)
    page = text(client.post(f"/en/directory/{other.pk}/suspend/", {"reason": "x"}, follow=True))
    assert "You may not suspend" in page


@pytest.mark.parametrize(
    ("role", "step", "reason", "words"),
    [
        (Role.SUSPENDED, "suspend", "Left the ministry", "is suspended already"),
        (Role.MEMBER, "reinstate", "Back again", "is not suspended"),
        (Role.SUSPENDED, "reinstate", "x" * 1001, "1,001 of at most 1,000 characters"),
    ],
)
def test_a_refused_step_keeps_the_reason_that_was_typed(
    client: Client, staff: User, role: Role, step: str, reason: str, words: str
) -> None:
    page = text(client.post(f"/en/directory/{person(role).pk}/{step}/", {"reason": reason}))
    assert words in page
    assert f"{reason}</textarea>" in page


def test_staff_open_a_person_without_a_profile(client: Client, staff: User) -> None:
    page = text(client.get(f"/en/directory/{UserFactory().pk}/"))
    assert "No profile yet" in page


def test_staff_appoint_and_confirm(client: Client, staff: User) -> None:
    other = person()
    address = f"/en/directory/{other.pk}/"
    assert "The posts are kept" in text(client.post(f"{address}posts/", {"focal_point": "on"}, follow=True))
    assert User.objects.get(pk=other.pk).membership.is_focal_point
    assert "Confirmed for twelve months" in text(client.post(f"{address}confirm/", follow=True))


def test_a_member_can_not_confirm_a_colleague(client: Client, member: User) -> None:
    page = text(client.post(f"/en/directory/{person().pk}/confirm/", follow=True))
    assert "You may not confirm" in page


def test_my_profile_is_saved_and_comes_back_filled_in(client: Client, member: User) -> None:
    stage, theme = TermFactory(label="Readmission"), TermFactory(theme=True, label="Training")
    sent = {
        "name": "Mina Nova",
        "position": "Head of unit",
        "country": "RS",
        "languages": ["sr", "en"],
        "stages": [stage.pk],
        "themes": [theme.pk],
        "can_help_with": "Protocols",
        "contact": "+381",
        "language": "sr-latn",
    }
    response = client.post("/en/profile/", sent, follow=True)
    assert "Your profile is saved" in text(response)
    form = response.context["form"]
    assert form.initial | {"languages": set(form.initial["languages"])} == {**sent, "languages": {"sr", "en"}}
    assert "Mina Nova" in text(client.get(f"/en/directory/{member.pk}/"))


def test_nothing_typed_is_lost_when_my_profile_is_wrong(client: Client, member: User) -> None:
    sent = {"name": "", "position": "p" * 161, "country": "QQ", "can_help_with": "kept words", "contact": "kept too"}
    response = client.post("/en/profile/", sent)
    page = text(response)
    assert response.status_code == 200
    assert "kept words" in page
    assert "kept too" in page
    assert "p" * 161 in page
    assert set(response.context["form"].errors) == {"name", "position", "country", "language"}


@pytest.mark.parametrize("chosen", ["abc", "9" * 25, "999999"])
def test_a_stage_that_does_not_exist_is_named_and_nothing_typed_is_lost(
    client: Client, member: User, chosen: str
) -> None:
    response = client.post("/en/profile/", {"name": "Mina", "language": "en", "stages": [chosen], "contact": "kept"})
    assert response.status_code == 200
    assert chosen in str(response.context["form"].errors["stages"])
    assert "kept" in text(response)


@pytest.mark.usefixtures("indexed")
def test_staff_without_a_membership_have_a_profile_too(client: Client, staff: User) -> None:
    page = text(client.get("/en/profile/"))
    assert "there is nothing to confirm" in page
    client.post("/en/profile/", {"name": "Stana", "language": "en"})
    assert "Stana" in text(client.get("/en/directory/"))


def test_leaving_is_asked_once_more_and_then_done(client: Client, member: User) -> None:
    assert "close for you at once" in text(client.get("/en/profile/leave/"))
    page = text(client.post("/en/profile/leave/", follow=True))
    assert "You left the network" in page
    assert client.get("/en/directory/").headers["Location"] == "/en/apply/"


def test_who_has_no_membership_can_not_leave_it(client: Client, staff: User) -> None:
    assert "never been a member" in text(client.post("/en/profile/leave/", follow=True))


def test_organisations_stand_by_country_with_the_region_first_and_can_be_narrowed(client: Client) -> None:
    AgencyFactory(name="Dutch service", country="NL")
    AgencyFactory(name="Kosovo ministry", country="XK", kind="ministry")
    AgencyFactory(name="Regional initiative", country="", kind="international", is_example=True)
    page = text(client.get("/en/organisations/"))
    assert page.index("Kosovo*") < page.index("Dutch service") < page.index("Regional initiative")
    assert "3</strong> organisations" in page
    assert "Example" in page
    assert "Dutch service" not in text(client.get("/en/organisations/?country=XK"))
    assert "Regional initiative" in text(client.get("/en/organisations/?country=several"))
    assert "No organisation fits" in text(client.get("/en/organisations/?q=qwertz"))
    assert client.get("/en/organisations/?country=nonsense&kind=nonsense").status_code == 200


@pytest.mark.parametrize("number", [5, 50])
def test_the_list_of_organisations_costs_the_same_queries_with_few_and_with_many(
    client: Client, number: int, django_assert_num_queries
) -> None:
    AgencyFactory.create_batch(number)
    with django_assert_num_queries(2):
        client.get("/en/organisations/")


def test_an_organisations_page_tells_what_sources_say_and_what_they_do_not(client: Client) -> None:
    parent = AgencyFactory(name="Ministry of Interior", country="XK")
    agency = AgencyFactory(
        slug="xk-citizenship",
        name="Department of Citizenship",
        country="XK",
        part_of=parent,
        names_local={"sq": "Departamenti", "sr-latn": "Odeljenje"},
        sources=["https://example.org/source"],
        notes=["also called Agency"],
        seat="Prishtina",
        participants=["AL", "RS"],
    )
    page = text(client.get("/en/organisations/xk-citizenship/"))
    for words in ("Kosovo*", 'lang="sq">Departamenti', 'lang="sr-Latn">Odeljenje', "not in the sources", "also called"):
        assert words in page
    assert "https://example.org/source" in page
    assert "Albania, Serbia" in page
    assert "Ministry of Interior" in page
    assert agency.name in text(client.get(f"/en/organisations/{parent.slug}/"))


def test_an_unknown_organisation_is_a_404(client: Client) -> None:
    assert client.get("/en/organisations/nobody/").status_code == 404


def test_members_alone_see_who_works_for_an_organisation(client: Client) -> None:
    colleague = person(name="Colleague Seen")
    address = f"/en/organisations/{colleague.membership.agency.slug}/"
    assert "Colleague Seen" not in text(client.get(address))
    client.force_login(person(Role.APPLICANT))
    assert "Colleague Seen" not in text(client.get(address))
    client.force_login(person())
    assert "Colleague Seen" in text(client.get(address))
    assert "is a member yet" in text(client.get(f"/en/organisations/{AgencyFactory().slug}/"))
