"""What every answer carries, and what the machines ask."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core import checks as django_checks
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from network.members.enums import Role
from portal.core import (
    checks,
    health,
    languages,
    lifespan,
    mail,
    navigation,
    pagecache,
    panels,
    ratelimit,
    views,
)
from portal.core.models import OutgoingMail
from portal.core.navigation import Section
from portal.core.outages import ForgivingRedisCache, redis_server
from portal.core.request_id import RequestIdFilter
from portal.pages.models import HomePage
from tests.factories.members import person
from tests.factories.pages import home_page, standard_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


# Headers


def test_public_and_members_pages_run_nothing_that_is_written_into_them(client: Client) -> None:
    policy = client.get("/en/organisations/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_the_cms_alone_has_the_relaxed_policy(client: Client) -> None:
    client.force_login(person(Role.STAFF))
    assert "'unsafe-inline'" in client.get("/cms/")["Content-Security-Policy"]
    assert "unsafe" not in client.get("/en/directory/")["Content-Security-Policy"]


def test_every_answer_carries_the_security_headers(client: Client) -> None:
    for address in ("/en/organisations/", "/en/nowhere/", "/health/live", "/en/accounts/login/"):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]


def test_what_a_signed_in_person_sees_is_kept_by_nobody(client: Client) -> None:
    assert "Cache-Control" not in client.get("/en/organisations/").headers
    client.force_login(person())
    assert client.get("/en/organisations/")["Cache-Control"] == "private, no-store"


def test_a_well_formed_request_id_is_passed_on_and_any_other_replaced(client: Client) -> None:
    assert (
        client.get("/health/live", headers={"X-Request-ID": "from-the-proxy-1"})["X-Request-ID"] == "from-the-proxy-1"
    )
    for wrong in ("short", "x" * 65, "with space in it", ""):
        given = client.get("/health/live", headers={"X-Request-ID": wrong})["X-Request-ID"]
        assert given != wrong
        assert len(given) == 32


def test_log_lines_carry_the_request_id() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "words", (), None)
    assert RequestIdFilter().filter(record)
    assert record.request_id == "-"


def test_the_line_about_an_error_carries_the_number_that_the_visitor_got(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    answer = client.get("/en/nowhere/")
    (record,) = [each for each in caplog.records if each.name == "django.request"]
    assert vars(record)["request_id"] == answer["X-Request-ID"]


# Errors


def test_what_browsers_and_password_managers_ask_for_by_name_is_there(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/portal/img/favicon.ico"
    assert finders.find("portal/img/favicon.ico")
    answer = client.get("/.well-known/change-password", headers={"accept-language": "de"})
    assert (answer.status_code, answer["Location"]) == (302, "/de/accounts/password/change/")


def test_errors_have_pages_of_the_portal(client: Client) -> None:
    client.raise_request_exception = False
    missing = client.get("/en/nowhere/")
    assert missing.status_code == 404
    assert 'role="search"' in missing.content.decode()
    client.force_login(person())
    assert "Project staff and focal points only" in client.get("/en/applications/").content.decode()


def test_a_form_without_its_token_is_refused_with_words() -> None:
    careful = Client(enforce_csrf_checks=True)
    response = careful.post("/en/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "<h1" in response.content.decode()


def test_the_last_resort_needs_neither_database_nor_session(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = views.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "<h1" in response.content.decode()


def test_a_request_that_can_not_be_read_is_a_400(client: Client) -> None:
    response = client.get("/en/organisations/", headers={"host": "evil.example"})
    assert response.status_code == 400


# Health


def test_the_process_lives_and_every_part_is_ready(client: Client) -> None:
    assert client.get("/health/live").content == b"live\n"
    response = client.get("/health/ready")
    parts = response.json()["parts"]
    assert set(parts) == {"database", "search", "channel_layer", "cache", "mail", "tasks"}
    for name in ("database", "channel_layer", "cache", "mail"):
        assert parts[name]["ok"], parts[name]["reason"]


def test_a_red_part_says_why_and_the_whole_is_not_ready(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    OutgoingMail.objects.bulk_create(
        OutgoingMail(to="a@agency.example", template="x", language="en", subject="x", body="x")
        for _each in range(health.MAIL_BACKLOG + 1)
    )
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert "drain_mail" in response.json()["parts"]["mail"]["reason"]
    assert "not ready: mail" in caplog.text


def broken(error: Exception) -> Any:
    def breaks(*args: Any, **kwargs: Any) -> Any:
        raise error

    return breaks


def test_a_part_that_fails_is_red_with_the_failures_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.connection, "cursor", broken(DatabaseError("gone")))
    assert health.database() == (False, "database does not answer: DatabaseError")
    monkeypatch.setattr(mail, "waiting", broken(DatabaseError("gone")))
    assert health.backlog() == (False, "mail outbox unreadable: DatabaseError")
    monkeypatch.setattr(health.cache, "set", broken(ConnectionError("gone")))
    assert health.shared_cache() == (False, "cache does not answer: ConnectionError")
    monkeypatch.setattr(health, "get_channel_layer", lambda: None)
    assert health.channel_layer() == (False, "no channel layer is configured")


def test_a_channel_layer_that_does_not_carry_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut:
        async def new_channel(self) -> str:
            raise ConnectionError

    monkeypatch.setattr(health, "get_channel_layer", Cut)
    assert health.channel_layer() == (False, "channel layer does not carry messages: ConnectionError")


def test_a_channel_layer_that_loses_messages_is_red_instead_of_holding_up_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Loses:
        async def new_channel(self) -> str:
            return "here"

        async def send(self, name: str, message: object) -> None:
            pass

        async def receive(self, name: str) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(health, "get_channel_layer", Loses)
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    assert health.channel_layer() == (False, "channel layer does not carry messages: TimeoutError")


def test_work_that_nobody_takes_is_red(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    assert health.tasks() == (True, "the worker keeps up")
    task = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, task_path="x", queue_name="default", backend_name="default"
    )
    assert health.tasks() == (True, "the worker keeps up")
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=timezone.now() - dt.timedelta(minutes=6))
    ok, reason = health.tasks()
    assert not ok
    assert reason == "1 tasks wait for over five minutes: is `manage.py db_worker` running?"


def test_a_cache_that_forgets_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.cache, "get", lambda key: None)
    assert health.shared_cache() == (False, "cache lost a value at once")


def test_a_cache_that_is_away_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "cache", ForgivingRedisCache("redis://127.0.0.1:9/0", {}))
    assert health.shared_cache() == (False, "cache does not answer")


# Rate limits


def test_what_was_typed_can_be_sent_again_and_a_password_never_stands_on_a_page(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {"account_login": "0/m", "vetting:apply": "0/m"}
    client.force_login(person(Role.APPLICANT))
    kept = client.post("/en/apply/", {"position": "Desk officer", "reason": 'To "learn"'})
    assert kept.status_code == 429
    assert 'name="reason" value="To &quot;learn&quot;"' in kept.content.decode()
    refused = Client().post("/en/accounts/login/", {"login": "ana@agency.example", "password": "secret-words"})
    assert refused.status_code == 429
    assert "secret-words" not in refused.content.decode()


@pytest.mark.parametrize(
    ("limit", "read"), [("30/m", (30, 60)), ("1/s", (1, 1)), ("20/h", (20, 3600)), ("5/10m", (5, 600))]
)
def test_a_limit_is_a_number_a_period(limit: str, read: tuple[int, int]) -> None:
    assert ratelimit.parse(limit) == read


@pytest.mark.parametrize("limit", ["", "30", "x/m", "30/d", "-1/m", "30/m/ip", "5/0m"])
def test_a_limit_that_can_not_be_read_is_named(limit: str, settings: Any) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        ratelimit.parse(limit)
    settings.RATE_LIMITS = {"search:results": limit}
    (error,) = checks.rate_limits_are_readable(None)
    assert "RATE_LIMITS['search:results']" in error.msg


def test_over_the_limit_one_waits_and_others_do_not(client: Client, settings: Any, one_window: None) -> None:
    settings.RATE_LIMITS = {"search:results": "2/m"}
    for _each in range(2):
        assert client.get("/en/search/?q=x").status_code == 200
    response = client.get("/en/search/?q=x")
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "<h1" in response.content.decode()
    assert client.get("/en/search/?q=x", REMOTE_ADDR="10.0.0.9").status_code == 200
    client.force_login(person())
    assert client.get("/en/search/?q=x").status_code == 200


def test_a_limit_of_none_lets_nobody_through(settings: Any) -> None:
    assert ratelimit.exceeded(action="x", who="y", limit="0/m")


def test_a_window_that_ends_between_two_looks_counts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit.cache, "add", lambda *args, **kwargs: False)
    assert not ratelimit.exceeded(action="x", who="gone", limit="1/m")


def test_while_the_cache_is_away_nobody_is_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "cache", ForgivingRedisCache("redis://127.0.0.1:9/0", {}))
    assert not any(ratelimit.exceeded(action="x", who="y", limit="1/m") for _ in range(3))
    assert redis_server.away


# Checks


def test_the_settings_of_the_tests_are_in_order() -> None:
    assert django_checks.run_checks() == []


def test_folders_must_be_writable(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.os, "access", lambda path, mode: False)
    found = checks.folders_are_writable(None)
    assert [error.id for error in found] == ["portal.E002"] * 3
    assert "STATIC_ROOT" in found[1].msg


def test_production_is_warned_of_what_is_not_shared(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.PORTAL_DEV_PAGES = True
    settings.WAGTAILADMIN_BASE_URL = "http://portal.example.org"
    assert [warning.id for warning in checks.production_shares_its_state(None)] == [
        f"portal.W00{number}" for number in range(1, 6)
    ]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}
    settings.PORTAL_DEV_PAGES = False
    settings.WAGTAILADMIN_BASE_URL = "https://portal.example.org"
    assert checks.production_shares_its_state(None) == []


# Languages and sections


@pytest.mark.parametrize(
    ("path", "code", "there"),
    [
        ("/en/library/x/", "sr-latn", "/sr-latn/library/x/"),
        ("/library/x/", "sr", "/sr/library/x/"),
        ("/", None, "/en/"),
        ("/de/", "en", "/en/"),
        ("/entry/", "de", "/de/entry/"),
    ],
)
def test_an_address_has_a_counterpart_in_each_language(path: str, code: str | None, there: str) -> None:
    assert languages.in_language(path, code) == there


def test_an_address_can_be_told_from_its_language() -> None:
    assert languages.without_language("/sr-latn/library/x/") == "library/x/"
    assert languages.without_language("/library/") == "library/"


def test_codes_tags_and_keys_of_the_facts_go_together() -> None:
    assert languages.html_tag("sr") == "sr-Cyrl"
    assert languages.html_tag("fr") == "fr"
    assert languages.html_tag(None) == ""
    assert [languages.from_label_key(key) for key in ("sr-Cyrl", "sr-Latn", "bs")] == ["sr", "sr-latn", "bs"]
    assert {language.code for language in languages.languages()} == set(languages.CODES)


@pytest.mark.parametrize("code", languages.CODES)
def test_every_interface_language_answers_with_its_own_tag(client: Client, code: str) -> None:
    page = client.get(f"/{code}/organisations/").content.decode()
    assert f'<html lang="{languages.html_tag(code)}"' in page


def test_sections_stand_in_order_and_members_places_are_members_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_sections", {})
    navigation.register(Section("b", "Second", "second/", 20))
    navigation.register(Section("a", "First", "first/", 10))
    navigation.register(Section("m", "Inside", "inside/", 30, members_only=True))
    request = RequestFactory().get("/bs/second/page/")
    with override("bs"):
        assert [link.label for link in navigation.sections(request)] == ["First", "Second"]
        request.audiences = frozenset({"members"})
        links = navigation.sections(request)
    assert [(link.url, link.current) for link in links] == [
        ("/bs/first/", ""),
        ("/bs/second/", "true"),
        ("/bs/inside/", ""),
    ]


@pytest.fixture
def own_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_registered", {"home": []})


def markup_of(panel: panels.Panel) -> SafeString:
    return SafeString(panel.template)


def test_panels_stand_in_order_and_those_with_nothing_to_show_are_left_out(own_panels: None) -> None:
    for order, template in ((20, "second"), (10, "first"), (15, "")):
        panels.register("home", order)(
            lambda request, subject, template=template: panels.Panel(template) if template else None
        )
    assert panels.panels("home", HttpRequest(), None, markup_of) == ["first", "second"]
    with pytest.raises(KeyError):
        panels.register("nowhere", 1)(lambda request, subject: None)


def test_a_kept_panel_is_built_once_for_readers_alike_and_again_once_content_changed(own_panels: None) -> None:
    built: list[frozenset[str]] = []

    @panels.register("home", 10, kept=True)
    def panel(request: HttpRequest, subject: Any) -> panels.Panel:
        built.append(frozenset(request.audiences))
        return panels.Panel(f"{subject.title} for {len(built)}")

    def shown(*tokens: str, preview: bool = False) -> list[SafeString]:
        request = RequestFactory().get("/")
        request.audiences, request.is_preview = tokens, preview
        return panels.panels("home", request, page, markup_of)

    page = HomePage(pk=7, title="Home")
    connection.run_on_commit.clear()
    assert shown("public") == shown("public") == ["Home for 1"]
    assert shown("public", "members") == ["Home for 2"]
    assert shown("public", preview=True) == ["Home for 3"]
    with override("bs"):
        assert shown("public") == ["Home for 4"]
    assert shown("public") == ["Home for 1"]
    pagecache.generation().advance()
    assert shown("public") == ["Home for 5"]


def test_robots_are_told_where_not_to_go_and_where_the_map_is(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /cms/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_the_sitemap_holds_public_pages_under_their_own_language_and_no_others(client: Client) -> None:
    standard_page(home_page(), slug="public-page")
    standard_page(home_page(), "members", slug="members-page")
    text = client.get("/sitemap.xml").content.decode()
    assert "/en/public-page/" in text
    assert "members-page" not in text


# Start and stop of the server


def test_the_server_runs_its_chores_at_start_and_stop_and_outlives_a_failing_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []
    monkeypatch.setattr(lifespan, "_on_start", [])
    monkeypatch.setattr(lifespan, "_on_stop", [])

    @lifespan.on_start
    def fails() -> None:
        raise RuntimeError("no mail server")

    lifespan.on_start(lambda: done.append("started"))

    @lifespan.on_stop
    async def stops() -> None:
        done.append("stopped")

    said: list[str] = []
    asked = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Any:
        return next(asked)

    async def send(message: Any) -> None:
        said.append(message["type"])

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        done.append(scope["type"])

    server = lifespan.Lifespan(inner)

    async def run() -> None:
        await server({"type": "lifespan"}, receive, send)
        await server({"type": "http"}, receive, send)

    asyncio.run(run())
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert done == ["started", "stopped", "http"]
    assert "start-up chore" in caplog.text
