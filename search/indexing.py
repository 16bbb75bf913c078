"""From a change in the database to the index: outbox rows in the change's own transaction, drained after it commits.

A search engine that is down never breaks the change: the row stays, with the reason, and is tried again. Two leases
keep order: one process drains at a time (so an older state can not overwrite a newer one), one rebuilds at a time.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Min, Model, QuerySet
from django.utils import timezone

from . import backends, leases
from .backends.base import Change, EngineUnavailableError
from .models import OutboxRow
from .registry import Registration, registration_labelled, registration_of
from .signals import index_changed

logger = logging.getLogger(__name__)

BATCH = 200
#: Longer than the slowest batch: after it a drain that died is taken over.
DRAIN_SECONDS = 120.0
REBUILD_SECONDS = 300.0
FIRST_RETRY = 5.0
LAST_RETRY = 3600.0
#: Waiting longer than this means the worker or the engine is down.
LATE = dt.timedelta(minutes=5)

_paused: ContextVar[bool] = ContextVar("search_indexing_paused", default=False)


@dataclass(slots=True)
class DrainReport:
    """What a drain did: rows taken out, rows that failed and stay, when the first of these is to be tried again."""

    done: int = 0
    failed: int = 0
    again_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: rows in all, those that failed before, when the oldest was written, one reason of failure."""

    waiting: int
    failing: int
    oldest: dt.datetime | None
    reason: str

    @property
    def is_late(self) -> bool:
        """Whether the oldest change waits longer than it should."""
        return self.oldest is not None and timezone.now() - self.oldest > LATE


def enqueue(instance: Model) -> None:
    """Have `instance` indexed again (or removed) after the running transaction commits.

    Does nothing for models that are not registered. Call it inside the transaction of the change. Saves, deletions,
    publications and the instance's own many-to-many changes call it by themselves.
    """
    enqueue_all([instance])


def enqueue_all(instances: Iterable[Model]) -> None:
    """`enqueue` for many: one insert."""
    found = ((registration_of(instance), instance.pk) for instance in instances)
    enqueue_keys((registration, pk) for registration, pk in found if registration is not None)


def enqueue_keys(pairs: Iterable[tuple[Registration, object]]) -> None:
    """`enqueue` for registrations and primary keys, without the instances."""
    rows = {
        registration.key(pk): OutboxRow(key=registration.key(pk), model=registration.label, object_id=str(pk))
        for registration, pk in pairs
    }
    if not rows:
        return
    OutboxRow.objects.bulk_create(rows.values())
    waiting = {entry[1] for entry in transaction.get_connection().run_on_commit}
    if not _paused.get() and _drain_soon not in waiting:
        transaction.on_commit(_drain_soon)


def _drain_soon() -> None:
    from .tasks import drain_outbox  # the task imports this module

    try:
        drain_outbox.enqueue()
    except Exception:
        # The change is committed and the row written: whatever the task backend has against it must not fail the
        # request.
        logger.exception("search: drain not started; the outbox keeps the changes")


@contextmanager
def paused() -> Iterator[None]:
    """Collect changes without draining after each commit; drain once at the end. For loading much at a time."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)
    drain()


def drain() -> DrainReport:
    """Bring what waits into the index.

    Returns at once when another process is at it: that one takes the new rows too.
    """
    report = DrainReport()
    _take_back_held()
    while _due().exists():
        lease = leases.take("drain", seconds=DRAIN_SECONDS)
        if lease is None:
            break
        try:
            while rows := list(_due()[:BATCH]):
                _index(rows, report)
                if len(rows) < BATCH or not lease.renew():
                    break
        finally:
            lease.release()
        # Rows written between the last look and the release found the lease taken: look again.
    if report.done:
        index_changed.send(sender=OutboxRow)
    if report.again_at:
        from .tasks import drain_later  # the task imports this module

        drain_later(report.again_at)
    return report


def _due() -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(held=False, due_at__lte=timezone.now()).order_by("pk")


def _take_back_held() -> None:
    """What was held for a rebuild that ended this moment, or that died, is due again."""
    held = OutboxRow.objects.filter(held=True)
    if held.exists() and not leases.is_held("rebuild"):
        held.update(held=False)


def _index(rows: Sequence[OutboxRow], report: DrainReport) -> None:
    """Index the present state of what `rows` name; take out what succeeded, mark what failed."""
    changes, failures = _changes(rows)
    try:
        failures |= backends.current().apply(changes) if changes else {}
    except EngineUnavailableError as error:
        failures |= {change.key: str(error) for change in changes}
        logger.warning("search: %s changes wait for the engine: %s", len(changes), error)
    done = [row.pk for row in rows if row.key not in failures]
    if leases.is_held("rebuild"):
        OutboxRow.objects.filter(pk__in=done).update(held=True)
    else:
        OutboxRow.objects.filter(pk__in=done).delete()
    for row in rows:
        if row.key in failures:
            due = _put_off(row, failures[row.key])
            report.again_at = min(report.again_at or due, due)
    report.done += len(done)
    report.failed += len(rows) - len(done)


def _changes(rows: Sequence[OutboxRow]) -> tuple[list[Change], dict[str, str]]:
    """The state to bring into the index for each key, and key -> reason where a builder failed."""
    changes: list[Change] = []
    failures: dict[str, str] = {}
    by_model: dict[str, dict[str, str]] = {}
    for row in rows:
        by_model.setdefault(row.model, {})[row.object_id] = row.key
    for label, keys in by_model.items():
        registration = registration_labelled(label)
        if registration is None:
            failures |= dict.fromkeys(keys.values(), f"{label} is not registered with search")
            continue
        found = {str(instance.pk): instance for instance in registration.queryset().filter(pk__in=list(keys))}
        for pk, key in keys.items():
            try:
                document = registration.build(found[pk]) if pk in found else None
            except Exception as error:
                # One broken record must not hold up the others: it stays in the outbox under its reason.
                logger.exception("search: %s can not be built", key)
                failures[key] = f"{type(error).__name__}: {error}"
            else:
                changes.append(Change(key, document))
    return changes, failures


def _put_off(row: OutboxRow, reason: str) -> dt.datetime:
    """Keep the row with the reason; returns when it is due again."""
    wait = min(FIRST_RETRY * 2 ** min(row.attempts, 20), LAST_RETRY)
    due = timezone.now() + dt.timedelta(seconds=wait)
    OutboxRow.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, reason=reason[:2000], due_at=due)
    return due


def retry_now() -> DrainReport:
    """Drain, and try what failed before at once as well."""
    OutboxRow.objects.filter(attempts__gt=0).update(due_at=timezone.now())
    return drain()


def backlog() -> Backlog:
    """What waits to be indexed."""
    rows = OutboxRow.objects.filter(held=False)
    failing = rows.exclude(reason="")
    reason = failing.values_list("reason", flat=True).first() or ""
    oldest = rows.aggregate(oldest=Min("changed_at"))["oldest"]
    return Backlog(rows.count(), failing.count(), oldest, reason)
