"""What was typed stands on the page that says why it was not taken."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from network.members import services
from network.members.enums import Role
from tests.factories.members import person
from tests.members.test_unsent import hidden_form

pytestmark = pytest.mark.django_db

TYPED = {"name": "Ana", "language": "en", "can_help_with": "Escorts,\nand „đ“"}


def browser(role: Role = Role.MEMBER, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(person(role))
    return client


def test_a_form_with_an_old_token_is_sent_again_from_the_page_that_says_so() -> None:
    client = browser(enforce_csrf_checks=True)
    answer = client.post("/en/profile/", TYPED, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403
    action, fields = hidden_form(answer.content.decode())
    assert {name: values[0].replace("\r\n", "\n") for name, values in fields.items() if name in TYPED} == TYPED
    again = client.post(action, fields, headers={"Origin": "http://testserver"})
    assert again.headers["Location"] == "/en/profile/"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://testserver", ""])
def test_what_another_site_sends_is_not_offered_to_be_sent_in_the_persons_name(origin: str) -> None:
    client = browser(enforce_csrf_checks=True)
    answer = client.post("/en/profile/", TYPED, headers={"Origin": origin} if origin else {})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Escorts" not in page
    assert "data-nothing-taken" not in page


def test_a_fault_of_ours_keeps_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**given: Any) -> None:
        raise RuntimeError("broken")

    client = browser(raise_request_exception=False)
    with monkeypatch.context() as patch:
        patch.setattr(services, "update_profile", broken)
        answer = client.post("/en/profile/", TYPED)
    assert answer.status_code == 500
    action, fields = hidden_form(answer.content.decode())
    assert client.post(action, fields).headers["Location"] == "/en/profile/"


@pytest.mark.parametrize(
    ("path", "status"), [("/en/rooms/nowhere/post/", 404), ("/en/directory/1/suspend/", 403), ("/cms/pages/1/", 403)]
)
def test_what_may_not_be_sent_is_shown_to_be_copied(path: str, status: int) -> None:
    answer = browser().post(path, {"body": "Not a word is lost."})
    assert answer.status_code == status
    page = answer.content.decode()
    assert re.search(r"<details class=\"typed\">.*Not a word is lost\.", page, re.DOTALL)
    assert "to be copied" in page


def test_a_page_that_was_only_read_offers_nothing() -> None:
    assert "data-nothing-taken" not in browser().get("/en/rooms/nowhere/").content.decode()
