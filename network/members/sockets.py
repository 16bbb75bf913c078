"""The viewer of a socket: who opened it, by which session, and whether both still hold.

A socket outlives the request that opened it, so what the session said then is asked again by whoever delivers to it
(`user_of`, `still_signed_in`). Sessions are rows of Django's session table in every installation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.db.models import QuerySet
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from portal.core.security_log import report

from .models import User
from .selectors import audiences_for

P = ParamSpec("P")
T = TypeVar("T")

# Django's own bridge runs all synchronous work of a process one after the other in a single thread (asgiref#218). These
# two run side by side, and keep a bounded number of database connections: a writer that waits for a lock holds up no
# reader, and so no delivery.
_readers = ThreadPoolExecutor(max_workers=3, thread_name_prefix="socket-read")
_writers = ThreadPoolExecutor(max_workers=3, thread_name_prefix="socket-write")

_DEFAULT_PORTS = {"http": 80, "https": 443}


async def reading(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function`, which reads the database, in a thread."""
    return await _in(_readers, partial(function, *args, **kwargs))


async def writing(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function`, which writes to the database, in a thread."""
    return await _in(_writers, partial(function, *args, **kwargs))


def _in(pool: Executor, call: Callable[[], T]) -> Awaitable[T]:
    return asyncio.get_running_loop().run_in_executor(pool, _with_living_connection, call)


def _with_living_connection(call: Callable[[], T]) -> T:
    """Call with the thread's database connection, renewed where it broke or is too old."""
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person behind one session. `auth_hash` changes with the password, or when all sessions are ended."""

    user_id: int
    session_key: str
    auth_hash: str


def user_of(session_key: str) -> User | None:
    """The person the session belongs to, as they are now; None for a session that ended or never was. Two queries."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user_id, backend = store.get(SESSION_KEY), store.get(BACKEND_SESSION_KEY)
    if user_id is None or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = _people().filter(pk=user_id).first()
    if user is None or not constant_time_compare(store.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return user


def still_signed_in(viewers: Collection[Viewer]) -> dict[Viewer, User]:
    """Those of `viewers` whose session still holds, each with the person as they are now.

    Four queries for any number; `audiences_for` costs none more for a member.
    """
    keys = {viewer.session_key for viewer in viewers}
    living = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    held = set(living.values_list("session_key", flat=True))
    people = _people().prefetch_related("working_groups").in_bulk({viewer.user_id for viewer in viewers})
    found: dict[Viewer, User] = {}
    for viewer in viewers:
        user = people.get(viewer.user_id)
        if user is None or viewer.session_key not in held:
            continue
        if constant_time_compare(viewer.auth_hash, user.get_session_auth_hash()):
            found[viewer] = user
    return found


def _people() -> QuerySet[User]:
    return User.objects.filter(is_active=True).select_related("membership__agency")


def is_same_origin(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the page that opens the socket came from the same host and port, and the host is one of ours.

    Stricter than Channels' validator, which asks ALLOWED_HOSTS alone: that knows no ports, and cookies neither, so
    another service on the same host could listen in.
    """
    given = {name: value.decode("latin-1") for name, value in headers}
    host = given.get(b"host", "")
    try:
        origin, asked = urlsplit(given.get(b"origin", "")), urlsplit(f"//{host}")
        default = _DEFAULT_PORTS[origin.scheme]
        same = (origin.hostname, origin.port or default) == (asked.hostname, asked.port or default)
    except (KeyError, ValueError):  # no origin, or one that is no address
        return False
    return same and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def session_key_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The session cookie's value, or nothing where it could not be one (PostgreSQL refuses some characters)."""
    cookies = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    return key if key.isascii() and key.isalnum() else ""


def report_refusal(scope: Any, reason: str) -> None:
    """Leave a line for whoever watches: a socket is refused. `scope` may not have a viewer yet."""
    address = str((scope.get("client") or ("",))[0])
    report("refused", user=scope.get("user"), address=address, path=scope["path"], method="SOCKET", reason=reason)


class ViewerSocketMiddleware:
    """Refuses sockets of another origin; others get ``viewer`` (None for a visitor), ``user`` and ``audiences``."""

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket."""
        if not is_same_origin(scope["headers"]):
            report_refusal(scope, "opened by a page of another address")
            # Closing before accepting fails the handshake: that page is told nothing.
            await receive()
            await send({"type": "websocket.close"})
            return
        seen = await reading(_seen_by, session_key_of(scope["headers"]))
        await self.application({**scope, **seen}, receive, send)


def _seen_by(session_key: str) -> dict[str, Any]:
    user = user_of(session_key) if session_key else None
    if user is None:
        return {"viewer": None, "user": AnonymousUser(), "audiences": audiences_for(AnonymousUser())}
    viewer = Viewer(user.pk, session_key, user.get_session_auth_hash())
    return {"viewer": viewer, "user": user, "audiences": audiences_for(user)}
