"""What is kept until content changes: whole pages for visitors, in front of Django, and any answer of a function.

A page for a visitor without a session is the same bytes for everyone of one language. Its key holds the content's
*generation*, which every change moves on after it commits, so a stale page can not be found. The generation lives in a
file (one machine, any number of processes) or in Redis (several machines); losing it only empties the cache.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, wraps
from pathlib import Path
from threading import Lock, local
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

import redis
from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from .outages import redis_server

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

StartResponse = Callable[..., Any]
WSGIApplication = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

#: A visitor's page is kept whole; larger answers (downloads) are not.
MAX_BODY = 512 * 1024
MAX_PAGES = 2000
#: Answers that are remembered of one kind (`Remembered`).
MOST_REMEMBERED = 128
_HEADERS_OF_ONE_REQUEST = {"x-request-id", "date", "server", "content-length", "cache-control", "vary", "etag"}


class Generation(Protocol):
    """The content's generation, shared by every process that serves it."""

    def current(self) -> str | None:
        """The generation now, or None when it can not be read (then nothing is served from or put into the cache)."""

    def advance(self) -> None:
        """Move on: no page stored before is found again."""


class FileGeneration:
    """A small file: its content's change is seen by its inode and time, one `stat` a request."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> str | None:
        """A name for the file's present state; a file that is not there, or not any more, is a new generation."""
        try:
            if not self.path.exists():
                self.advance()
            state = self.path.stat()
        except OSError:
            logger.exception("page cache off: generation unreadable")
            return None
        return f"{state.st_ino}-{state.st_mtime_ns}"

    def advance(self) -> None:
        """Replace the file in one step."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f"{self.path.name}.{uuid.uuid4().hex}")
        temporary.write_text(datetime.now(UTC).isoformat(), "ascii")
        temporary.replace(self.path)


class RedisGeneration:
    """A key in Redis. While Redis is away nothing is cached: slower, never stale."""

    KEY = "portal:page-generation"

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
        #: Content changed while Redis was away.
        self.behind = False

    def current(self) -> str | None:
        """The key's value; a new one where Redis has none, or lost it, or missed a change of this process."""
        value = redis_server.call(self._read, None)
        return value.decode() if isinstance(value, bytes) else None

    def _read(self) -> Any:
        value = None if self.behind else self.client.get(self.KEY)
        if value is None:
            self.client.set(self.KEY, uuid.uuid4().hex)
            self.behind = False
            value = self.client.get(self.KEY)  # whichever process was last
        return value

    def advance(self) -> None:
        """Write a value never used before."""
        try:
            self.client.set(self.KEY, uuid.uuid4().hex)
            self.behind = False
        except redis.RedisError as error:
            redis_server.failed(error)
            # Others can not be told now; they serve nothing from the cache until Redis is back, and then this process
            # tells them at its next request. A process that ends before leaves it to the command.
            self.behind = True
            logger.warning("page cache: generation not advanced; run `manage.py clear_page_cache` when Redis is back")


@cache
def generation() -> Generation:
    """The generation of this installation, by its settings."""
    if settings.PAGE_CACHE_REDIS_URL:
        return RedisGeneration(settings.PAGE_CACHE_REDIS_URL)
    return FileGeneration(Path(settings.PAGE_CACHE_GENERATION_FILE))


def content_changed() -> None:
    """Drop every cached page once the running transaction commits (at once outside one)."""
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        generation().advance()
        return
    # Once a transaction is enough, however many rows it writes.
    if not _change_pending():
        transaction.on_commit(_advance)


def _change_pending() -> bool:
    """Whether the running transaction has changed content and not yet committed."""
    return any(entry[1] is _advance for entry in transaction.get_connection().run_on_commit)


def _advance() -> None:
    generation().advance()


class _Passing(local):
    """How often, in this thread, something was made that holds for the moment alone."""

    number = 0


_passing = _Passing()


def only_for_now() -> None:
    """Have nothing that is being made be remembered, nor the page around it.

    For what stands in for something that is away: content need not change for it to be wrong in a minute.
    """
    _passing.number += 1


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One answer: its lasting headers, the body plain and gzipped, and when it ends (monotonic seconds)."""

    headers: list[tuple[str, str]]
    body: bytes
    zipped: bytes
    etag: str
    ends: float


class PageCache:
    """WSGI middleware: answers a visitor's read from memory where the page stands, otherwise asks the application."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.pages: OrderedDict[tuple[str, ...], StoredPage] = OrderedDict()
        self.lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        key = self._key(environ)
        if key is None:
            return self.application(environ, start_response)
        with self.lock:
            stored = self.pages.get(key)
            if stored is not None:
                self.pages.move_to_end(key)
        if stored is not None and stored.ends > time.monotonic():
            return self._answer(environ, start_response, stored)
        return self._ask(key, environ, start_response)

    def _key(self, environ: dict[str, Any]) -> tuple[str, ...] | None:
        """What the answer depends on, or None for a request that is not a visitor's read."""
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or environ.get("HTTP_COOKIE")
            or environ.get("HTTP_AUTHORIZATION")
        ):
            return None
        path = environ.get("PATH_INFO", "")
        if not path.startswith("/") or path.startswith(
            ("/static/", "/health/", "/cms/", "/mail/", "/files/", "/documents/")
        ):
            return None
        now = generation().current()
        if now is None:
            return None
        # Dates decide what is next and what is overdue: the day is part of the key.
        day = timezone.localdate().isoformat()
        scheme = environ.get("HTTP_X_FORWARDED_PROTO") or environ["wsgi.url_scheme"]
        host = environ.get("HTTP_HOST", "")
        # Only an address without a language answers by the browser's languages.
        accepted = environ.get("HTTP_ACCEPT_LANGUAGE", "") if path.count("/") < 3 else ""
        return (now, day, scheme, host, environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), accepted)

    def _ask(self, key: tuple[str, ...], environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Ask the application and keep the answer where it is a page for every visitor."""
        head: list[Any] = []
        before = _passing.number

        def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], Any]:
            head[:] = [status, headers, exc_info]
            return lambda _data: None

        answer = self.application(environ, note)
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        status, headers, exc_info = head
        names = {name.lower(): value for name, value in headers}
        keepable = (
            status.startswith("200")
            and "set-cookie" not in names
            and names.get("content-type", "").startswith("text/html")
            and "no-store" not in names.get("cache-control", "")
            and "private" not in names.get("cache-control", "")
            and len(body) <= MAX_BODY
            and _passing.number == before
        )
        if not keepable:
            start_response(status, headers, *([exc_info] if exc_info else []))
            return [body]
        page = StoredPage(
            headers=[
                *((name, value) for name, value in headers if name.lower() not in _HEADERS_OF_ONE_REQUEST),
                ("Cache-Control", "public, no-cache"),
                ("Vary", "Accept-Encoding, Cookie"),
            ],
            body=body,
            # Safe to compress: a visitor's page holds no secret whose length could be guessed at.
            zipped=gzip.compress(body, compresslevel=6, mtime=0),
            etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            ends=time.monotonic() + settings.PAGE_CACHE_SECONDS,
        )
        with self.lock:
            self.pages[key] = page
            while len(self.pages) > MAX_PAGES:
                self.pages.popitem(last=False)
        return self._answer(environ, start_response, page)

    @staticmethod
    def _answer(environ: dict[str, Any], start_response: StartResponse, page: StoredPage) -> Iterable[bytes]:
        """The stored page, or 304 when the visitor holds it already."""
        headers = [*page.headers, ("ETag", page.etag)]
        if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", headers)
            return [b""]
        body = page.body
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = page.zipped
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]


class Remembered(Generic[T]):
    """Answers by their keys, kept in this process until any content changes; the `most` latest of them.

    A key holds everything its answer depends on beside published content, such as audiences, language and day. Where
    the generation can not be read, and inside a transaction that changed content, answers are made each time.
    """

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self.most = most
        self.kept: OrderedDict[Hashable, tuple[str, T]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer for `key`: the one remembered, or what `make` gives now."""
        now = None if _change_pending() else generation().current()
        if now is None:
            return make()
        found = self.kept.get(key)
        if found is not None and found[0] == now:
            return found[1]
        before = _passing.number
        answer = make()
        if _passing.number != before:
            return answer
        self.kept.pop(key, None)
        self.kept[key] = (now, answer)
        while len(self.kept) > self.most:
            self.kept.popitem(last=False)
        return answer


def asked_for(params: QueryDict, names: Iterable[str]) -> str:
    """The query string with these parameters alone, in the order of `names`: a key that no other word can multiply."""
    asked = QueryDict(mutable=True)
    for name in names:
        if name in params:
            asked.setlist(name, params.getlist(name))
    return asked.urlencode()


def until_content_changes(function: Callable[P, T]) -> Callable[P, T]:
    """Remember what `function` gives for its arguments (hashable): see `Remembered`.

    For small tables that every page or search needs (labels of terms), and for markup that many readers share.
    """
    remembered = Remembered[T]()

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        return remembered.get((args, tuple(sorted(kwargs.items()))), lambda: function(*args, **kwargs))

    return ask
