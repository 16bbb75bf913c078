"""A new index from the database, built beside the live one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from . import backends, indexing, leases
from .backends.base import IndexBuild
from .documents import SearchDocument
from .models import OutboxRow
from .registry import Registration, registrations
from .signals import index_changed

logger = logging.getLogger(__name__)

BATCH = 200

Progress = Callable[[str, int, int], None]


class RebuildRunningError(Exception):
    """Another process is rebuilding; the message says what to do."""


@dataclass(slots=True)
class RebuildReport:
    """type -> documents put in; key -> reason for what could not be."""

    documents: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Documents in the new index."""
        return sum(self.documents.values())


def rebuild(progress: Progress | None = None) -> RebuildReport:
    """Read everything into a new index and swap it in.

    Searches go on in the old one meanwhile, and no change is lost. `progress(label, done, all)` is called after each
    batch of a model. Changes drained meanwhile are applied to the new index after the swap. A record whose builder
    fails is left out, reported, and kept in the outbox. Raises RebuildRunningError, and EngineUnavailableError (the
    live index stays).
    """
    lease = leases.take("rebuild", seconds=indexing.REBUILD_SECONDS)
    if lease is None:
        raise RebuildRunningError(
            "another process is rebuilding the search index; if it died, its claim ends within five minutes"
        )
    report = RebuildReport()
    try:
        build = backends.current().start_build()
        try:
            for registration in registrations():
                _read(registration, build, report, lease, progress)
        except BaseException:
            build.abandon()
            raise
        build.publish()
    finally:
        lease.release()
    _keep(report)
    index_changed.send(sender=OutboxRow)
    indexing.drain()
    return report


def _read(
    registration: Registration, build: IndexBuild, report: RebuildReport, lease: leases.Held, progress: Progress | None
) -> None:
    """One model's instances, in batches."""
    queryset = registration.queryset().order_by("pk")
    everything = queryset.count()
    seen = 0
    batch: list[SearchDocument] = []
    for instance in queryset.iterator(chunk_size=BATCH):
        seen += 1
        try:
            document = registration.build(instance)
        except Exception as error:
            # One broken record must not keep everything else out of the index.
            logger.exception("search: %s can not be built", registration.key(instance.pk))
            report.failures[registration.key(instance.pk)] = f"{type(error).__name__}: {error}"
            continue
        if document is not None:
            batch.append(document)
        if len(batch) >= BATCH:
            _put(batch, build, report)
            lease.renew()
            if progress:
                progress(registration.label, seen, everything)
    _put(batch, build, report)
    if progress:
        progress(registration.label, everything, everything)


def _put(batch: list[SearchDocument], build: IndexBuild, report: RebuildReport) -> None:
    refused = build.add(batch) if batch else {}
    report.failures |= refused
    for document in batch:
        if document.key not in refused:
            report.documents[document.type] = report.documents.get(document.type, 0) + 1
    batch.clear()


def _keep(report: RebuildReport) -> None:
    """What failed waits in the outbox like any other change."""
    labels = {registration.type: registration.label for registration in registrations()}
    OutboxRow.objects.bulk_create(
        OutboxRow(
            key=key, model=labels[key.partition(":")[0]], object_id=key.partition(":")[2], attempts=1, reason=reason
        )
        for key, reason in report.failures.items()
    )
