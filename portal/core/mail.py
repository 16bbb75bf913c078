"""Letters to people: written in the transaction of what they tell, sent after it and the answer, until they go."""

from __future__ import annotations

import datetime as dt
import logging
from functools import partial
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from . import after_response
from .models import OutgoingMail

logger = logging.getLogger(__name__)

#: Written by a machine (RFC 3834): an out-of-office answer to it would go in circles, so no mail program sends one.
HEADERS = {"Auto-Submitted": "auto-generated"}

#: A process that dies while it sends leaves its letter to others after this time: much longer than EMAIL_TIMEOUT.
TAKEN_FOR = dt.timedelta(minutes=5)
#: After this many failures a letter waits for `manage.py drain_mail --all`.
MAX_ATTEMPTS = 10


def send(*, to: Any, template: str, context: dict[str, Any], language: str | None = None) -> OutgoingMail:
    """Queue the letter `emails/<template>/subject.txt` and `body.txt` to a user or an address.

    Returns the outbox row. It is sent after the surrounding transaction commits; a failure stays on the row with its
    reason and is tried again with the next letter, at start-up and by `manage.py drain_mail`.
    """
    language = language or getattr(to, "language", "") or settings.LANGUAGE_CODE
    with translation.override(language):
        words = {**context, "base_url": settings.WAGTAILADMIN_BASE_URL, "language": language}
        subject = render_to_string(f"emails/{template}/subject.txt", words)
        body = render_to_string(f"emails/{template}/body.txt", words)
    address = to if isinstance(to, str) else to.email
    return queue(to=address, template=template, language=language, subject=subject, body=body)


def queue(*, to: str, template: str, language: str, subject: str, body: str) -> OutgoingMail:
    """Put a written letter into the outbox; the subject becomes one line."""
    row = OutgoingMail.objects.create(
        to=to, template=template, language=language, subject=" ".join(subject.split())[:250], body=body.strip() + "\n"
    )
    transaction.on_commit(partial(after_response.do, _drain_soon))
    return row


def _drain_soon() -> None:
    from .tasks import drain_mail

    drain_mail.enqueue()


def waiting() -> int:
    """How many letters have not gone yet."""
    return OutgoingMail.objects.filter(sent_at=None).count()


def drain(*, include_given_up: bool = False) -> int:
    """Send what waits, oldest first; returns how many went. Two drains at once never send a letter twice."""
    rows = OutgoingMail.objects.filter(sent_at=None)
    if not include_given_up:
        rows = rows.filter(attempts__lt=MAX_ATTEMPTS)
    return sum(_deliver(pk) for pk in list(rows.values_list("pk", flat=True)))


def _deliver(pk: int) -> bool:
    """Send one letter unless another drain has taken or sent it. No transaction waits for the mail server."""
    letter = OutgoingMail.objects.filter(pk=pk)
    now = timezone.now()
    free = Q(taken_until=None) | Q(taken_until__lt=now)
    if not letter.filter(free, sent_at=None).update(attempts=F("attempts") + 1, taken_until=now + TAKEN_FOR):
        return False
    row = letter.get()
    try:
        EmailMessage(row.subject, row.body, to=[row.to], headers=HEADERS).send()
    except (OSError, ValueError, SMTPException) as error:
        failure = f"{type(error).__name__}: {error}"
        logger.warning("letter %s to be tried again (attempt %s): %s", row.pk, row.attempts, failure)
        letter.update(failure=failure, taken_until=None)
        return False
    letter.update(failure="", taken_until=None, sent_at=timezone.now())
    return True
