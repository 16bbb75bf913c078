"""Whether an account exists is told by no answer, and not by the work before it either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from smtplib import SMTPException

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail as django_mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.members.models import User
from portal.core import after_response, mail
from portal.core.models import OutgoingMail
from tests.factories.members import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

UNKNOWN, KNOWN = "nobody@agency.example", "ana@agency.example"


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often a password was hashed since the last time this was asked: that is what takes the time."""
    calls: list[str] = []
    original = MD5PasswordHasher.encode

    def encode(self: MD5PasswordHasher, password: str, salt: str) -> str:
        calls.append(password)
        return original(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)

    def since() -> int:
        number = len(calls)
        calls.clear()
        return number

    return since


def sign_up(address: str) -> tuple[int, str]:
    sent = {"name": "Ana", "email": address, "password1": PASSWORD, "password2": PASSWORD}
    answer = Client().post("/en/accounts/signup/", sent)
    return answer.status_code, answer["Location"]


def test_signing_up_with_a_known_address_is_as_much_work_as_with_an_unknown_one(hashed: Callable[[], int]) -> None:
    UserFactory(email=KNOWN)
    sign_up("warm@agency.example")
    hashed()
    answers, work, queries = [], [], []
    for address in (UNKNOWN, KNOWN):
        with CaptureQueriesContext(connection) as asked:
            answers.append(sign_up(address))
        work.append(hashed())
        queries.append([query["sql"].split()[0] for query in asked].count("INSERT"))
    assert answers[0] == answers[1]
    assert work == [1, 1]
    assert queries[0] == queries[1]


def test_what_is_done_in_vain_leaves_nothing_behind() -> None:
    UserFactory(email=KNOWN)
    sign_up(KNOWN)
    assert [user.email for user in User.objects.all()] == [KNOWN]
    assert [letter.to for letter in OutgoingMail.objects.all()] == [KNOWN]


def test_a_wrong_password_is_hashed_once_whoever_it_is_for(hashed: Callable[[], int]) -> None:
    users = [UserFactory(email=KNOWN), UserFactory(is_active=False), UserFactory()]
    users[2].set_unusable_password()
    users[2].save()
    hashed()
    work = {}
    for address in (UNKNOWN, *(user.email for user in users)):
        page = Client().post("/en/accounts/login/", {"login": address, "password": "wrong words here"})
        work[address] = (page.status_code, hashed())
    assert set(work.values()) == {(200, 1)}


class SlowServer(EmailBackend):
    """A mail server that notes in which state the portal is when it is given a letter."""

    def send_messages(self, messages: list[django_mail.EmailMessage]) -> int:
        given.append(after_response._waiting.work is None)
        return super().send_messages(messages)


given: list[bool] = []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", [UNKNOWN, KNOWN])
def test_the_letter_about_a_password_goes_after_the_answer(settings: object, address: str) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    UserFactory(email=KNOWN)
    given.clear()
    assert Client().post("/en/accounts/password/reset/", {"email": address}).status_code == 302
    assert given == [True]
    assert [letter.to for letter in django_mail.outbox] == [[address]]


def test_work_after_the_answer_is_done_once_and_a_failure_keeps_nothing_else_from_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []

    def fails() -> None:
        raise SMTPException("away")

    def works() -> None:
        done.append("work")

    after_response.begin()
    for each in (fails, works, works):
        after_response.do(each)
    assert done == []
    after_response.finish()
    assert done == ["work"]
    assert "fails failed after the answer" in caplog.text
    after_response.do(works)
    assert done == ["work", "work"]


def test_a_letter_outside_a_request_goes_at_once(django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mail.queue(to=KNOWN, template="x", language="en", subject="x", body="x")
    assert len(django_mail.outbox) == 1
