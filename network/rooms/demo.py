"""Example rooms with a few example messages, on real themes of the vocabulary."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.db import transaction

from network.members.models import User, WorkingGroup
from portal.core import demo
from portal.core.audience import group_token
from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term

from . import services
from .models import Message, Room

FACTS = Path(__file__).parent / "facts" / "rooms.yaml"
#: The example messages' numbers are made from their place in the file: loading again finds them.
NAMESPACE = uuid.UUID("6b1f2a52-7c3f-5d0e-9b6a-0d5f4c1e2a37")


@demo.register(order=70)
def load_rooms(report: demo.DemoReport) -> None:
    """Create the rooms that are missing, each with its messages; a room that stands is not touched."""
    records = demo.read_facts(FACTS)["rooms"]
    people = {user.email: user for user in User.objects.filter(is_example=True)}
    topics = {term.slug: term for term in Term.objects.filter(kind=TermKind.THEME)}
    groups = {group_token(slug) for slug in WorkingGroup.objects.values_list("slug", flat=True)}
    standing = set(Room.objects.values_list("slug", flat=True))
    for record in records:
        if record["id"] in standing:
            continue
        audience = record["audience"]
        if audience.startswith("group:") and audience not in groups:
            report.notes.append(f"room {record['id']} left out: there is no {audience}")
            continue
        with transaction.atomic():
            room = _room(record, topics)
            written = [message for message in record["messages"] if _write(room, message, people)]
        report.count("rooms")
        report.count("messages", len(written))


def _room(record: dict[str, Any], topics: dict[str, Term]) -> Room:
    room = Room.objects.create(
        slug=record["id"],
        title=record.get("title", ""),
        topic=topics.get(record.get("topic", "")),
        description=record.get("description", ""),
    )
    room.audiences.set([record["audience"]])
    return room


def _write(room: Room, message: dict[str, str], people: dict[str, User]) -> Message | None:
    author = people.get(message["by"])
    if author is None:
        return None
    client_id = uuid.uuid5(NAMESPACE, f"{room.slug}:{message['text']}")
    return services.post_message(room=room, by=author, body=message["text"], client_id=client_id, is_example=True)
