"""A server that is away costs nobody an answer: the cache holds nothing, the database is out of order for a moment."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import caches
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from network.members.models import Agency
from portal.core import outages
from portal.core.outages import Breaker, ForgivingRedisCache, database_is_away
from tests.factories.members import person
from tests.factories.pages import home_page
from tests.rooms.redis_server import BINARY, RedisServer, free_port

NOWHERE = f"redis://127.0.0.1:{free_port()}/0"


class AwayError(Exception):
    pass


@pytest.fixture
def breaker(monkeypatch: pytest.MonkeyPatch) -> Breaker:
    made = Breaker("Redis", outages.redis_server.failures)
    monkeypatch.setattr(outages, "redis_server", made)
    return made


@pytest.fixture
def cache(breaker: Breaker) -> ForgivingRedisCache:
    return ForgivingRedisCache(NOWHERE, {"OPTIONS": {"socket_connect_timeout": 1}})


def test_a_cache_that_cannot_be_reached_holds_and_takes_nothing(cache: ForgivingRedisCache) -> None:
    assert cache.get("a") is None
    assert cache.get("a", "otherwise") == "otherwise"
    assert cache.get_or_set("a", lambda: "made") == "made"
    assert cache.add("a", 1) is False
    cache.set("a", 1)
    assert cache.touch("a") is False
    assert cache.delete("a") is False
    assert cache.has_key("a") is False
    assert "a" not in cache
    assert cache.get_many(["a", "b"]) == {}
    assert cache.set_many({"a": 1, "b": 2}) == ["a", "b"]
    cache.delete_many(["a"])
    cache.clear()
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")
    with pytest.raises(ValueError, match="not found"):
        cache.decr("a")


def test_an_outage_is_logged_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    breaker = Breaker("Redis", (AwayError,), pause=0)

    def fails() -> str:
        raise AwayError("gone")

    with caplog.at_level(logging.INFO, "portal.core.outages"):
        assert [breaker.call(fails, "none") for _ in range(34)] == ["none"] * 34
        assert breaker.call(lambda: "answer", "none") == "answer"
        assert breaker.call(lambda: "answer", "none") == "answer"
    assert [record.getMessage() for record in caplog.records] == ["Redis is away: AwayError: gone", "Redis is back"]


def test_what_is_away_is_not_asked_again_at_once() -> None:
    breaker = Breaker("Redis", (AwayError,), pause=60)
    asked = []

    def fails() -> None:
        asked.append(1)
        raise AwayError

    for _ in range(5):
        breaker.call(fails, None)
    assert len(asked) == 1


def test_another_error_is_nobodys_outage() -> None:
    with pytest.raises(KeyError):
        Breaker("Redis", (AwayError,)).call(lambda: {}["missing"], None)


@pytest.fixture
def own_redis(tmp_path: Path, left_out: Any) -> Iterator[RedisServer | None]:
    if BINARY is None:
        left_out("no redis-server")
        yield None
        return
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_cache_comes_back_with_its_server(own_redis: RedisServer | None, breaker: Breaker) -> None:
    if own_redis is None:
        return
    breaker.pause = 0
    cache = ForgivingRedisCache(own_redis.url, {})
    cache.set("a", 1)
    assert cache.get("a") == 1
    assert cache.incr("a") == 2
    own_redis.kill()
    assert cache.get("a") is None
    assert breaker.away
    own_redis.start()
    cache.set("a", 3)
    assert cache.get("a") == 3
    assert not breaker.away
    for pool in cache._cache._pools.values():
        pool.disconnect()


def psycopg_error(state: str | None) -> OperationalError:
    cause = psycopg.OperationalError("gone")
    cause.sqlstate = state
    error = OperationalError("gone")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (psycopg_error(None), True),
        (psycopg_error("08006"), True),
        (psycopg_error("57P01"), True),
        (psycopg_error("53300"), True),
        (psycopg_error("40P01"), False),  # a deadlock
        (psycopg_error("57014"), False),  # a statement that took too long
        (InterfaceError("connection already closed"), True),
        (OperationalError("database is locked"), True),
        (OperationalError("database or disk is full"), True),
        (OperationalError("no such table: members_user"), False),
        (KeyError("name"), False),
        (None, False),
    ],
)
def test_what_says_that_the_database_is_away(error: Exception | None, away: bool) -> None:
    assert database_is_away(error) is away


def test_what_came_of_an_outage_is_one_too() -> None:
    caught = None
    try:
        try:
            raise psycopg_error(None)
        except OperationalError as error:
            raise RuntimeError("no page") from error
    except RuntimeError as error:
        caught = error
    assert database_is_away(caught)


class DatabaseGone:
    """Every statement fails as it does when the server was killed."""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        raise OperationalError("database is locked") from psycopg.OperationalError("gone")


@pytest.fixture
def quiet_client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/en/", "/en/library/", "/en/search/?q=return", "/de/accounts/login/", "/cms/", "/documents/1/x.pdf"]
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_a_page_is_out_of_order_while_the_database_is_away(quiet_client: Client, address: str, signed_in: bool) -> None:
    home_page()
    if signed_in:
        quiet_client.force_login(person())
    quiet_client.cookies["never"] = "cached"
    with connection.execute_wrapper(DatabaseGone()):
        answer = quiet_client.get(address)
    # What needs no record is shown all the same, and a visitor's way to log in is.
    needs_none = not signed_in and address in ("/de/accounts/login/", "/cms/")
    assert answer.status_code == 503 or needs_none
    if answer.status_code == 503:
        assert answer["Retry-After"] == "30"
        assert "no-store" in answer["Cache-Control"]
        assert "Content-Security-Policy" in answer
        assert "error-page" in answer.content.decode()


@pytest.mark.django_db
def test_what_was_typed_can_be_sent_again(quiet_client: Client) -> None:
    quiet_client.force_login(person())
    with connection.execute_wrapper(DatabaseGone()):
        answer = quiet_client.post("/en/rooms/any/post/", {"body": "Typed <for> long", "client_id": "1"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert 'name="body" value="Typed &lt;for&gt; long"' in page
    assert 'action="/en/rooms/any/post/"' in page
    assert "csrfmiddlewaretoken" in page


@pytest.mark.django_db
def test_a_password_is_on_no_page(quiet_client: Client) -> None:
    with connection.execute_wrapper(DatabaseGone()):
        answer = quiet_client.post("/en/accounts/login/", {"login": "a@b.example", "password": "correct horse"})
    assert answer.status_code == 503
    assert "correct horse" not in answer.content.decode()


@pytest.mark.django_db
def test_a_machine_gets_an_answer_it_can_read(quiet_client: Client) -> None:
    with connection.execute_wrapper(DatabaseGone()):
        answer = quiet_client.get("/en/organisations/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json() == {"error": "The portal cannot reach its records."}


@pytest.mark.django_db
def test_a_fault_of_the_portal_stays_one(quiet_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no such column: colour")

    monkeypatch.setattr(Agency.objects, "order_by", fails)
    assert quiet_client.get("/en/organisations/").status_code == 500


def test_the_settings_name_the_cache_that_forgives() -> None:
    from config.settings import redis

    if redis.REDIS_URL:
        assert isinstance(caches["default"], ForgivingRedisCache)
    else:
        assert "locmem" in redis.caches()["default"]["BACKEND"]
