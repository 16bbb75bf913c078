"""Writes: a message is posted, a person has read up to here."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import text as rule

from . import announcements
from .models import MAX_BODY, Message, ReadMark, Room
from .permissions import can_enter


def clean_body(body: str) -> str:
    """`body` as it is kept: under the rule of every text, without blank ends.

    Raises ValidationError with a code the page has words for: ``blank``, ``too_long`` or ``hidden_character``.
    """
    text = rule.prose(body).strip()
    if rule.is_blank(text):
        raise ValidationError(_("Write something first."), code="blank")
    if len(text) > MAX_BODY:
        raise rule.length_error(len(text), MAX_BODY, code="too_long")
    return text


def post_message(*, room: Room, by: Any, body: str, client_id: uuid.UUID, is_example: bool = False) -> Message:
    """Commit a message with the room's next number, then announce it; return the row.

    `client_id` is the sender's own number for the message: sending it again returns the row that stands, however close
    the two come. Raises PermissionDenied for people who may not enter; ValidationError with the codes of `clean_body`,
    with ``archived``, and with ``already_posted`` where `client_id` already stands for another text.
    """
    if not can_enter(by, room):
        raise PermissionDenied(_("You may not write in this room."))
    text = clean_body(body)
    with transaction.atomic():
        # The lock makes numbers follow each other without gaps, in the order of the commits. SQLite has no row locks:
        # there the transaction itself is the only one that writes (transaction_mode IMMEDIATE).
        room = Room.objects.select_for_update().get(pk=room.pk)
        standing = Message.objects.filter(room=room, author=by, client_id=client_id).first()
        if standing is not None:
            return _same_text(standing, text)
        if room.is_archived:
            raise ValidationError(_("This room is archived: it can be read, not written in."), code="archived")
        room.last_seq += 1
        # Not save(): its signal has Wagtail look for references in the room, at every message, under the lock.
        Room.objects.filter(pk=room.pk).update(last_seq=room.last_seq)
        message = Message.objects.create(
            room=room, seq=room.last_seq, client_id=client_id, author=by, body=text, is_example=is_example
        )
        transaction.on_commit(lambda: announcements.message_posted(room.pk, message.seq))
    return message


def _same_text(standing: Message, text: str) -> Message:
    if standing.body != text:
        raise ValidationError(
            _("Your message was posted before you changed it. To post the changed text as well, send it again."),
            code="already_posted",
        )
    return standing


def mark_read(*, room: Room, by: Any, seq: int) -> None:
    """`by` has read up to message `seq` (more than there is: up to the newest). Never goes back.

    Raises PermissionDenied for people who may not enter.
    """
    if not can_enter(by, room):
        raise PermissionDenied(_("You may not enter this room."))
    seq = min(seq, room.last_seq)
    if not ReadMark.objects.filter(room=room, user=by, seq__lt=seq).update(seq=seq):
        ReadMark.objects.get_or_create(room=room, user=by, defaults={"seq": seq})


def audience_changed(room_id: int) -> None:
    """Who may enter changed: open sockets are asked again once this is committed."""
    transaction.on_commit(lambda: announcements.ask_again(room_id=room_id))
