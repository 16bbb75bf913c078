"""Work that one process does at a time, across processes and machines, by a row in the database."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from .models import Lease


@dataclass(frozen=True, slots=True)
class Held:
    """A lease in hand: renew it before it ends, release it when done."""

    name: str
    holder: str
    length: dt.timedelta

    def renew(self) -> bool:
        """Hold it for its whole length from now; False when it was lost to another."""
        mine = Lease.objects.filter(name=self.name, holder=self.holder)
        return mine.update(until=timezone.now() + self.length) == 1

    def release(self) -> None:
        """Give it back."""
        Lease.objects.filter(name=self.name, holder=self.holder).update(holder="", until=timezone.now())


def take(name: str, *, seconds: float) -> Held | None:
    """The lease `name` for so many seconds, or None while another holds it."""
    length = dt.timedelta(seconds=seconds)
    now = timezone.now()
    holder = uuid.uuid4().hex
    free = Lease.objects.filter(name=name, until__lte=now)
    # One conditional update wins, on every database; the first time the row is made before it.
    won = free.update(holder=holder, until=now + length)
    if not won and not Lease.objects.filter(name=name).exists():
        Lease.objects.bulk_create([Lease(name=name, until=now)], ignore_conflicts=True)
        won = free.update(holder=holder, until=now + length)
    return Held(name, holder, length) if won else None


def is_held(name: str) -> bool:
    """Whether somebody holds the lease now."""
    return Lease.objects.filter(name=name, until__gt=timezone.now()).exists()
