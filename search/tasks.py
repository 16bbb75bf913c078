"""Work that leaves the request: in process after commit, or in `manage.py db_worker`, by the TASKS setting."""

from __future__ import annotations

import datetime as dt

from django_tasks import default_task_backend, task

from . import indexing


@task()
def drain_outbox() -> int:
    """Bring the changes that wait into the index; returns how many."""
    return indexing.drain().done


def drain_later(when: dt.datetime) -> None:
    """Try again at `when`, where the task backend has a worker that can wait; otherwise the next change tries again."""
    if default_task_backend.supports_defer:
        drain_outbox.using(run_after=when).enqueue()
