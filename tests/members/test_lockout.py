"""Wrong passwords: who waits, who does not, and what whoever watches the portal reads."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from logging.config import DictConfigurator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from config.settings.logs import logging as logging_settings
from network.members import lockout
from network.members.models import User
from portal.core import security_log
from portal.core.models import OutgoingMail
from tests.factories.members import PASSWORD, UserFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_window")]

WRONG = "another word entirely"
OFFICE, ELSEWHERE = "192.0.2.10", "198.51.100.7"


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def tries(login: str, password: str = WRONG, *, at: str = OFFICE, by: Client | None = None) -> str:
    """What the log-in answers: "in", "wrong" or "wait"."""
    answer = (by or Client()).post("/en/accounts/login/", {"login": login, "password": password}, REMOTE_ADDR=at)
    if answer.status_code == 302:
        return "in"
    return "wait" if "Too many failed attempts" in answer.content.decode() else "wrong"


def known_browser(user: User) -> Client:
    """A browser that has logged in once and out again."""
    browser = Client()
    assert tries(user.email, PASSWORD, at=ELSEWHERE, by=browser) == "in"
    browser.post("/en/accounts/logout/")
    return browser


def test_a_whole_training_room_logs_in_from_one_address_within_a_minute() -> None:
    people = [UserFactory() for _each in range(60)]
    assert {tries(each.email, PASSWORD) for each in people} == {"in"}


def test_wrong_passwords_from_one_address_lock_the_account_there_and_nowhere_else() -> None:
    user = person()
    assert [tries(user.email) for _each in range(6)] == ["wrong"] * 5 + ["wait"]
    assert tries(user.email.upper(), PASSWORD) == "wait"
    assert tries(user.email, PASSWORD, at=ELSEWHERE) == "in"
    # Others at the same address go in and out.
    assert tries(person().email, PASSWORD) == "in"


def test_the_browser_that_its_owner_used_before_is_never_locked_by_others() -> None:
    user = person()
    browser = known_browser(user)
    for _each in range(6):
        tries(user.email)
    assert tries(user.email, PASSWORD, by=browser) == "in"


def test_a_known_browser_that_was_stolen_does_not_guess_for_ever() -> None:
    browser = known_browser(person())
    user = User.objects.get()
    assert [tries(user.email, by=browser) for _each in range(6)] == ["wrong"] * 5 + ["wait"]
    # Where the cookie was, the account itself is not locked.
    assert tries(user.email, PASSWORD) == "in"


def test_a_browser_is_known_for_the_accounts_that_used_it_and_for_no_other() -> None:
    user, other = person(), person()
    browser = known_browser(user)
    for _each in range(5):
        tries(other.email)
    assert tries(other.email, PASSWORD, by=browser) == "wait"
    assert tries(other.email, PASSWORD, at=ELSEWHERE, by=browser) == "in"
    browser.post("/en/accounts/logout/")
    for each in (user, other):
        for _each in range(5):
            tries(each.email)
        assert tries(each.email, PASSWORD, by=browser) == "in"
        browser.post("/en/accounts/logout/")


def test_a_cookie_that_somebody_wrote_for_themselves_makes_no_browser_known() -> None:
    user = person()
    browser = known_browser(user)
    browser.cookies[lockout.COOKIE] = browser.cookies[lockout.COOKIE].value[:-1] + "x"
    for _each in range(5):
        tries(user.email)
    assert tries(user.email, PASSWORD, by=browser) == "wait"


def test_the_cookie_says_nobodys_name_and_is_for_the_portal_alone() -> None:
    user = person(email="ana.horvat@agency.example")
    cookie = known_browser(user).cookies[lockout.COOKIE]
    assert "ana" not in lockout.signing.loads(cookie.value, salt=lockout._SALT)[1][0]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_one_guess_for_each_of_many_accounts_is_stopped_and_known_browsers_go_on() -> None:
    user = person()
    browser = known_browser(user)
    answers = [tries(f"person{number}@agency.example") for number in range(51)]
    assert answers == ["wrong"] * 50 + ["wait"]
    assert tries(person().email, PASSWORD) == "wait"
    assert tries(person().email, PASSWORD, at=ELSEWHERE) == "in"
    assert tries(user.email, PASSWORD, by=browser) == "in"


def test_guesses_from_many_places_are_stopped_and_the_owners_browser_goes_on(settings: Any) -> None:
    settings.LOGIN_FAILURE_LIMITS = {**settings.LOGIN_FAILURE_LIMITS, "account": "20/h"}
    user = person()
    browser = known_browser(user)
    answers = [tries(user.email, at=f"203.0.113.{number}") for number in range(21)]
    assert answers == ["wrong"] * 20 + ["wait"]
    assert tries(user.email, PASSWORD, by=browser) == "in"


def test_a_right_password_forgives_the_mistakes_before_it() -> None:
    user = person()
    for _each in range(3):
        assert [tries(user.email) for _mistake in range(4)] == ["wrong"] * 4
        assert tries(user.email, PASSWORD) == "in"


def test_who_waits_is_told_until_when_and_an_account_that_is_not_there_waits_alike() -> None:
    pages = []
    for login in (person().email, "nobody@agency.example"):
        for _each in range(5):
            tries(login)
        pages.append(Client().post("/en/accounts/login/", {"login": login, "password": WRONG}, REMOTE_ADDR=OFFICE))
    words = r"Try again in (\d+) minutes?, at \d+[:.\d]* [ap.m]+, or choose a new password now"
    minutes = [re.search(words, page.content.decode())[1] for page in pages]
    assert minutes == ["10", "10"]


def test_a_new_password_by_letter_ends_the_wait() -> None:
    user = person()
    for _each in range(6):
        tries(user.email)
    browser = Client(REMOTE_ADDR=OFFICE)
    browser.post("/en/accounts/password/reset/", {"email": user.email})
    letter = OutgoingMail.objects.filter(to=user.email).latest("pk")
    form = browser.get(re.search(r"https?://[^/]+(/\S+)", letter.body)[1])["Location"]
    new = "a heron by the river Una"
    assert browser.post(form, {"password1": new, "password2": new}).status_code == 302
    assert tries(user.email, new) == "in"


def test_the_addresses_of_one_network_of_the_newer_kind_are_one() -> None:
    user = person()
    for number in range(5):
        tries(user.email, at=f"2001:db8:1:2::{number + 1}")
    assert tries(user.email, PASSWORD, at="2001:db8:1:2:ffff::1") == "wait"
    assert tries(user.email, PASSWORD, at="2001:db8:1:3::1") == "in"
    assert lockout._network("::ffff:192.0.2.10") == OFFICE


def test_while_the_cache_is_away_people_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.core import ratelimit
    from portal.core.outages import ForgivingRedisCache

    monkeypatch.setattr(ratelimit, "cache", ForgivingRedisCache("redis://127.0.0.1:9/0", {}))
    user = person()
    assert tries(user.email) == "wrong"
    assert tries(user.email, PASSWORD) == "in"


# The log


class SecurityLog(logging.Handler):
    """The lines of the security log, as dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append({**vars(record), "text": record.getMessage()})

    def told(self, *events: str) -> list[tuple[Any, ...]]:
        found = [line for line in self.lines if not events or line["event"] in events]
        return [(line["event"], line["user"], line["address"]) for line in found]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[SecurityLog]:
    handler = SecurityLog()
    security_log.logger.addHandler(handler)
    with caplog.at_level(logging.INFO, logger=security_log.logger.name):
        yield handler
    security_log.logger.removeHandler(handler)


def test_log_in_failure_lock_out_and_log_out_are_logged_with_user_and_address(log: SecurityLog) -> None:
    user = person()
    browser = Client(REMOTE_ADDR=OFFICE)
    tries(user.email, PASSWORD, by=browser)
    browser.post("/en/accounts/logout/")
    for _each in range(6):
        tries(user.email, at=ELSEWHERE)
    assert log.told() == [
        ("logged_in", user.pk, OFFICE),
        ("logged_out", user.pk, OFFICE),
        *[("log_in_failed", None, ELSEWHERE)] * 5,
        ("locked_out", None, ELSEWHERE),
    ]
    assert log.lines[-1]["login"] == user.email


def test_a_password_never_gets_into_the_log_not_even_from_the_wrong_field(log: SecurityLog) -> None:
    Client().post("/en/accounts/login/", {"login": "Secret@words.example and more", "password": "Hidden words"})
    tries("Ana@Agency.example", "Hidden words")
    text = str(log.lines)
    assert "ana@agency.example" in text
    assert "Hidden words" not in text
    assert "Secret" not in text


def test_refusals_are_logged(log: SecurityLog) -> None:
    user = person()
    browser = Client(REMOTE_ADDR=OFFICE, enforce_csrf_checks=True)
    browser.force_login(user)
    browser.get("/cms/", REMOTE_ADDR=OFFICE)
    browser.post("/en/profile/", {}, REMOTE_ADDR=OFFICE)
    assert log.told("refused") == [("refused", user.pk, OFFICE)] * 2
    refused = [(line["method"], line["path"]) for line in log.lines if line["event"] == "refused"]
    assert refused == [("GET", "/cms/"), ("POST", "/en/profile/")]


def test_in_production_a_line_is_an_object_with_user_and_address() -> None:
    made = DictConfigurator(logging_settings("json"))
    handler = logging.StreamHandler(written := io.StringIO())
    handler.setFormatter(made.configure_formatter(dict(made.config["formatters"]["json"])))
    security_log.logger.addHandler(handler)
    try:
        security_log.report("refused", user=person(), address=OFFICE, path="/cms/\n/")
    finally:
        security_log.logger.removeHandler(handler)
    (line,) = written.getvalue().splitlines()
    said = json.loads(line)
    assert said["logger"] == "portal.security"
    assert (said["event"], said["user"], said["address"], said["path"]) == (
        "refused",
        User.objects.get().pk,
        OFFICE,
        "/cms/\n/",
    )
