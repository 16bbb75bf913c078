"""Does the index hold what the database says? Compares ids and versions, and repairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import backends, indexing
from .backends.base import Change
from .models import OutboxRow
from .registry import registrations

BATCH = 200


@dataclass(slots=True)
class Comparison:
    """Keys that differ, and key -> reason for what can not be built or repaired.

    Changes still in the outbox do not count.
    """

    same: int = 0
    missing: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    repaired: int = 0

    @property
    def differences(self) -> int:
        """How many documents differ."""
        return len(self.missing) + len(self.outdated) + len(self.surplus)

    @property
    def is_well(self) -> bool:
        """Whether index and database agree now."""
        return not self.failures and self.repaired == self.differences


def compare(*, repair: bool) -> Comparison:
    """Compare every document; with `repair` bring the index to the database's state. Raises EngineUnavailableError."""
    if repair:
        indexing.retry_now()
    indexed = dict(backends.current().fingerprints())
    waiting = set() if repair else set(OutboxRow.objects.values_list("key", flat=True))
    found = Comparison()
    wrong: list[Change] = []
    for change in _present(found):
        document = change.document
        known = indexed.pop(change.key, None)
        if change.key in waiting:
            continue
        if document is None:
            found.surplus += [change.key] if known else []
        elif known is None:
            found.missing.append(change.key)
        elif known != document.fingerprint:
            found.outdated.append(change.key)
        if known != (document.fingerprint if document else None):
            wrong.append(change)
        else:
            found.same += 1
        if repair and len(wrong) >= BATCH:
            _repair(wrong, found)
    left = [key for key in indexed if key not in waiting and key not in found.failures]
    found.surplus += left
    wrong += [Change(key, None) for key in left]
    if repair:
        _repair(wrong, found)
    return found


def _present(found: Comparison) -> Iterator[Change]:
    """What the database says, one registered instance after the other."""
    for registration in registrations():
        for instance in registration.queryset().order_by("pk").iterator(chunk_size=BATCH):
            key = registration.key(instance.pk)
            try:
                yield Change(key, registration.build(instance))
            except Exception as error:  # noqa: BLE001  the comparison goes on; the reason is in the report
                found.failures[key] = f"{type(error).__name__}: {error}"


def _repair(wrong: list[Change], found: Comparison) -> None:
    refused = backends.current().apply(wrong) if wrong else {}
    found.failures |= refused
    found.repaired += len(wrong) - len(refused)
    wrong.clear()
