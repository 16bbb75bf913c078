"""A test's transaction never commits: what would follow its commit is done by hand."""

from __future__ import annotations

from typing import Any

from django.db import connection

from portal.core.pagecache import generation
from search import indexing


def index_what_waits(**_signal: Any) -> None:
    """Bring what was changed into the index. No query when nothing was."""
    waiting = connection.run_on_commit
    if any(entry[1] is indexing._drain_soon for entry in waiting):
        waiting[:] = [entry for entry in waiting if entry[1] is not indexing._drain_soon]
        indexing.drain()


def as_after_the_commit() -> None:
    """What was changed is indexed, and what was remembered is forgotten; from here on things are remembered."""
    index_what_waits()
    generation().advance()
    connection.run_on_commit.clear()
