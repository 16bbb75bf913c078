"""Quotations, exclusions, OR, filters in the text, and how many of the words must be there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search.results import SearchResults
from tests.factories.search import document

Find = Callable[..., SearchResults]
Titles = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _library(index: Callable[..., None]) -> None:
    index(
        document("Return counselling in Austria", facets={"country": ["AL"]}, id="1"),
        document("Counselling before return", facets={"country": ["RS"]}, id="2"),
        document("Escorts on charter flights", facets={"country": ["RS", "BA"]}, id="3"),
        document("A meeting on return", type="meeting", id="4", facets={"country": ["BA"]}),
    )


def test_quoted_words_stand_as_they_are(titles: Titles) -> None:
    assert titles('"return counselling"') == ["Return counselling in Austria"]
    assert titles("„return counselling“") == ["Return counselling in Austria"]
    assert titles('"returns counselling"') == []
    assert titles('"charter" "counselling"') == []


def test_a_quotation_does_not_reach_from_one_text_into_the_next(index: Callable[..., None], titles: Titles) -> None:
    index(document("Voluntary", summary="departure"))
    assert titles('"voluntary departure"') == []


def test_what_is_excluded_is_not_found(titles: Titles) -> None:
    assert titles("return -counselling") == ["A meeting on return"]
    assert set(titles("-return")) == {"Escorts on charter flights"}
    assert titles('return -"before return" -meeting') == ["Return counselling in Austria"]


def test_a_hyphen_inside_a_word_excludes_nothing(index: Callable[..., None], titles: Titles) -> None:
    index(document("Principle of non-refoulement"))
    assert titles("non-refoulement") == ["Principle of non-refoulement"]


def test_or_lets_either_word_do(titles: Titles) -> None:
    assert set(titles("escorts OR meeting")) == {"Escorts on charter flights", "A meeting on return"}
    assert titles("return meeting OR nothing") == ["A meeting on return"]
    assert set(titles("escorts ИЛИ meeting")) == {"Escorts on charter flights", "A meeting on return"}


def test_filters_may_stand_in_the_text(find: Find) -> None:
    assert [hit.slug for hit in find("return country:RS").hits] == ["2"]
    assert [hit.slug for hit in find("type:meeting").hits] == ["4"]
    assert find("return country:RS").filters == {"country": ("RS",)}


def test_a_filter_that_does_not_exist_is_words(find: Find, titles: Titles) -> None:
    assert find("escorts colour:red").filters == {}
    assert titles("meeting:return") == ["A meeting on return"]


def test_one_or_two_words_must_all_be_there(titles: Titles) -> None:
    assert set(titles("return counselling")) == {"Return counselling in Austria", "Counselling before return"}
    assert titles("charter flights") == ["Escorts on charter flights"]


def test_of_more_words_some_may_be_missing_and_all_come_first(titles: Titles) -> None:
    assert titles("return counselling austria") == ["Return counselling in Austria", "Counselling before return"]


def test_when_nothing_has_all_words_some_will_do_and_it_is_said(find: Find) -> None:
    results = find("escorts counselling")
    assert results.relaxed
    assert results.total == 3
    assert not find("return counselling").relaxed


def test_words_that_say_nothing_are_not_searched(titles: Titles) -> None:
    assert titles("the escorts of the flights") == ["Escorts on charter flights"]
    assert set(titles("on")) == {"A meeting on return", "Escorts on charter flights"}


def test_words_in_the_order_of_the_question_come_first(titles: Titles) -> None:
    assert titles("return counselling")[0] == "Return counselling in Austria"
    assert titles("counselling before return")[0] == "Counselling before return"


def test_nothing_asked_finds_everything(find: Find) -> None:
    assert find("").total == 4
    assert find("  ").total == 4


@pytest.mark.parametrize("text", ["***", "“ ”", "( ) [ ]", "-", "!!! ???", '""'])
def test_signs_alone_find_nothing_and_say_so(find: Find, text: str) -> None:
    results = find(text)
    assert results.total == 0
    assert results.hints


@pytest.mark.parametrize(
    "text",
    [
        'return"',
        '"return',
        "return OR",
        "OR return",
        "return AND (escorts",
        "return~2",
        "return^3",
        "retu*",
        "re?urn",
        "return/escorts",
        "return\\",
        "title:return",
        "return && escorts",
        "{return}",
        "return:",
        ":return",
        "return -",
        "<script>return</script>",
        "return\x00",
        "r" * 300,
        "a " * 150,
        "\u0301\u0301return",
        "🙂 return",
    ],
)
def test_no_text_breaks_the_search(find: Find, text: str) -> None:
    assert find(text).total >= 0
