"""One suite for every engine: tantivy always, Elasticsearch where ELASTICSEARCH_URL names one (--grown insists)."""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from search import backends, registry, search
from search.backends.base import Change, SearchBackend
from search.documents import SearchDocument
from search.query import SearchRequest
from search.results import SearchResults
from tests.factories.search_registry import empty_registry

ELASTICSEARCH_URL = os.environ.get("ELASTICSEARCH_URL", "")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" not in metafunc.fixturenames:
        return
    metafunc.parametrize("engine", ["embedded", *(["elasticsearch"] if ELASTICSEARCH_URL else [])])


def pytest_report_header() -> str:
    return "" if ELASTICSEARCH_URL else "search contract: embedded engine only, ELASTICSEARCH_URL is not set"


@pytest.fixture(scope="session")
def elasticsearch_names() -> Iterator[Callable[[], str]]:
    """Names for indexes on the server; what is found under them is removed at the end."""
    prefix = f"contract-{uuid.uuid4().hex[:10]}"
    numbers = itertools.count()
    yield lambda: f"{prefix}-{next(numbers)}"
    if ELASTICSEARCH_URL:
        with Elasticsearch(ELASTICSEARCH_URL) as client:
            names = list(client.indices.get(index=f"{prefix}*", ignore_unavailable=True))
            if names:
                client.indices.delete(index=names)


@pytest.fixture(scope="session")
def shared_name(elasticsearch_names: Callable[[], str]) -> str:
    """Making an index takes Elasticsearch longer than most tests: they share one, and find it empty."""
    return elasticsearch_names()


@pytest.fixture
def index_name(shared_name: str) -> str:
    """The index of a test on Elasticsearch; test_index.py, which is about indexes, has one for each test."""
    return shared_name


@pytest.fixture
def setting(engine: str, tmp_path: Path, index_name: str) -> dict[str, Any]:
    """A SEARCH setting with an index of the test's own."""
    if engine == "embedded":
        return {
            "BACKEND": "search.backends.embedded.EmbeddedBackend",
            "OPTIONS": {"path": str(tmp_path / "index")},
        }
    return {
        "BACKEND": "search.backends.elasticsearch.ElasticsearchBackend",
        "OPTIONS": {"url": ELASTICSEARCH_URL, "index": index_name, "timeout": 30.0},
    }


@pytest.fixture
def backend(setting: dict[str, Any], settings: Any) -> Iterator[SearchBackend]:
    """The engine, as the product finds it: by the setting. Its index is empty."""
    with empty_registry():
        registry.register_facet("country", "Country", {"RS": "Serbia", "BA": "Bosnia", "AL": "Albania"}.__getitem__, 10)
        registry.register_facet("stage", "Stage", str, 20)
        registry.register_facet("language", "Language", str, 30)
        for name in ("practice", "meeting", "term"):
            registry._types[name] = registry.TypeLabel(name, f"{name}s")
        settings.SEARCH = setting
        engine = backends.current()
        engine.apply([Change(key, None) for key, _fingerprint in engine.fingerprints()])
        yield engine
        if hasattr(engine, "client"):
            engine.client.close()


@pytest.fixture
def index(backend: SearchBackend) -> Callable[..., None]:
    """Put documents into the live index."""

    def put(*documents: SearchDocument) -> None:
        assert backend.apply([Change(document.key, document) for document in documents]) == {}

    return put


@pytest.fixture
def find(backend: SearchBackend) -> Callable[..., SearchResults]:
    """Search as somebody who holds `audiences`."""

    def run(text: str = "", **values: Any) -> SearchResults:
        return search(SearchRequest(**{"text": text, "audiences": frozenset({"public"}), **values}))

    return run


@pytest.fixture
def titles(find: Callable[..., SearchResults]) -> Callable[..., list[str]]:
    """The titles found, the best first."""

    def run(text: str = "", **values: Any) -> list[str]:
        return [hit.document.title for hit in find(text, **values).hits]

    return run
