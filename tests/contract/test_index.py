"""The life of an index: first use, changes, rebuilding beside searches, versions."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest

from search import backends
from search.backends.base import Change, SearchBackend
from search.plan import Everything
from search.query import InvalidRequestError, SearchRequest
from search.results import SearchResults
from tests.factories.search import document

Find = Callable[..., SearchResults]
Titles = Callable[..., list[str]]


@pytest.fixture
def index_name(elasticsearch_names: Callable[[], str]) -> str:
    return elasticsearch_names()


def test_the_first_use_makes_the_index(backend: SearchBackend, find: Find) -> None:
    assert backend.problem() == ""
    assert find("anything").total == 0


def test_two_processes_may_make_it_at_once(backend: SearchBackend, setting: dict[str, Any]) -> None:
    others = [backends.make(setting) for _ in range(4)]
    failures: list[Exception] = []

    def use(engine: SearchBackend) -> None:
        try:
            engine.apply([Change("term:1", document("One", type="term", id="1"))])
        except Exception as error:  # noqa: BLE001  a thread's error is looked at below
            failures.append(error)

    threads = [threading.Thread(target=use, args=(engine,)) for engine in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert backend.count(Everything(), [])[0] == 1


def test_a_change_replaces_and_a_removal_removes(backend: SearchBackend, titles: Titles) -> None:
    backend.apply([Change("term:1", document("First title", type="term", id="1"))])
    backend.apply([Change("term:1", document("Second title", type="term", id="1"))])
    assert titles("title") == ["Second title"]
    assert backend.apply([Change("term:1", None), Change("term:2", None)]) == {}
    assert titles("title") == []


def test_another_process_sees_a_change_at_once(
    backend: SearchBackend, setting: dict[str, Any], index: Callable[..., None]
) -> None:
    other = backends.make(setting)
    assert other.count(Everything(), [])[0] == 0
    index(document("Return"))
    assert other.count(Everything(), [])[0] == 1


def test_a_rebuilt_index_takes_over_in_one_step(
    backend: SearchBackend, index: Callable[..., None], titles: Titles
) -> None:
    index(document("Old one"), document("Old two"))
    build = backend.start_build()
    assert build.add([document("New one")]) == {}
    assert len(titles()) == 2
    build.publish()
    assert titles() == ["New one"]
    index(document("New two"))
    assert set(titles()) == {"New one", "New two"}


def test_an_abandoned_rebuild_leaves_the_live_index(
    backend: SearchBackend, index: Callable[..., None], titles: Titles
) -> None:
    index(document("Old one"))
    build = backend.start_build()
    build.add([document("New one")])
    build.abandon()
    assert titles() == ["Old one"]


def test_rebuilding_again_and_again_leaves_nothing_behind(
    engine: str, backend: SearchBackend, setting: dict[str, Any], index_name: str
) -> None:
    for _ in range(4):
        build = backend.start_build()
        build.add([document("Return")])
        build.publish()
    if engine == "embedded":
        left = [path.name for path in backend.path.iterdir() if path.is_dir()]
        assert len(left) == 1
    else:
        left = list(backend.client.indices.get(index=f"{index_name}-*"))
        assert len(left) == 2


def test_searches_go_on_through_swaps(
    backend: SearchBackend, setting: dict[str, Any], index: Callable[..., None]
) -> None:
    """Readers of other processes find exactly one of the whole indexes, never none and never half of one."""
    index(*(document("Return", id=str(number)) for number in range(30)))
    reader = backends.make(setting)
    seen: list[int] = []
    failures: list[Exception] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                seen.append(reader.count(Everything(), [])[0])
        except Exception as error:  # noqa: BLE001  a thread's error is looked at below
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    for size in (10, 20, 30):
        build = backend.start_build()
        build.add([document("Return", id=str(number)) for number in range(size)])
        build.publish()
    stop.set()
    thread.join()
    assert failures == []
    assert set(seen) <= {10, 20, 30}
    assert reader.count(Everything(), [])[0] == 30


def test_every_document_has_its_version_in_the_index(backend: SearchBackend, index: Callable[..., None]) -> None:
    one, two = document("One"), document("Two", body="text")
    index(one, two)
    assert dict(backend.fingerprints()) == {one.key: one.fingerprint, two.key: two.fingerprint}


def test_a_document_comes_back_as_it_went_in(index: Callable[..., None], find: Find) -> None:
    whole = document(
        "Повратак",
        summary="Summary",
        body="Body\nof two lines",
        keywords=("Return", "Rückkehr"),
        facets={"country": ["RS", "BA"], "stage": "return"},
        date=dt.date(2025, 1, 28),
        rank=1.5,
        version="7",
        language="sr",
    )
    index(whole)
    assert find("повратак").hits[0].document == whole


@pytest.mark.parametrize(
    ("values", "parameter"),
    [
        ({"text": "x" * 301}, "q"),
        ({"page": 0}, "page"),
        ({"page": 501}, "page"),
        ({"size": 0}, "size"),
        ({"size": 101}, "size"),
        ({"sort": "random"}, "sort"),
        ({"filters": {"colour": ("red",)}}, "colour"),
        ({"facets": ("colour",)}, "colour"),
    ],
)
def test_a_request_that_can_not_be_answered_names_its_part(
    backend: SearchBackend, values: dict[str, Any], parameter: str
) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        SearchRequest(**{"audiences": frozenset({"public"}), **values})
    assert refusal.value.parameter == parameter
    assert refusal.value.message
