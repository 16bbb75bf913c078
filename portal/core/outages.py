"""What the portal does while a server it stands on is away: nothing that waits for it, one line in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache
from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Breaker:
    """One server. After a failure it is not asked for `pause` seconds, so that an outage costs no request its time.

    Its going and its coming back are logged once each, however many ask for it meanwhile.
    """

    def __init__(self, name: str, failures: tuple[type[Exception], ...], pause: float = 1.0) -> None:
        self.name = name
        self.failures = failures
        self.pause = pause
        self.lock = Lock()
        self.away = False
        self._asked_again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server is away and it is too early to ask again."""
        return self.away and time.monotonic() < self._asked_again_at

    def call(self, function: Callable[[], T], otherwise: T) -> T:
        """What `function` answers, or `otherwise` while the server is away."""
        if self.is_open:
            return otherwise
        try:
            answer = function()
        except self.failures as error:
            self.failed(error)
            return otherwise
        self.answered()
        return answer

    def failed(self, error: Exception) -> None:
        """Note that the server did not answer."""
        with self.lock:
            self._asked_again_at = time.monotonic() + self.pause
            if self.away:
                return
            self.away = True
        logger.error("%s is away: %s: %s", self.name, type(error).__name__, error)

    def answered(self) -> None:
        """Note that the server answered."""
        if not self.away:
            return
        with self.lock:
            if not self.away:
                return
            self.away = False
        logger.warning("%s is back", self.name)


#: Cache and page generation live in one Redis.
redis_server = Breaker("Redis", (redis.RedisError,))


class ForgivingRedisCache(RedisCache):
    """Django's cache in Redis, where a cache that cannot be reached holds nothing and takes nothing.

    Wagtail, allauth and the portal itself ask it on nearly every page; none of them can do without an answer.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Whether the value was stored."""
        return bool(redis_server.call(lambda: super(ForgivingRedisCache, self).add(*args, **kwargs), False))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        return redis_server.call(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Store a value."""
        redis_server.call(lambda: super(ForgivingRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there was a value whose end was moved."""
        return bool(redis_server.call(lambda: super(ForgivingRedisCache, self).touch(*args, **kwargs), False))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there was a value."""
        return bool(redis_server.call(lambda: super(ForgivingRedisCache, self).delete(*args, **kwargs), False))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The values that are there."""
        nothing: dict[str, Any] = {}
        return redis_server.call(lambda: super(ForgivingRedisCache, self).get_many(*args, **kwargs), nothing)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there is a value."""
        return bool(redis_server.call(lambda: super(ForgivingRedisCache, self).has_key(*args, **kwargs), False))

    def incr(self, key: str, *args: Any, **kwargs: Any) -> int:
        """The number after adding. Raises ValueError when there is none, or none to be had."""
        found = redis_server.call(lambda: super(ForgivingRedisCache, self).incr(key, *args, **kwargs), None)
        if found is None:
            raise ValueError(f"Key {key!r} not found")
        return int(found)

    def set_many(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> list[str]:
        """The keys that could not be stored."""
        return redis_server.call(lambda: super(ForgivingRedisCache, self).set_many(data, *args, **kwargs), list(data))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        """Delete values."""
        redis_server.call(lambda: super(ForgivingRedisCache, self).delete_many(*args, **kwargs), None)

    def clear(self) -> None:
        """Delete everything."""
        redis_server.call(lambda: super(ForgivingRedisCache, self).clear(), None)


#: What PostgreSQL says (SQLSTATE) when it is going, coming, or full: 08…, and the rest by name.
_POSTGRESQL_AWAY = {"57P01", "57P02", "57P03", "53300"}
#: What SQLite says when the file cannot be used now.
_SQLITE_AWAY = (
    "database is locked",
    "unable to open database file",
    "disk i/o error",
    "database or disk is full",
    "attempt to write a readonly database",
)


def database_is_away(error: BaseException | None) -> bool:
    """Whether `error`, or what it came from, says that the database cannot be reached or used now.

    A statement that the database understood and refused is a fault of the portal, and none of these.
    """
    return any(_says_away(each) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _says_away(error: BaseException) -> bool:
    if isinstance(error, InterfaceError):  # the connection is closed
        return True
    if not isinstance(error, OperationalError):
        return False
    words = str(error).lower()
    if any(sentence in words for sentence in _SQLITE_AWAY):
        return True
    if error.__cause__ is None or not type(error.__cause__).__module__.startswith("psycopg"):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    # Without a state the server was not reached, or went in the middle.
    return state is None or state.startswith("08") or state in _POSTGRESQL_AWAY
