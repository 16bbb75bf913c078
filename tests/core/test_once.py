"""A form that is sent twice is taken once, one after the other and at the same time."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from events.models import Recommendation
from library.practices.models import PracticePage
from network.members.enums import Role
from network.members.models import User
from network.vetting.enums import ApplicationState
from network.vetting.models import Application, Decision
from portal.core.models import AuditEntry, OutgoingMail, SentForm
from portal.core.once import FIELD
from tests.factories.events import recommendation
from tests.factories.members import AgencyFactory, person
from tests.factories.practices import library, posted
from tests.factories.vetting import application
from tests.factories.vocabulary import TermFactory

ROOT = Path(__file__).parents[2]
ONE = "3f0c4c5e-9d3c-4a2a-8c0d-7c110b9a3f0e"
OTHER = "7c110b9a-3f0e-4c5e-9d3c-3a2a3c0d3f0c"


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def answers(client: Client, path: str, data: dict[str, Any], times: int = 2) -> list[tuple[int, str, list[str]]]:
    """Send a form `times` times: each answer's status, where it leads, and what the next page says."""
    found = []
    for _ in range(times):
        response = client.post(path, {FIELD: ONE, **data})
        found.append((response.status_code, response.headers.get("Location", ""), said(client)))
    return found


def said(client: Client) -> list[str]:
    page = client.get("/en/terms/").content.decode().partition('<template id="typed-words">')[0]
    return re.findall(r'role="status">.*?<p>(.*?)</p>', page, re.DOTALL)


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_a_practice_saved_twice_is_one_draft_and_the_second_is_answered_like_the_first(self) -> None:
        library()
        client = browser(person())
        first, second = answers(client, "/en/library/submit/", {**posted(TermFactory()), "save": "1"})
        assert first == second
        assert first[0] == 302
        assert re.fullmatch(r"/en/library/mine/\d+/", first[1])
        assert first[2] == ["The draft is saved. Only you and the project staff see it."]
        assert PracticePage.objects.count() == 1

    def test_a_practice_sent_twice_is_one_submission(self) -> None:
        library()
        client = browser(person())
        form = {**posted(TermFactory()), "send": "1"}
        assert len({str(answer) for answer in answers(client, "/en/library/submit/", form)}) == 1
        assert PracticePage.objects.count() == 1
        assert OutgoingMail.objects.filter(template="practices/submitted").count() == 1

    def test_what_was_changed_since_is_another_sending(self) -> None:
        library()
        client = browser(person())
        form = {**posted(TermFactory()), "save": "1"}
        client.post("/en/library/submit/", {FIELD: ONE, **form})
        client.post("/en/library/submit/", {FIELD: ONE, **form, "title": "Another one"})
        client.post("/en/library/submit/", {FIELD: OTHER, **form})
        assert PracticePage.objects.count() == 3

    def test_what_was_refused_can_be_sent_again(self) -> None:
        user = person(Role.APPLICANT)
        client = browser(user)
        form = {"position": "Adviser", "work_email": "a@agency.example", "reason": "To learn.", "agency_name": ""}
        assert client.post("/en/apply/", {FIELD: ONE, **form}).status_code == 200
        form["agency"] = AgencyFactory().pk
        assert {answer[0] for answer in answers(client, "/en/apply/", form, times=3)} == {302}
        assert Application.objects.filter(user=user).count() == 1
        assert OutgoingMail.objects.filter(to=user.email, template="vetting/submitted").count() == 1

    def test_two_people_may_hold_the_same_token(self) -> None:
        library()
        form = {**posted(TermFactory()), "save": "1"}
        for user in (person(), person()):
            browser(user).post("/en/library/submit/", {FIELD: ONE, **form})
        assert PracticePage.objects.count() == 2

    def test_a_decision_and_a_withdrawal_sent_twice_count_once(self) -> None:
        subject = application()
        first, second = answers(browser(person(Role.STAFF)), subject.get_absolute_url(), {"verdict": "accept"})
        assert first == second
        assert Decision.objects.count() == 1
        first, second = answers(browser(subject.user), "/en/apply/withdraw/", {})
        assert first == second
        assert first[2] == ["Your application is withdrawn."]
        assert Application.objects.get().state == ApplicationState.WITHDRAWN

    def test_progress_reported_twice_is_one_report_and_no_conflict(self) -> None:
        row = recommendation()
        form = {"status": "in_progress", "note": "Begun.", "version": row.version}
        first, second = answers(browser(person(Role.STAFF)), row.get_absolute_url(), form)
        assert first == second
        assert first[0] == 302
        assert Recommendation.objects.get().version == row.version + 1

    def test_a_sign_up_sent_twice_makes_one_account_and_one_letter(self, settings: Any) -> None:
        form = {"name": "Ana", "email": "ana@agency.example", "password1": "seven stations 41 on", "password2": ""}
        form["password2"] = form["password1"]
        first, second = answers(Client(), "/en/accounts/signup/", form)
        assert first[:2] == second[:2]
        assert first[0] == 302
        assert OutgoingMail.objects.filter(to="ana@agency.example").count() == 1

    def test_a_sending_that_first_asks_to_log_in_does_not_count(self) -> None:
        answer = Client().post("/en/apply/", {FIELD: ONE, "reason": "To learn."})
        assert answer.headers["Location"] == "/en/accounts/login/?next=/en/apply/"
        assert SentForm.objects.count() == 0

    def test_a_form_without_a_token_is_taken_as_often_as_it_comes(self) -> None:
        library()
        client = browser(person())
        for _ in range(2):
            client.post("/en/library/submit/", {**posted(TermFactory()), "save": "1"})
        assert PracticePage.objects.count() == 2
        assert SentForm.objects.count() == 0

    def test_nothing_typed_can_be_read_from_what_is_kept_and_it_is_forgotten(self, capsys: Any) -> None:
        library()
        answers(browser(person()), "/en/library/submit/", {**posted(TermFactory()), "save": "1"})
        sent = SentForm.objects.get()
        assert re.fullmatch(r"[0-9a-f]{64}", sent.key)
        call_command("forget_sent_forms")
        SentForm.objects.update(sent_at=timezone.now() - dt.timedelta(days=2))
        call_command("forget_sent_forms")
        assert capsys.readouterr().out.split("\n")[:2] == ["0 sent forms forgotten", "1 sent forms forgotten"]


def at_once(number: int, work: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """Answers of `number` sendings that start together."""
    start, found = threading.Barrier(number), []

    def run() -> None:
        start.wait(10)
        try:
            found.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_makes_one_thing_and_every_sending_leads_to_it() -> None:
    library()
    author = person()
    key = browser(author).session.session_key
    form = {FIELD: ONE, **posted(TermFactory()), "save": "1"}

    def send() -> HttpResponse:
        client = Client()
        client.cookies["sessionid"] = key
        return client.post("/en/library/submit/", form)

    found = at_once(4, send)
    page = PracticePage.objects.get()
    assert [(answer.status_code, answer.headers["Location"]) for answer in found] == [
        (302, f"/en/library/mine/{page.pk}/")
    ] * 4
    assert AuditEntry.objects.filter(action="practices.draft_saved").count() == 1


#: Forms that are right to be taken as often as they come.
NOT_ONCE = {
    "portal/templates/account/login.html": "logging in again changes nothing",
    "portal/templates/account/logout.html": "nor does logging out",
    "portal/templates/components/account_links.html": "nor does logging out",
    "portal/templates/account/reauthenticate.html": "nor does a password given again",
    "portal/templates/account/email_confirm.html": "an address is confirmed once by itself",
    "portal/templates/components/compose.html": "a message has a number of its own (client_id)",
    "portal/templates/components/send_again.html": "what was typed holds its token",
}


def test_every_form_has_a_token_or_a_reason() -> None:
    without = set()
    for folder in ("events", "library", "network", "portal", "search"):
        for template in (ROOT / folder).rglob("*.html"):
            forms = re.findall(r"<form\b[^>]*post.*?</form>", template.read_text("utf-8"), re.DOTALL)
            if any("{% form_token %}" not in form for form in forms):
                without.add(str(template.relative_to(ROOT)))
    assert without - set(NOT_ONCE) == set()


@pytest.mark.parametrize(
    "path",
    [
        "/en/library/submit/",
        "/en/library/mine/1/",
        "/en/apply/",
        "/en/apply/withdraw/",
        "/en/applications/1/",
        "/en/applications/1/agency/",
        "/en/applications/1/vouch/",
        "/en/directory/1/suspend/",
        "/en/directory/1/reinstate/",
        "/en/directory/1/posts/",
        "/en/directory/1/confirm/",
        "/en/profile/",
        "/en/profile/leave/",
        "/en/recommendations/1/",
        "/en/accounts/signup/",
        "/en/accounts/email/",
        "/en/accounts/password/reset/",
    ],
)
def test_every_view_behind_a_form_with_a_token_takes_it_once(path: str) -> None:
    assert getattr(resolve(path).func, "is_taken_once", False)
