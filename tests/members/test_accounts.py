"""Signing up, confirming, logging in and out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from network.members.enums import Role
from network.members.models import User
from portal.core.models import OutgoingMail
from tests.factories.members import PASSWORD, UserFactory, person

pytestmark = pytest.mark.django_db

LOGIN = "/en/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def log_in(client: Client, user: User, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": user.email, "password": password, **more})


def test_a_newcomer_signs_up_confirms_the_address_logs_in_and_comes_to_the_application(client: Client) -> None:
    sent = {"name": "Nova", "email": "nova@agency.example", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post("/bs/accounts/signup/", sent)
    assert response["Location"] == "/bs/accounts/confirm-email/"
    user = User.objects.get(email="nova@agency.example")
    assert (user.name, user.language) == ("Nova", "bs")
    # Not before the address is confirmed:
    assert log_in(client, user)["Location"] == "/en/accounts/confirm-email/"
    assert client.get("/en/profile/").status_code == 302
    letter = OutgoingMail.objects.filter(to=user.email).first()
    address = re.search(r"https?://[^/]+(/\S*confirm-email/\S+)", letter.body).group(1)
    client.post(address)
    assert log_in(client, user)["Location"] == "/en/apply/"


def test_an_address_that_is_taken_is_not_told_to_whoever_tries_it(client: Client) -> None:
    UserFactory(email="taken@agency.example")
    sent = {"name": "X", "email": "Taken@agency.example", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post("/en/accounts/signup/", sent)
    assert response["Location"] == "/en/accounts/confirm-email/"
    assert User.objects.count() == 1


def test_a_weak_password_is_refused_and_nothing_else_typed_is_lost(client: Client) -> None:
    sent = {"name": "Kept name", "email": "kept@agency.example", "password1": "short", "password2": "short"}
    page = client.post("/en/accounts/signup/", sent).content.decode()
    assert "Kept name" in page
    assert "kept@agency.example" in page
    assert "at least 12 characters" in page


def test_members_come_to_their_profile_and_others_to_where_they_stand(client: Client) -> None:
    assert log_in(client, person())["Location"] == "/en/profile/"
    client.logout()
    for role in (Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED):
        assert log_in(client, person(role))["Location"] == "/en/apply/"
        client.logout()


def test_the_address_asked_for_is_where_one_comes_out(client: Client) -> None:
    assert log_in(client, person(), next="/en/directory/?q=a")["Location"] == "/en/directory/?q=a"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_log_in_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    assert log_in(client, person(), next=elsewhere)["Location"] == "/en/profile/"
    client.logout()
    location = client.get("/cms/login/", {"next": elsewhere})["Location"]
    assert location == "/en/accounts/login/?next=/cms/"


def test_the_cms_asks_the_portals_log_in_and_comes_back(client: Client) -> None:
    location = client.get("/cms/login/", {"next": "/cms/pages/"})["Location"]
    assert location == "/en/accounts/login/?next=/cms/pages/"


def test_the_letters_case_of_the_address_does_not_matter(client: Client) -> None:
    user = person(email="Mixed.Case@agency.example")
    response = client.post(LOGIN, {"login": "mixed.case@AGENCY.example", "password": PASSWORD})
    assert response["Location"] == "/en/profile/"
    assert User.objects.get_by_natural_key("MIXED.CASE@agency.example") == user


def test_a_suspended_person_logs_in_and_reads_where_they_stand_and_nothing_else(client: Client) -> None:
    from network.members.services import suspend

    user = person()
    suspend(user=user, by=person(Role.STAFF), reason="Under review")
    log_in(client, user)
    page = client.get("/en/apply/").content.decode()
    assert "Your membership is suspended" in page
    assert "Under review" in page
    assert "Send the application" not in page
    for address in ("/en/directory/", "/en/profile/", "/en/rooms/"):
        assert client.get(address)["Location"] == "/en/apply/"


def test_a_new_password_ends_every_other_session(client: Client) -> None:
    user, elsewhere = person(), Client()
    for each in (client, elsewhere):
        log_in(each, user)
    new = "another line with stations"
    client.post("/en/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/en/profile/").status_code == 200
    assert elsewhere.get("/en/profile/").status_code == 302


def test_a_forgotten_password_is_renewed_by_letter_and_unknown_addresses_are_not_told(client: Client) -> None:
    user = person()
    for address in (user.email, "nobody@agency.example"):
        response = client.post("/en/accounts/password/reset/", {"email": address})
        assert response["Location"] == "/en/accounts/password/reset/done/"
    assert OutgoingMail.objects.filter(to=user.email).count() == 1


def test_a_user_needs_an_address() -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


def test_a_user_without_a_name_is_called_by_the_part_before_the_at() -> None:
    user = User.objects.create_superuser("root@agency.example", "x")
    assert (str(user), user.get_short_name()) == ("root", "root")
    assert user.is_staff
    assert user.is_superuser


def test_the_letters_of_the_account_are_the_portals_own(client: Client) -> None:
    sent = {"name": "Nova O'Hara", "email": "nova@agency.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/en/accounts/signup/", sent)
    client.post("/en/accounts/signup/", {**sent, "email": UserFactory().email})
    client.post("/en/accounts/password/reset/", {"email": person().email})
    client.post("/en/accounts/password/reset/", {"email": "nobody@agency.example"})
    letters = list(OutgoingMail.objects.order_by("pk"))
    assert [letter.subject for letter in letters] == [
        "Confirm your e-mail address",
        "You have an account already",
        "A new password",
        "There is no account with your address",
    ]
    assert "Dear Nova O'Hara," in letters[0].body
    assert all("http://testserver/" in letter.body for letter in letters)
