"""Can the portal be searched, and is what it finds current?"""

from __future__ import annotations

from django.db import DatabaseError

from . import backends, indexing

#: More changes waiting than this means the worker or the engine is down.
MOST_WAITING = 1000


def check() -> tuple[bool, str]:
    """(well, reason): the engine answers, its index exists, and changes reach it. Never raises."""
    problem = backends.current().problem()
    if problem:
        return False, problem
    try:
        backlog = indexing.backlog()
    except DatabaseError as error:
        return False, f"search outbox unreadable: {type(error).__name__}"
    said = f"{backlog.waiting} changes wait, {backlog.failing} of them failed before"
    if backlog.reason:
        said = f"{said}: {backlog.reason}"
    if backlog.waiting > MOST_WAITING or backlog.is_late:
        return False, f"{said}; see the engine and the worker, then run `manage.py check_search`"
    return True, f"answers; {said}" if backlog.waiting else "answers; nothing waits"
