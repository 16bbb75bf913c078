from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from search.documents import SearchDocument
from search.fields import entry_of, weight_of
from tests.factories.search import document


def test_values_are_made_regular() -> None:
    made = document(
        facets={"country": ["RS", "BA", "RS"], "stage": "return", "tag": [], "series": None},
        date=dt.datetime(2025, 1, 28, 12, tzinfo=dt.UTC),
        keywords=("Return", " ", "Return", "Povratak"),
        id=7,
    )
    assert made.id == "7"
    assert made.date == dt.date(2025, 1, 28)
    assert made.keywords == ("Return", "Povratak")
    assert made.facets == {"country": ("BA", "RS"), "language": ("en",), "stage": ("return",), "year": ("2025",)}


def test_language_and_year_may_be_given_otherwise() -> None:
    made = document(facets={"year": ["2023", "2024"], "language": ["sr", "en"]}, date=dt.date(2025, 1, 1))
    assert made.facets == {"language": ("en", "sr"), "year": ("2023", "2024")}


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"type": "Good practice"}, "type"),
        ({"title": " "}, "title"),
        ({"id": ""}, "id"),
        ({"path": "/library/x/"}, "path"),
        ({"facets": {"Country": "RS"}}, "facet"),
        ({"facets": {"type": "x"}}, "facet"),
        ({"rank": 0}, "rank"),
    ],
)
def test_what_can_not_be_is_refused_by_name(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        document(**values)


def test_data_and_back() -> None:
    made = document(date=dt.date(2025, 1, 28), facets={"country": ["RS"]}, keywords=("x",))
    assert SearchDocument.from_data(made.as_data()) == made
    undated = document()
    assert SearchDocument.from_data(undated.as_data()) == undated


@pytest.mark.parametrize(
    "change",
    [
        {"title": "B"},
        {"body": "x"},
        {"audiences": {"members"}},
        {"rank": 2},
        {"version": "2"},
        {"facets": {"country": "RS"}},
    ],
)
def test_the_fingerprint_changes_with_everything(change: dict[str, Any]) -> None:
    same = {"id": "1", "slug": "a", "path": "a/"}
    assert document("A", **same).fingerprint == document("A", **same).fingerprint
    assert document(**{"title": "A", **same, **change}).fingerprint != document("A", **same).fingerprint


def test_the_weight_is_gentle() -> None:
    lowest = weight_of(document(rank=0.001, date=dt.date(1900, 1, 1)))
    highest = weight_of(document(rank=1000, date=dt.date(2200, 1, 1)))
    assert 1.0 <= lowest < weight_of(document()) < highest < 1.46
    assert highest / lowest < 1.45


def test_a_young_document_weighs_more_than_an_old_or_undated_one() -> None:
    young, old = document(date=dt.date(2025, 1, 2)), document(date=dt.date(2025, 1, 1))
    assert weight_of(young) > weight_of(old) > weight_of(document("A")) > weight_of(document("Б"))
    assert weight_of(document("100 days")) > weight_of(document("… dots")) - 1


def test_an_entry_has_terms_by_tier() -> None:
    entry = entry_of(
        document("Повратак", summary="Counselling", keywords=("Return", "Rückkehr"), body="Text", language="")
    )
    assert entry.texts["words_title"] == "povratak"
    assert entry.texts["words_keywords"] == "return | ruckkehr"
    assert entry.texts["words_all"] == "povratak | return | ruckkehr | counselling | text"
    assert entry.texts["heads_all"].startswith("povrat | return")
    assert "s:povratk" in entry.texts["stems_all"].split()
    assert entry.keywords["whole_keywords"] == ["return", "ruckkehr"]
    assert entry.keywords["facets"] == ["type=practice"]
