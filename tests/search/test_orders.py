"""Texts that stand in the order a list is read."""

import datetime as dt

import pytest

from search import orders
from search.documents import SearchDocument
from tests.factories.search import document

NOON = dt.datetime(2025, 1, 28, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "texts",
    [
        [orders.alphabetical(title) for title in ("Čaj", "Đak", "Дом", "dom za žene", "žena")],
        [orders.newest_first(when) for when in (NOON, dt.date(2025, 1, 28), dt.date(2025, 1, 27), dt.date.min, None)],
        [orders.newest_first(None, unknown=orders.FIRST), orders.newest_first(NOON)],
        [orders.soonest_first(day) for day in (dt.date(2024, 12, 31), dt.date(2025, 1, 1), None)],
        [orders.latest_year_first(year) for year in (99999, 2025, 1999, -1, None)],
        [orders.joined("a", "z"), orders.joined("a b", "a"), orders.joined("b", "a")],
    ],
)
def test_they_stand_in_order(texts: list[str]) -> None:
    assert texts == sorted(texts)
    assert len(set(texts)) == len(texts)


def test_a_document_has_its_title_and_its_moment_and_keeps_them_on_the_way_to_the_index() -> None:
    one = document("Čaj", date=NOON, until=dt.date(2025, 2, 1), gives_way={"de": {"members"}, "sr": set()})
    assert one.orders == {"title": "caj", "newest": orders.newest_first(NOON)}
    assert one.date == NOON.date()
    assert one.gives_way == {"de": frozenset({"members"})}
    again = SearchDocument.from_data(one.as_data())
    assert again == one
    assert again.fingerprint == one.fingerprint


def test_an_order_that_no_index_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no order 'colour'"):
        document(orders={"colour": "red"})
