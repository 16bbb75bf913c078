"""``manage.py rebuild_search``: a new search index from the database."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.backends.base import EngineUnavailableError
from search.rebuilding import RebuildRunningError, rebuild


class Command(BaseCommand):
    """Builds beside the live index and swaps. Exit code 1 when a record could not be indexed or the engine is away."""

    help = "Build a new search index from the database beside the live one, then swap. Searches go on meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, with a line for each model and one every two seconds within it."""
        started = last = time.monotonic()

        def progress(label: str, done: int, everything: int) -> None:
            nonlocal last
            now = time.monotonic()
            if options["verbosity"] and (done == everything or now - last > 2):
                last = now
                self.stdout.write(f"{label}: {done} of {everything}")

        try:
            report = rebuild(progress)
        except (RebuildRunningError, EngineUnavailableError) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            counts = ", ".join(f"{count} {name}" for name, count in sorted(report.documents.items()))
            self.stdout.write(
                f"{report.total} documents in {time.monotonic() - started:.1f} s ({counts or 'nothing to find'})"
            )
        if report.failures:
            lines = "\n".join(f"  {key}: {reason}" for key, reason in sorted(report.failures.items()))
            raise CommandError(f"{len(report.failures)} records could not be indexed and wait in the outbox:\n{lines}")
