"""The points are chosen so that certain orders hold whatever the documents; these tests are the proof."""

from __future__ import annotations

import datetime as dt

import pytest

from search.fields import TIERS, weight_of
from search.planning import ALIKE, BEGINNING, EXACT, OWN_LANGUAGE, POINTS, STEM, SYNONYM, TIE, edits, least_of
from tests.factories.search import document


def test_the_tiers_stand_in_order() -> None:
    assert [POINTS[tier] for tier in TIERS] == sorted(POINTS.values(), reverse=True)


def test_the_best_synonym_stands_below_the_weakest_direct_match() -> None:
    lowest = weight_of(document(rank=0.001, date=dt.date(1900, 1, 1)))
    highest = weight_of(document(rank=1000, date=dt.date(2200, 1, 1)))
    one_synonym = [points * SYNONYM * share for points in POINTS.values() for share in (EXACT, STEM)]
    best = max(one_synonym) + TIE * (sum(one_synonym) - max(one_synonym)) + OWN_LANGUAGE
    weakest = POINTS["all"] * STEM
    assert best * highest < weakest * lowest


def test_kinds_of_match_stand_in_order() -> None:
    assert EXACT > STEM > BEGINNING > SYNONYM > ALIKE


@pytest.mark.parametrize(("parts", "least"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (9, 6)])
def test_how_many_words_must_be_there(parts: int, least: int) -> None:
    assert least_of(parts) == least


@pytest.mark.parametrize(("word", "forgiven"), [("map", 0), ("asyl", 1), ("povrtak", 1), ("ombusdman", 2), ("2025", 0)])
def test_longer_words_are_forgiven_more(word: str, forgiven: int) -> None:
    assert edits(word) == forgiven
