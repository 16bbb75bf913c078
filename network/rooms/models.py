"""Rooms, what is said in them, and how far each person has read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.members.models import User
from network.members.selectors import membership_of
from portal.core.models import Audience
from portal.vocabulary.models import Term

#: Characters of one message.
MAX_BODY = 4000


class Room(models.Model):
    """A place where members talk about one thing. Its audience decides who enters; nobody but members ever does.

    `last_seq` is the number of its newest message: they are numbered 1, 2, 3 … without gaps, and never renumbered.
    """

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(
        _("title"), max_length=120, blank=True, help_text=_("Empty: the topic's label, in the reader's language.")
    )
    topic = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, related_name="rooms", verbose_name=_("topic")
    )
    description = models.TextField(
        _("description"), max_length=500, blank=True, help_text=_("Empty: the definition of the topic.")
    )
    audiences = models.ManyToManyField(
        Audience, verbose_name=_("audience"), related_name="+", help_text=_("Who may enter, read and write.")
    )
    last_seq = models.PositiveBigIntegerField(default=0, editable=False)
    is_archived = models.BooleanField(
        _("archived"), default=False, help_text=_("Stays readable; nobody writes any more.")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering: ClassVar[list[str]] = ["slug"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(title="") | models.Q(topic__isnull=False),
                name="room_has_a_name",
                violation_error_message=_("Give the room a title or a topic."),
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.topic)

    def get_absolute_url(self) -> str:
        """The room's page in the active language."""
        return reverse("rooms:room", args=[self.slug])

    @property
    def about(self) -> str:
        """What the room is for: its description, or the definition of its topic."""
        return self.description or (self.topic.definition if self.topic else "")


@dataclass(frozen=True, slots=True)
class Byline:
    """How an author is shown: name, agency (may be empty), and two letters that stand for where they come from."""

    name: str
    agency: str
    sign: str


def byline_of(user: User) -> Byline:
    """The byline of `user` as of now: the country's code as the sign, or initials where the agency has no country."""
    membership = membership_of(user)
    agency = membership.agency if membership is not None else None
    name = user.get_full_name()
    if agency is None:
        return Byline(name, "", _initials(name))
    sign = "XK*" if agency.country == "XK" else agency.country
    return Byline(name, agency.acronym or agency.name, sign or _initials(name))


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


class Message(models.Model):
    """One message. `client_id` is the sender's own number for it: sent twice, it stands once."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="messages")
    seq = models.PositiveBigIntegerField()
    client_id = models.UUIDField()
    # A person who is deleted takes their name along, and leaves the conversation readable.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="messages")
    body = models.TextField(_("text"), max_length=MAX_BODY)
    created_at = models.DateTimeField(default=timezone.now)
    is_example = models.BooleanField(_("example"), default=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar[list[str]] = ["room", "seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_per_number"),
            models.UniqueConstraint(fields=["room", "author", "client_id"], name="one_message_per_client_id"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}#{self.seq}"

    @property
    def byline(self) -> Byline | None:
        """Who wrote it; None once the person is deleted. No query when author, membership and agency are at hand."""
        return byline_of(self.author) if self.author else None


class ReadMark(models.Model):
    """How far a person has read in a room: every message up to `seq`."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="read_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "user"], name="one_read_mark_per_room_and_user")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}: {self.seq}"
