"""Rooms and messages."""

from __future__ import annotations

import uuid
from typing import Any

import factory
from factory.django import DjangoModelFactory

from network.rooms.models import Message, Room
from portal.core.models import Audience

from .members import person
from .vocabulary import TermFactory


class RoomFactory(DjangoModelFactory):
    """A room for all members, on a theme. ``audiences`` takes tokens, made where missing; ``said``: messages in it."""

    class Meta:
        model = Room
        skip_postgeneration_save = True

    slug = factory.Sequence("room-{}".format)
    title = factory.Sequence("Room {}".format)
    topic = factory.SubFactory(TermFactory, theme=True)

    @factory.post_generation
    def audiences(self: Room, create: bool, extracted: Any, **kwargs: Any) -> None:
        tokens = ["members"] if extracted is None else extracted
        for token in tokens:
            kind, _colon, key = token.partition(":")
            audience, _made = Audience.objects.get_or_create(
                token=token, defaults={"kind": kind, "key": key, "label": (key or kind).capitalize()}
            )
            self.audiences.add(audience)

    @factory.post_generation
    def said(self: Room, create: bool, extracted: Any, **kwargs: Any) -> None:
        for _ in range(extracted or 0):
            MessageFactory(room=self)


class MessageFactory(DjangoModelFactory):
    """A message with the room's next number, as if it had been posted while nobody listened."""

    class Meta:
        model = Message

    client_id = factory.LazyFunction(uuid.uuid4)
    author = factory.LazyFunction(person)
    body = factory.Sequence("Message {}".format)

    @classmethod
    def _create(cls, model_class: type[Message], *args: Any, **kwargs: Any) -> Message:
        room = kwargs["room"]
        room.last_seq += 1
        room.save(update_fields=["last_seq"])
        return super()._create(model_class, *args, **{"seq": room.last_seq, **kwargs})
