"""``manage.py check_search``: does the index hold what the database says?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.backends.base import EngineUnavailableError
from search.comparing import Comparison, compare

_SHOWN = 20


class Command(BaseCommand):
    """Compares ids and versions and repairs. Exit code 0 when index and database agree afterwards, 1 otherwise."""

    help = "Compare the search index with the database, document by document, and repair what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--dry-run`` leaves the index as it is."""
        parser.add_argument(
            "--dry-run", action="store_true", help="report only; changes waiting in the outbox do not count"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare and say what differs."""
        try:
            found = compare(repair=not options["dry_run"])
        except EngineUnavailableError as error:
            raise CommandError(str(error)) from error
        self._report("missing from the index", found.missing)
        self._report("outdated in the index", found.outdated)
        self._report("in the index but not to be found", found.surplus)
        for key, reason in sorted(found.failures.items()):
            self.stdout.write(f"failed: {key}: {reason}")
        self._finish(found, dry_run=options["dry_run"])

    def _report(self, what: str, keys: list[str]) -> None:
        if keys:
            more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
            self.stdout.write(f"{len(keys)} {what}: {', '.join(sorted(keys)[:_SHOWN])}{more}")

    def _finish(self, found: Comparison, *, dry_run: bool) -> None:
        said = (
            f"{found.same} documents agree, {found.differences} differed, "
            f"{found.repaired} repaired, {len(found.failures)} failed"
        )
        if found.is_well:
            self.stdout.write(said)
        elif dry_run and not found.failures:
            raise CommandError(f"{said}; run without --dry-run to repair")
        else:
            raise CommandError(said)
