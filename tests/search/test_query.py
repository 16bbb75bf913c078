from __future__ import annotations

import pytest

from search import registry
from search.query import MOST_WORDS, parse


@pytest.fixture(autouse=True)
def _facets() -> None:
    registry.register_facet("country", "Country", str)


def spelled(text: str) -> list[list[str]]:
    return [[" ".join(token.surface for token in unit.tokens) for unit in choices] for choices in parse(text).wanted]


def excluded(text: str) -> list[str]:
    return [" ".join(token.surface for token in unit.tokens) for unit in parse(text).excluded]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("forced return", [["forced"], ["return"]]),
        ('"forced return" monitor', [["forced return"], ["monitor"]]),
        ("„prisilni povratak“", [["prisilni povratak"]]),
        ("women OR children minors", [["women", "children"], ["minors"]]),
        ("women OR children OR minors", [["women", "children", "minors"]]),
        ("жене ИЛИ деца", [["жене", "деца"]]),
        ("OR women OR", [["women"]]),
        ("non-refoulement", [["non"], ["refoulement"]]),
        ("the return of women", [["return"], ["women"]]),
        ("the of", [["the"], ["of"]]),
        ('"the of"', [["the of"]]),
        ("ministry:interior", [["ministry"], ["interior"]]),
        ("women OR -men", [["women"]]),
        ("a b 5", [["5"]]),
    ],
)
def test_what_is_wanted(text: str, wanted: list[list[str]]) -> None:
    assert spelled(text) == wanted


def test_what_is_excluded() -> None:
    assert excluded('-serbia –"forced return" -non-refoulement 2024-2025') == [
        "serbia",
        "forced return",
        "non refoulement",
    ]


def test_filters_in_the_text() -> None:
    query = parse("country:RS country:BA type:meeting return -country:AL")
    assert query.filters == {"country": ("RS", "BA"), "type": ("meeting",)}
    assert spelled("country:RS return") == [["return"]]


def test_words_know_their_place_in_the_text() -> None:
    text = 'one "two three" four-five'
    places = [text[token.start : token.end] for unit in parse(text).units for token in unit.tokens]
    assert places == ["one", "two", "three", "four", "five"]


def test_a_lonely_quotation_mark_is_said() -> None:
    query = parse('"forced return')
    assert [unit.tokens[0].surface for unit in query.units] == ["forced", "return"]
    assert len(query.hints) == 1


def test_too_many_words_are_cut_and_said() -> None:
    query = parse(" ".join(f"word{number}" for number in range(MOST_WORDS + 5)))
    assert len(query.wanted) == MOST_WORDS
    assert str(MOST_WORDS) in query.hints[0]


def test_signs_alone_are_said() -> None:
    assert parse("***").hints
    assert not parse("").hints
    assert not parse("-return").hints


def test_plain_words_are_told_from_operators() -> None:
    assert parse("forced return").is_plain
    assert not parse("forced -return").is_plain
    assert not parse('"forced"').is_plain
    assert not parse("a1 OR b1").is_plain
