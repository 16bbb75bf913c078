"""What was typed before a session ended comes back after the log-in, to its writer and nobody else."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from events.models import Recommendation
from library.practices.models import PracticePage
from network.members import unsent
from network.members.enums import Role
from network.members.models import Profile, User
from network.rooms.models import Message
from network.vetting.models import Application
from portal.core import once
from portal.vocabulary.models import Term
from tests.factories.events import recommendation
from tests.factories.members import PASSWORD, AgencyFactory, person
from tests.factories.practices import library, posted
from tests.factories.rooms import RoomFactory
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db

TYPED = "Čuvar, „đ“ & <b>\nsecond line"
TOKEN = "3f0c4c5e-9d3c-4a2a-8c0d-7c110b9a3f0e"


def log_in(client: Client, user: User, **more: str) -> HttpResponse:
    return client.post("/en/accounts/login/", {"login": user.email, "password": PASSWORD, **more})


def end_session() -> None:
    Session.objects.all().delete()


def hidden_form(page: str) -> tuple[str, dict[str, list[str]]]:
    """Address and fields of the form that sends again what was typed."""
    found = re.search(
        r'<form method="post" action="([^"]+)">(.*?)</form>', page.rpartition("data-nothing-taken")[2], re.DOTALL
    )
    assert found is not None
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[2]):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return html.unescape(found[1]), fields


def practice_form() -> tuple[str, dict[str, Any], Callable[[], object]]:
    library()
    form = {**posted(TermFactory(), problem=TYPED, countries=["RS", "BA"]), "save": "1"}
    return "/en/library/submit/", form, lambda: PracticePage.objects.get().problem


def profile_form() -> tuple[str, dict[str, Any], Callable[[], object]]:
    form = {"name": "Ana", "language": "en", "can_help_with": TYPED}
    return "/en/profile/", form, lambda: Profile.objects.get(user__name="Ana").can_help_with


def room_form() -> tuple[str, dict[str, Any], Callable[[], object]]:
    room = RoomFactory()
    return f"/en/rooms/{room.slug}/post/", {"body": TYPED, "client_id": TOKEN}, lambda: Message.objects.get().body


def application_form() -> tuple[str, dict[str, Any], Callable[[], object]]:
    agency = AgencyFactory()
    form = {"agency": agency.pk, "position": "Adviser", "work_email": "a@agency.example", "reason": TYPED}
    return "/en/apply/", form, lambda: Application.objects.get().reason


def progress_form() -> tuple[str, dict[str, Any], Callable[[], object]]:
    row = recommendation()
    form = {"status": "in_progress", "evidence": TYPED, "version": row.version}
    return row.get_absolute_url(), form, lambda: Recommendation.objects.get().evidence


def cms_form() -> tuple[str, dict[str, Any], Callable[[], object]]:
    form = {"kind": "stage", "slug": "a-stage", "label": "A stage", "definition": TYPED, "order": "1"}
    form |= {"labels": "{}", "details": "{}", "synonyms": "[]", "sources": "[]", "notes": "[]"}
    return "/cms/snippets/vocabulary/term/add/", form, lambda: Term.objects.get(slug="a-stage").definition


FORMS = {
    practice_form: Role.MEMBER,
    profile_form: Role.MEMBER,
    room_form: Role.MEMBER,
    application_form: Role.APPLICANT,
    progress_form: Role.STAFF,
    cms_form: Role.STAFF,
}


@pytest.mark.parametrize("made", FORMS, ids=lambda made: made.__name__)
def test_what_was_typed_comes_back_after_the_log_in_and_is_taken_then(
    made: Callable[[], tuple[str, dict[str, Any], Callable[[], object]]],
) -> None:
    client, user = Client(), person(FORMS[made])
    path, form, kept = made()
    log_in(client, user)
    end_session()

    answer = client.post(path, {**form, once.FIELD: TOKEN})
    assert answer.headers["Location"] == "/en/accounts/login/?next=/en/unsent/"
    assert "What you typed is kept" in client.get(answer.headers["Location"]).content.decode()
    assert log_in(client, user, next="/en/unsent/").headers["Location"] == "/en/unsent/"

    page = client.get("/en/unsent/").content.decode()
    action, fields = hidden_form(page)
    assert action == path
    assert "second line" in page
    assert client.post(action, fields).status_code == 302
    assert kept() == TYPED
    assert "Nothing is waiting" in client.get("/en/unsent/").content.decode()


@pytest.fixture
def typed_by() -> Callable[[User], Client]:
    """A browser in which `user` was logged in, and sent a profile after the session had ended."""

    def typed(user: User) -> Client:
        client = Client()
        log_in(client, user)
        end_session()
        client.post("/en/profile/", {"name": "Ana", "can_help_with": TYPED})
        return client

    return typed


def is_waiting(client: Client) -> bool:
    return "second line" in client.get("/en/unsent/").content.decode()


def test_somebody_else_at_the_same_browser_never_sees_it(typed_by: Callable[[User], Client]) -> None:
    writer, other = person(), person()
    client = typed_by(writer)
    log_in(client, other)
    assert not is_waiting(client)
    client.post("/en/accounts/logout/")
    log_in(client, writer)
    assert not is_waiting(client)


def test_it_goes_with_the_log_out(typed_by: Callable[[User], Client]) -> None:
    writer = person()
    client = typed_by(writer)
    log_in(client, writer)
    assert is_waiting(client)
    client.post("/en/accounts/logout/")
    log_in(client, writer)
    assert not is_waiting(client)


def test_it_waits_for_a_working_day(typed_by: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    writer = person()
    client = typed_by(writer)
    log_in(client, writer)
    assert is_waiting(client)
    monkeypatch.setattr(unsent, "KEPT", -1)
    assert not is_waiting(client)


def test_its_writer_may_drop_it(typed_by: Callable[[User], Client]) -> None:
    writer = person()
    client = typed_by(writer)
    log_in(client, writer)
    client.post("/en/unsent/")
    assert not is_waiting(client)


def test_what_a_browser_sends_in_which_nobody_was_logged_in_is_not_kept() -> None:
    client = Client()
    answer = client.post("/en/profile/", {"name": "Ana", "can_help_with": TYPED})
    assert answer.headers["Location"] == "/en/accounts/login/?next=/en/profile/"
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("path", "form", "headers"),
    [
        ("/en/accounts/password/change/", {"oldpassword": "x", "password1": "y"}, {}),
        ("/en/accounts/login/code/confirm/", {"code": "123456"}, {}),
        ("/en/profile/", {"can_help_with": TYPED}, {"Sec-Fetch-Mode": "cors"}),
        ("/en/profile/", {}, {}),
    ],
)
def test_no_password_no_code_and_nothing_of_a_script_is_kept(
    path: str, form: dict[str, str], headers: dict[str, str]
) -> None:
    client = Client()
    log_in(client, person())
    end_session()
    client.post(path, form, headers=headers)
    assert unsent._SESSION_KEY not in client.session
