"""Whole pages from memory: for visitors only, in one language, and never stale."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test import Client
from django.utils import timezone
from redis import RedisError
from wagtail.models import Locale

from network.members.enums import Role
from network.members.services import Refused
from network.rooms.services import post_message
from portal.core import pagecache
from portal.core.outages import redis_server
from portal.core.pagecache import FileGeneration, PageCache, RedisGeneration, StoredPage
from tests.factories.members import AgencyFactory, person
from tests.factories.pages import home_page, standard_page
from tests.factories.practices import library
from tests.factories.rooms import RoomFactory
from tests.factories.search import SILENT

pytestmark = pytest.mark.django_db

Commit = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Commit:
    """``with committed():`` is a transaction of its own: what waits for its commit happens at its end."""

    @contextmanager
    def transaction() -> Iterator[None]:
        connection.run_on_commit.clear()  # what the set-up left waiting is none of this transaction's
        with django_capture_on_commit_callbacks(execute=True):
            yield
        connection.run_on_commit.clear()

    return transaction


class Answer:
    """What a visitor's browser gets."""

    def __init__(self, cache: PageCache, path: str, **environ: str) -> None:
        query = path.partition("?")[2]
        given = {"PATH_INFO": path.partition("?")[0], "QUERY_STRING": query, "HTTP_HOST": "testserver", **environ}
        given["wsgi.input"] = io.BytesIO()
        setup_testing_defaults(given)
        parts = cache(given, self._start)
        self.body = b"".join(parts)
        getattr(parts, "close", lambda: None)()

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        self.status = int(status[:3])
        self.headers = {name.lower(): value for name, value in headers}
        return lambda data: None

    @property
    def text(self) -> str:
        return self.body.decode()


class CountingApplication:
    """The portal's pages, and how often they were made."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.made = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.made += 1
        return self.handler(environ, start_response)


@pytest.fixture
def portal() -> CountingApplication:
    return CountingApplication()


@pytest.fixture
def cache(portal: CountingApplication) -> PageCache:
    return PageCache(portal)


@pytest.fixture(autouse=True)
def _home() -> None:
    home_page()


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The connection holds the test's transaction: a request must not close it (Django's test client does the same)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_a_page_is_made_once_for_every_visitor(cache: PageCache, portal: CountingApplication) -> None:
    first, second = Answer(cache, "/en/organisations/"), Answer(cache, "/en/organisations/")
    assert portal.made == 1
    assert first.body == second.body
    assert (first.status, second.status) == (200, 200)


def test_a_page_says_how_it_may_be_kept_and_a_browser_that_holds_it_gets_304(cache: PageCache) -> None:
    first = Answer(cache, "/en/organisations/")
    assert first.headers["cache-control"] == "public, no-cache"
    assert "Cookie" in first.headers["vary"]
    again = Answer(cache, "/en/organisations/", HTTP_IF_NONE_MATCH=f'"other", {first.headers["etag"]}')
    assert (again.status, again.body) == (304, b"")
    assert Answer(cache, "/en/organisations/", HTTP_IF_NONE_MATCH='"other"').status == 200


def test_a_page_is_sent_compressed_to_who_takes_it(cache: PageCache) -> None:
    plain = Answer(cache, "/en/organisations/")
    zipped = Answer(cache, "/en/organisations/", HTTP_ACCEPT_ENCODING="br, gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert int(zipped.headers["content-length"]) == len(zipped.body) < len(plain.body)


def test_the_request_id_of_the_first_visitor_is_not_given_to_the_next(cache: PageCache) -> None:
    assert "x-request-id" not in Answer(cache, "/en/organisations/").headers


@pytest.mark.parametrize(
    "path", ["/en/", "/en/about/", "/en/organisations/", "/en/apply/", "/en/terms/", "/en/search/?q=return"]
)
def test_public_pages_set_no_cookie_hold_no_token_and_are_kept(
    cache: PageCache, portal: CountingApplication, path: str
) -> None:
    standard_page()
    answer = Answer(cache, path)
    assert answer.status == 200
    assert "set-cookie" not in answer.headers
    assert "csrfmiddlewaretoken" not in answer.text
    Answer(cache, path)
    assert portal.made == 1


@pytest.mark.parametrize("environ", [{"HTTP_COOKIE": "sessionid=x"}, {"HTTP_AUTHORIZATION": "Basic eDp4"}])
def test_whoever_might_be_somebody_neither_gets_nor_leaves_a_page(
    cache: PageCache, portal: CountingApplication, environ: dict[str, str]
) -> None:
    Answer(cache, "/en/organisations/", **environ)
    assert not cache.pages
    Answer(cache, "/en/organisations/")
    Answer(cache, "/en/organisations/", **environ)
    assert portal.made == 3


def test_a_signed_in_member_sees_people_and_leaves_them_to_nobody(cache: PageCache, client: Client) -> None:
    colleague = person(name="Colleague Seen")
    path = f"/en/organisations/{colleague.membership.agency.slug}/"
    client.force_login(person())
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    mine = Answer(cache, path, HTTP_COOKIE=cookie)
    assert "Colleague Seen" in mine.text
    assert mine.headers["cache-control"] == "private, no-store"
    assert "Colleague Seen" not in Answer(cache, path).text
    assert "Colleague Seen" in Answer(cache, path, HTTP_COOKIE=cookie).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en/nowhere/", 404),
        ("/en/accounts/login/", 200),
        ("/en/directory/", 302),
        ("/health/live", 200),
        ("/cms/", 302),
    ],
)
def test_errors_forms_redirects_and_the_machines_addresses_are_never_kept(
    cache: PageCache, path: str, status: int
) -> None:
    assert Answer(cache, path).status == status
    assert not cache.pages


def test_what_is_sent_is_never_answered_from_memory(cache: PageCache, portal: CountingApplication) -> None:
    Answer(cache, "/en/organisations/")
    assert Answer(cache, "/en/organisations/", REQUEST_METHOD="POST").status in {403, 405}
    assert portal.made == 2


def test_each_language_host_scheme_and_query_has_pages_of_its_own(cache: PageCache) -> None:
    pages = [
        Answer(cache, "/en/organisations/"),
        Answer(cache, "/sr/organisations/"),
        Answer(cache, "/sr-latn/organisations/"),
        Answer(cache, "/en/organisations/?q=x"),
        Answer(cache, "/en/organisations/", HTTP_HOST="localhost"),
        Answer(cache, "/en/organisations/", HTTP_X_FORWARDED_PROTO="https"),
    ]
    assert len(cache.pages) == len(pages)
    assert 'lang="sr-Cyrl"' in pages[1].text
    assert 'lang="sr-Latn"' in pages[2].text
    assert 'lang="en"' in Answer(cache, "/en/organisations/", HTTP_ACCEPT_LANGUAGE="sr").text


def test_the_first_address_answers_each_by_their_own_language(cache: PageCache) -> None:
    bosnian = Answer(cache, "/", HTTP_ACCEPT_LANGUAGE="bs")
    german = Answer(cache, "/", HTTP_ACCEPT_LANGUAGE="de")
    assert (bosnian.headers.get("location"), german.headers.get("location")) == ("/bs/", "/de/")


# Never stale


def test_a_publication_is_seen_at_once(cache: PageCache, committed: Commit) -> None:
    page = standard_page(lead="Before")
    assert "Before" in Answer(cache, "/en/about/").text
    with committed():
        page.lead = "After"
        page.save_revision().publish()
    assert "After" in Answer(cache, "/en/about/").text


def test_an_unpublished_page_is_gone_at_once(cache: PageCache, committed: Commit) -> None:
    page = standard_page()
    assert Answer(cache, "/en/about/").status == 200
    with committed():
        page.unpublish()
    assert Answer(cache, "/en/about/").status == 404


def test_a_narrowed_audience_closes_the_page_at_once(cache: PageCache, committed: Commit) -> None:
    page = standard_page()
    assert Answer(cache, "/en/about/").status == 200
    with committed():
        page.audiences.set(["members"])
        page.save_revision().publish()
    assert Answer(cache, "/en/about/").status == 404


def test_a_translation_is_seen_at_once(cache: PageCache, committed: Commit) -> None:
    page = standard_page(lead="Why we meet")
    locale, _made = Locale.objects.get_or_create(language_code="de")
    assert "Why we meet" in Answer(cache, "/de/about/").text
    with committed():
        for each in (home_page(), page):
            translated = each.copy_for_translation(locale)
            translated.lead = "Warum wir uns treffen"
            translated.save_revision().publish()
    for path in ("/de/about/", "/de/"):
        assert "Warum wir uns treffen" in Answer(cache, path).text


def test_a_change_of_a_record_is_seen_at_once(cache: PageCache, committed: Commit) -> None:
    agency = AgencyFactory(slug="service", name="Old name")
    assert "Old name" in Answer(cache, "/en/organisations/").text
    with committed():
        agency.name = "New name"
        agency.save()
    assert "New name" in Answer(cache, "/en/organisations/").text
    with committed():
        agency.delete()
    assert "New name" not in Answer(cache, "/en/organisations/").text


def test_a_change_that_is_taken_back_drops_nothing(
    cache: PageCache, portal: CountingApplication, committed: Commit
) -> None:
    Answer(cache, "/en/organisations/")
    with committed(), suppress(Refused), transaction.atomic():
        AgencyFactory()
        raise Refused
    Answer(cache, "/en/organisations/")
    assert portal.made == 1


def test_what_never_shows_on_a_public_page_drops_nothing(
    cache: PageCache, portal: CountingApplication, client: Client, committed: Commit
) -> None:
    member, room = person(Role.MEMBER), RoomFactory()
    Answer(cache, "/en/organisations/")
    with committed():
        client.force_login(member)
        post_message(room=room, by=member, body="Good morning.", client_id=uuid.uuid4())
    Answer(cache, "/en/organisations/")
    assert portal.made == 1


def test_many_changes_of_one_transaction_advance_once(committed: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    advanced: list[str] = []
    monkeypatch.setattr(FileGeneration, "advance", lambda self: advanced.append("file"))
    monkeypatch.setattr(RedisGeneration, "advance", lambda self: advanced.append("redis"))
    with committed():
        AgencyFactory.create_batch(5)
    assert len(advanced) == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_outside_a_transaction_drops_the_pages_at_once() -> None:
    before = pagecache.generation().current()
    pagecache.content_changed()
    assert pagecache.generation().current() != before


def test_a_page_that_was_being_made_while_content_changed_is_not_kept_for_the_time_after() -> None:
    def changes_meanwhile(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        pagecache.generation().advance()
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"old"]

    cache = PageCache(changes_meanwhile)
    Answer(cache, "/en/about/")
    key = cache._key({"REQUEST_METHOD": "GET", "PATH_INFO": "/en/about/", "wsgi.url_scheme": "http"})
    assert key not in cache.pages


def test_the_day_in_the_region_is_part_of_a_pages_key(cache: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    days = iter([dt.date(2026, 1, 1), dt.date(2026, 1, 2)])
    monkeypatch.setattr(timezone, "localdate", lambda: next(days))
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/en/", "wsgi.url_scheme": "http"}
    assert cache._key(environ) != cache._key(environ)


def test_a_page_ends_after_its_time(cache: PageCache, portal: CountingApplication, settings: Any) -> None:
    settings.PAGE_CACHE_SECONDS = 0
    for _each in range(2):
        Answer(cache, "/en/organisations/")
    assert portal.made == 2


def test_a_command_drops_every_page(cache: PageCache, portal: CountingApplication) -> None:
    Answer(cache, "/en/organisations/")
    call_command("clear_page_cache")
    Answer(cache, "/en/organisations/")
    assert portal.made == 2


def test_the_oldest_pages_go_when_there_are_too_many(cache: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecache, "MAX_PAGES", 2)
    for number in range(4):
        Answer(cache, f"/en/organisations/?q={number}")
    assert [key[6] for key in cache.pages] == ["q=2", "q=3"]


def plain(headers: list[tuple[str, str]], body: bytes = b"x", status: str = "200 OK") -> PageCache:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(status, headers)
        return [body]

    return PageCache(application)


HTML = ("Content-Type", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "cache",
    [
        plain([HTML, ("Set-Cookie", "a=b")]),
        plain([("Content-Type", "application/json")]),
        plain([HTML, ("Cache-Control", "no-store")]),
        plain([HTML, ("Cache-Control", "private")]),
        plain([HTML], b"x" * (pagecache.MAX_BODY + 1)),
        plain([HTML], status="503 Service Unavailable"),
    ],
)
def test_only_public_pages_of_a_reasonable_size_are_kept(cache: PageCache) -> None:
    answer = Answer(cache, "/en/x/")
    assert answer.body.startswith(b"x")
    assert not cache.pages


def test_a_page_without_the_generation_is_neither_kept_nor_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def current(self) -> None:
            return None

    cache = plain([HTML])
    monkeypatch.setattr(pagecache, "generation", Away)
    assert Answer(cache, "/en/x/").status == 200
    assert not cache.pages


# The generation


def test_the_file_moves_on_and_is_the_same_for_every_process(tmp_path: Path) -> None:
    here, there = FileGeneration(tmp_path / "deep" / "generation"), FileGeneration(tmp_path / "deep" / "generation")
    seen = {here.current()}
    for _each in range(3):
        here.advance()
        assert there.current() == here.current()
        seen.add(here.current())
    assert len(seen) == 4


def test_a_file_that_was_lost_is_a_new_generation(tmp_path: Path) -> None:
    generation = FileGeneration(tmp_path / "generation")
    seen = [generation.current()]
    generation.advance()
    generation.path.unlink()
    assert generation.current() not in seen
    assert generation.current() == generation.current()


def test_an_unreadable_file_turns_the_cache_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert FileGeneration(tmp_path / "file" / "below").current() is None
    assert "page cache off" in caplog.text


class FakeRedis:
    """The two commands the generation uses; `away` as when the server does not answer."""

    def __init__(self) -> None:
        self.value: bytes | None = None
        self.away = False

    def get(self, key: str) -> bytes | None:
        if self.away:
            raise RedisError
        return self.value

    def set(self, key: str, value: str) -> None:
        if self.away:
            raise RedisError
        self.value = value.encode()


def test_redis_holds_the_generation_and_while_it_is_away_nothing_is_cached(caplog: pytest.LogCaptureFixture) -> None:
    generation = RedisGeneration("redis://localhost:9")
    server = generation.client = FakeRedis()
    first = generation.current()
    assert generation.current() == first
    generation.advance()
    assert generation.current() != first
    server.away = True
    assert generation.current() is None
    generation.advance()
    assert "clear_page_cache" in caplog.text


def test_what_redis_lost_or_missed_is_a_new_generation_and_never_an_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server, "pause", 0)
    generation = RedisGeneration("redis://localhost:9")
    server = generation.client = FakeRedis()
    seen = {generation.current()}
    generation.advance()
    seen.add(generation.current())
    server.value = None  # started again with an empty memory
    assert generation.current() not in seen
    seen.add(generation.current())
    server.away = True
    generation.advance()
    server.away = False
    assert generation.current() not in seen
    assert generation.current() == generation.current()


@pytest.fixture
def _own_generation() -> Iterator[None]:
    pagecache.generation.cache_clear()
    yield
    pagecache.generation.cache_clear()


@pytest.mark.usefixtures("_own_generation")
@pytest.mark.parametrize(("url", "kind"), [("", FileGeneration), ("redis://localhost:9", RedisGeneration)])
def test_the_settings_choose_where_the_generation_lives(settings: Any, url: str, kind: type) -> None:
    settings.PAGE_CACHE_REDIS_URL = url
    assert isinstance(pagecache.generation(), kind)


def test_a_stored_page_does_not_change() -> None:
    page = StoredPage([], b"", b"", '"x"', 0.0)
    with pytest.raises(AttributeError):
        page.body = b"other"


def test_a_remembered_table_is_read_again_once_content_changed_and_never_while_it_does(committed: Commit) -> None:
    read: list[int] = []

    @pagecache.until_content_changes
    def table() -> int:
        read.append(1)
        return len(read)

    connection.run_on_commit.clear()
    assert [table(), table()] == [1, 1]
    with committed():
        AgencyFactory()
        assert [table(), table()] == [2, 3]  # what this transaction sees is nobody else's yet
    assert [table(), table()] == [4, 4]


def test_what_stands_in_for_something_that_is_away_is_kept_by_nobody(
    cache: PageCache, portal: CountingApplication, settings: Any
) -> None:
    library()
    working = settings.SEARCH
    settings.SEARCH = SILENT
    connection.run_on_commit.clear()
    for _twice in range(2):
        assert "Here are the newest" in Answer(cache, "/en/library/").text
    assert portal.made == 2
    settings.SEARCH = working
    assert "Here are the newest" not in Answer(cache, "/en/library/").text
    Answer(cache, "/en/library/")
    assert portal.made == 3
