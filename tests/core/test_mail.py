"""The mail outbox: nothing is sent that did not happen, and nothing that happened is lost."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from contextlib import suppress
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from network.members.services import Refused
from portal.core import mail
from portal.core.models import OutgoingMail
from tests.factories.members import UserFactory
from tests.rooms.servers import database_url

pytestmark = pytest.mark.django_db


def write(to: object = "ana@agency.example", **more) -> OutgoingMail:
    return mail.send(to=to, template="vetting/withdrawn", context={"application": {"user": UserFactory()}}, **more)


class RefusingServer(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages) -> int:
        raise SMTPServerDisconnected("the server hung up")


@pytest.fixture
def server_away(settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RefusingServer"


def test_a_letter_goes_once_its_transaction_commits(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        row = write()
        assert django_mail.outbox == []
    (letter,) = django_mail.outbox
    assert (letter.to, letter.subject) == (["ana@agency.example"], "Your application is withdrawn")
    row.refresh_from_db()
    assert row.sent_at is not None
    assert mail.waiting() == 0


def test_what_is_taken_back_sends_nothing(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True), suppress(Refused), transaction.atomic():
        write()
        raise Refused
    assert django_mail.outbox == []
    assert not OutgoingMail.objects.exists()


def test_a_letter_is_written_in_the_language_of_its_reader() -> None:
    user = UserFactory(language="de")
    assert write(user).language == "de"
    assert write(user, language="sq").language == "sq"
    assert write("somebody@agency.example").language == "en"


def test_a_letter_says_that_a_machine_wrote_it_so_that_no_holiday_notice_answers(
    django_capture_on_commit_callbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        write()
    assert django_mail.outbox[0].message()["Auto-Submitted"] == "auto-generated"


def test_letters_hold_names_as_they_are_written() -> None:
    row = mail.send(
        to="a@agency.example",
        template="vetting/withdrawn",
        context={"application": {"user": UserFactory(name="Ana O'Neil <&> Đ")}},
    )
    assert "Dear Ana O'Neil <&> Đ," in row.body


def test_a_subject_is_one_line() -> None:
    row = mail.queue(
        to="a@agency.example", template="x", language="en", subject=" one\nline\r\nBcc: b@x ", body="words"
    )
    assert row.subject == "one line Bcc: b@x"


@pytest.mark.usefixtures("server_away")
def test_a_failure_stays_on_the_letter_with_its_reason_and_is_tried_again(settings) -> None:
    row = write()
    assert mail.drain() == 0
    row.refresh_from_db()
    assert (row.attempts, row.failure, row.sent_at) == (1, "SMTPServerDisconnected: the server hung up", None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mail.drain() == 1
    row.refresh_from_db()
    assert (row.attempts, row.failure) == (2, "")


@pytest.mark.usefixtures("server_away")
def test_after_ten_failures_a_letter_waits_for_a_person(settings, capsys: pytest.CaptureFixture[str]) -> None:
    row = write()
    for _each in range(12):
        mail.drain()
    row.refresh_from_db()
    assert row.attempts == mail.MAX_ATTEMPTS
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("drain_mail")
    assert capsys.readouterr().out == "0 sent, 1 waiting\n"
    call_command("drain_mail", "--all")
    assert capsys.readouterr().out == "1 sent, 0 waiting\n"


@pytest.mark.usefixtures("server_away")
def test_a_letter_that_can_not_go_does_not_hold_up_what_was_done(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        write()
    assert mail.waiting() == 1


def test_two_drains_send_a_letter_once() -> None:
    row = write()
    assert mail.drain() == 1
    assert mail._deliver(row.pk) is False
    assert len(django_mail.outbox) == 1


def test_a_letter_that_a_dead_process_took_is_sent_by_another_later() -> None:
    row = write()
    taken = OutgoingMail.objects.filter(pk=row.pk)
    taken.update(taken_until=timezone.now() + mail.TAKEN_FOR)
    assert mail.drain() == 0
    taken.update(taken_until=timezone.now() - dt.timedelta(seconds=1))
    assert mail.drain() == 1
    row.refresh_from_db()
    assert (row.attempts, row.taken_until) == (1, None)


class WatchingServer(EmailBackend):
    """A mail server that notes whether a transaction waits for it."""

    def send_messages(self, messages) -> int:
        assert not connection.in_atomic_block, "a slow mail server would hold up everyone who writes"
        return super().send_messages(messages)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_waits_for_the_mail_server(settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.WatchingServer"
    row = write()
    row.refresh_from_db()
    assert row.sent_at is not None


def test_one_bad_letter_does_not_hold_up_the_others() -> None:
    bad = write()
    OutgoingMail.objects.filter(pk=bad.pk).update(to="a@agency.example\nBcc: b@x")
    write()
    assert mail.drain() == 1
    bad.refresh_from_db()
    assert "BadHeaderError" in bad.failure


def test_letters_are_readable_in_the_browser(client: Client) -> None:
    row = write()
    assert row.subject in client.get("/mail/").content.decode()
    page = client.get(f"/mail/{row.pk}/").content.decode()
    assert "your application is withdrawn" in page
    assert client.get("/mail/999999/", follow=True).status_code == 404
    assert str(row) == f"{row.to}: {row.subject}"


KILLED = """
import os, signal, django
django.setup()
from django.db import connection, transaction
from portal.core import mail, tasks
mail._drain_soon = lambda: os.kill(os.getpid(), signal.SIGKILL)
with transaction.atomic():
    mail.queue(to="kept@agency.example", template="x", language="en", subject="Kept", body="words")
raise SystemExit("not killed")
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_commit_and_sending_loses_no_letter() -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": database_url()}
    done = subprocess.run([sys.executable, "-c", KILLED], env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    row = OutgoingMail.objects.get(to="kept@agency.example")
    assert row.sent_at is None
    # What the server does when it starts again:
    mail.drain()
    row.refresh_from_db()
    assert row.sent_at is not None


def test_letters_that_wait_are_sent_when_the_server_starts() -> None:
    from portal.core.lifespan import _on_start

    assert mail.drain in _on_start
