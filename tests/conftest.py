"""What every test stands on: which engines it runs on, and a network that ends at this machine."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_django
from django.conf import settings
from django.core.signals import request_started
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone, translation
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.databases import KeptDatabase, MigratedRows, end_other_connections

#: The engines of the grown-up installation, and the variable that names each one's address.
GROWN_ENGINES = {"PostgreSQL": "DATABASE_URL", "Redis": "REDIS_URL", "Elasticsearch": "ELASTICSEARCH_URL"}
EMBEDDED_ENGINES = {"PostgreSQL": "SQLite", "Redis": "memory", "Elasticsearch": "tantivy"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--grown", action="store_true", help="refuse to run unless every grown-up engine is there")
    parser.addoption("--quick", action="store_true", help="leave out what is slow")


def engines() -> dict[str, str]:
    """Grown-up engine -> the address the tests use, or "" where its embedded stand-in takes its place."""
    return {engine: os.environ.get(variable, "") for engine, variable in GROWN_ENGINES.items()}


def without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}"


def pytest_report_header() -> str:
    used = (
        f"{engine} at {without_password(url)}" if url else f"{EMBEDDED_ENGINES[engine]} for {engine}"
        for engine, url in engines().items()
    )
    return f"engines: {', '.join(used)}"


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--grown"):
        for engine, url in engines().items():
            if not url:
                pytest.exit(f"--grown: {GROWN_ENGINES[engine]} is not set, so {engine} is missing", returncode=3)
            if not listens(url):
                pytest.exit(f"--grown: {engine} does not answer at {without_password(url)}", returncode=3)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not all(engines().values()):
        about_engines = [item for item in items if item.get_closest_marker("grown_only")]
        config.hook.pytest_deselected(items=about_engines)
        items[:] = [item for item in items if item not in set(about_engines)]
    if config.getoption("--quick"):
        slow = [item for item in items if item.get_closest_marker("slow") or item.path.parent.name == "walks"]
        slow += [item for item in items if item.path.name == "test_demo.py"]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in set(slow)]


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a test asks for falls into one window of the rate limits, whatever the clock says."""
    from portal.core import ratelimit

    monkeypatch.setattr(ratelimit, "time", SimpleNamespace(time=lambda: 1_800_000_030.0))


LEFT_OUT = "left out"


@pytest.fixture
def left_out(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Say why this machine cannot try what the test is about; the run's end repeats it.

    In CI that is a failure, unless the machine itself `forbids` it: CI can install what is missing, not allow it.
    """

    def say(reason: str, *, forbids: bool = False) -> None:
        if os.environ.get("CI") == "true" and not forbids:
            pytest.fail(reason)
        record_property(LEFT_OUT, reason)

    return say


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for reason in (str(value) for name, value in report.user_properties if name == LEFT_OUT):
            if report.when == "call":
                terminalreporter.write_line(f"left out: {report.nodeid}: {reason}")


@pytest.fixture(autouse=True)
def _indexes_of_the_cms(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wagtail keeps its index of references and its own search at every save, a quarter of the tests' time.

    Only a test marked `cms_indexes` has them kept.
    """
    if request.node.get_closest_marker("cms_indexes"):
        monkeypatch.setitem(settings.WAGTAILSEARCH_BACKENDS["default"], "AUTO_UPDATE", True)
        yield
    else:
        with disable_reference_index_auto_update():
            yield


def listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A SQLite file goes with its folder; a database on a server is dropped."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def kept_database() -> KeptDatabase:
    return KeptDatabase()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, kept_database: KeptDatabase) -> None:
    """Before pytest-django makes the database: start from a copy of one that is migrated."""
    # Migrations make and drop models by the thousand; looking for garbage in between takes a fifth of their time.
    gc.disable()
    if connection.vendor == "sqlite":
        kept_database.copy()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, kept_database: KeptDatabase, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """After pytest-django made it: keep it for the next, and its rows for after a test that commits."""
    kept_database.keep()
    gc.enable()
    with django_db_blocker.unblock():
        rows = MigratedRows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: rows.put_back())
        yield
    with django_db_blocker.unblock():
        end_other_connections()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process remembers until content changes is forgotten: a rolled-back test changes nothing after its end."""
    from portal.core.outages import redis_server
    from portal.core.pagecache import generation
    from search import registry

    redis_server.answered()

    generation().advance()
    registry.synonyms_changed()


@pytest.fixture(autouse=True)
def _nobody_s_language() -> Iterator[None]:
    """A page asked for in one language leaves it active: the next test begins without."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def indexed() -> Iterator[None]:
    """What a test changes is in the index when it asks for a page, as after the commit."""
    from tests.factories.commits import index_what_waits

    request_started.connect(index_what_waits)
    yield
    request_started.disconnect(index_what_waits)


@pytest.fixture(autouse=True)
def _nothing_indexed() -> Iterator[None]:
    """What a test put into the index goes with it, as what it put into the database does."""
    from search import backends
    from search.backends.base import Change
    from search.signals import index_changed

    changes: list[Any] = []

    def note(sender: Any, **_kwargs: Any) -> None:
        changes.append(sender)

    engine = backends.current()
    index_changed.connect(note)
    yield
    index_changed.disconnect(note)
    left = [Change(key, None) for key, _fingerprint in engine.fingerprints()] if changes else []
    if left:
        engine.apply(left)


class OutsideNetworkError(AssertionError):
    """A test reached for something outside this machine."""


@pytest.fixture(autouse=True, scope="session")
def _no_outside_network() -> Iterator[None]:
    """Connections leave this machine for no test: what a test needs, it starts."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(name: str) -> Any:
        original = {"connect": connect, "connect_ex": connect_ex}[name]

        def call(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
                raise OutsideNetworkError(f"a test tried to connect to {address[0]}:{address[1]}")
            return original(self, address)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded("connect"))
        patch.setattr(socket.socket, "connect_ex", guarded("connect_ex"))
        yield


def is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _search_index_of_this_run() -> Iterator[None]:
    """Elasticsearch outlives the run: what it put there goes with it."""
    yield
    options = settings.SEARCH["OPTIONS"]
    if "url" in options:
        from elasticsearch import Elasticsearch

        with Elasticsearch(options["url"]) as client:
            names = list(client.indices.get(index=f"{options['index']}*", ignore_unavailable=True))
            if names:
                client.indices.delete(index=names)
