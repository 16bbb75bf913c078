"""Is the portal ready? Each part with its reason when it is not."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks import task_backends
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from search import health as search_health

from . import mail
from .outages import redis_server

logger = logging.getLogger(__name__)

#: More letters waiting than this means the mail server or the worker is down.
MAIL_BACKLOG = 200
#: A task waiting longer than this means that no worker runs.
LATE = timedelta(minutes=5)
#: Seconds for a message from here to here.
PATIENCE = 3.0

Check = Callable[[], tuple[bool, str]]


def database() -> tuple[bool, str]:
    """The database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return False, f"database does not answer: {type(error).__name__}"
    return True, "answers"


def channel_layer() -> tuple[bool, str]:
    """The channel layer carries a message from here to here."""
    layer = get_channel_layer()
    if layer is None:
        return False, "no channel layer is configured"

    async def there_and_back() -> None:
        async with asyncio.timeout(PATIENCE):
            name = await layer.new_channel()
            await layer.send(name, {"type": "health", "id": uuid.uuid4().hex})
            await layer.receive(name)

    try:
        async_to_sync(there_and_back)()
    except Exception as error:  # noqa: BLE001  whatever the layer raises is the reason
        return False, f"channel layer does not carry messages: {type(error).__name__}"
    return True, "carries messages"


def shared_cache() -> tuple[bool, str]:
    """The cache keeps a value. One that is away is asked nothing for a moment, and holds nothing."""
    key, value = f"health:{uuid.uuid4().hex}", "kept"
    try:
        cache.set(key, value, timeout=5)
        kept = cache.get(key) == value
    except Exception as error:  # noqa: BLE001  whatever the cache raises is the reason
        return False, f"cache does not answer: {type(error).__name__}"
    if not kept and redis_server.away:
        return False, "cache does not answer"
    return kept, "keeps values" if kept else "cache lost a value at once"


def backlog() -> tuple[bool, str]:
    """Letters do not pile up."""
    try:
        waiting = mail.waiting()
    except DatabaseError as error:
        return False, f"mail outbox unreadable: {type(error).__name__}"
    if waiting > MAIL_BACKLOG:
        return False, f"{waiting} letters wait: look at their reason of failure, then run `manage.py drain_mail --all`"
    return True, f"{waiting} letters wait"


def tasks() -> tuple[bool, str]:
    """The worker takes what is handed to it. Tasks run in the process itself need none."""
    if not isinstance(task_backends["default"], DatabaseBackend):
        return True, "run in the process"
    late = timezone.now() - LATE
    try:
        waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=late).count()
    except DatabaseError as error:
        return False, f"task table unreadable: {type(error).__name__}"
    if waiting:
        return False, f"{waiting} tasks wait for over five minutes: is `manage.py db_worker` running?"
    return True, "the worker keeps up"


CHECKS: dict[str, Check] = {
    "database": database,
    "search": search_health.check,
    "channel_layer": channel_layer,
    "cache": shared_cache,
    "mail": backlog,
    "tasks": tasks,
}


def report() -> tuple[bool, dict[str, dict[str, object]]]:
    """(all well, part -> {"ok", "reason"})."""
    parts: dict[str, dict[str, object]] = {}
    for name, check in CHECKS.items():
        ok, reason = check()
        parts[name] = {"ok": ok, "reason": reason}
        if not ok:
            logger.error("not ready: %s: %s", name, reason)
    return all(part["ok"] for part in parts.values()), parts
