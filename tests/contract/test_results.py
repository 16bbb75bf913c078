"""Facets, order, pages, excerpts, suggestions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from search import registry
from search.results import SearchResults
from tests.factories.search import document

Find = Callable[..., SearchResults]
Titles = Callable[..., list[str]]


def counted(results: SearchResults, name: str) -> dict[str, int]:
    return {count.value: count.count for count in results.facets[name]}


@pytest.fixture
def _countries(index: Callable[..., None]) -> None:
    index(
        document("One", facets={"country": ["RS"], "stage": ["return"]}),
        document("Two", facets={"country": ["RS", "BA"], "stage": ["return"]}),
        document("Three", facets={"country": ["BA"], "stage": ["asylum"]}),
        document("Four", facets={"country": ["AL"]}, type="meeting"),
    )


@pytest.mark.usefixtures("_countries")
class TestFacets:
    NAMES = ("type", "country", "stage")

    def test_every_value_is_counted(self, find: Find) -> None:
        results = find(facets=self.NAMES)
        assert counted(results, "type") == {"practice": 3, "meeting": 1}
        assert counted(results, "country") == {"RS": 2, "BA": 2, "AL": 1}
        assert counted(results, "stage") == {"return": 2, "asylum": 1}

    def test_one_of_the_values_must_hold(self, find: Find) -> None:
        assert find(filters={"country": ("RS",)}).total == 2
        assert find(filters={"country": ("RS", "AL")}).total == 3
        assert find(filters={"country": ("RS",), "stage": ("asylum",)}).total == 0

    def test_a_facet_ignores_its_own_filter_and_respects_the_others(self, find: Find) -> None:
        results = find(facets=self.NAMES, filters={"country": ("BA",), "stage": ("return",)})
        assert results.total == 1
        assert counted(results, "country") == {"RS": 2, "BA": 1}
        assert counted(results, "stage") == {"return": 1, "asylum": 1}
        assert counted(results, "type") == {"practice": 1}

    def test_a_chosen_value_is_shown_even_when_nothing_has_it(self, find: Find) -> None:
        results = find("three", facets=self.NAMES, filters={"country": ("AL",)})
        assert results.total == 0
        assert [(count.value, count.count, count.selected) for count in results.facets["country"]] == [
            ("BA", 1, False),
            ("AL", 0, True),
        ]

    def test_counts_follow_the_words(self, find: Find) -> None:
        assert counted(find("two", facets=self.NAMES), "country") == {"RS": 1, "BA": 1}

    def test_the_most_frequent_value_comes_first(self, find: Find) -> None:
        assert [count.value for count in find(facets=("country",)).facets["country"]] == ["BA", "RS", "AL"]

    def test_only_what_is_asked_for_is_counted(self, find: Find) -> None:
        assert set(find(facets=("stage",)).facets) == {"stage"}
        assert find().facets == {}

    def test_the_type_is_filtered_by_like_a_facet(self, find: Find) -> None:
        results = find(facets=("type",), filters={"type": ("meeting",)})
        assert [hit.document.title for hit in results.hits] == ["Four"]
        assert counted(results, "type") == {"practice": 3, "meeting": 1}

    def test_a_value_that_does_not_exist_is_left_out_and_said(self, find: Find) -> None:
        results = find(filters={"country": ("XX", "RS")})
        assert results.filters == {"country": ("RS",)}
        assert results.total == 2
        assert "XX" in results.hints[0]
        assert "nonsense" in find(filters={"type": ("nonsense",)}).hints[0]


class TestOrder:
    def test_title_before_keywords_before_summary_before_body(self, index: Callable[..., None], titles: Titles) -> None:
        index(
            document("In the body", body="escorts"),
            document("In the summary", summary="escorts"),
            document("In the keywords", keywords=("the escorts of a flight",)),
            document("Escorts in the title"),
        )
        assert titles("escorts") == ["Escorts in the title", "In the keywords", "In the summary", "In the body"]

    def test_what_something_is_called_before_what_it_is_filed_under(
        self, index: Callable[..., None], titles: Titles
    ) -> None:
        index(document("Filed", subjects=("Žene u riziku",), rank=4), document("Women", keywords=("Žene u riziku",)))
        assert titles("жене у ризику") == ["Women", "Filed"]

    def test_the_word_before_its_forms(self, index: Callable[..., None], titles: Titles) -> None:
        index(document("Monitoring here"), document("Monitors here"))
        assert titles("monitoring") == ["Monitoring here", "Monitors here"]
        assert titles("monitors") == ["Monitors here", "Monitoring here"]

    def test_a_title_that_is_the_question_comes_first(self, index: Callable[..., None], titles: Titles) -> None:
        index(
            document("Return flights", summary="return", body="return", keywords=("return flight",)),
            document("Povratak", language="bs", keywords=("Return",)),
            document("Return"),
        )
        assert titles("return") == ["Return", "Povratak", "Return flights"]

    def test_the_rank_decides_between_equals_only(self, index: Callable[..., None], titles: Titles) -> None:
        index(
            document("Escorts, unconfirmed", rank=0.5),
            document("Escorts, confirmed"),
            document("Flights", body="escorts", rank=4),
        )
        assert titles("escorts") == ["Escorts, confirmed", "Escorts, unconfirmed", "Flights"]

    def test_the_younger_of_equals_comes_first_and_the_undated_by_title(
        self, index: Callable[..., None], titles: Titles
    ) -> None:
        index(
            document("Zebra escorts"),
            document("Alpha escorts"),
            document("Old escorts", date=dt.date(2011, 3, 1)),
            document("New escorts", date=dt.date(2025, 1, 28)),
        )
        assert titles("escorts") == ["New escorts", "Old escorts", "Alpha escorts", "Zebra escorts"]

    def test_the_rare_word_counts_for_more(self, index: Callable[..., None], titles: Titles) -> None:
        index(*(document(f"Return {number}") for number in range(10)))
        index(document("Return once more", body="laissez"), document("Laissez passer", body="return"))
        assert titles("return laissez")[0] == "Laissez passer"

    def test_texts_in_the_language_of_the_interface_come_first_among_equals(
        self, index: Callable[..., None], titles: Titles
    ) -> None:
        index(document("Frontex A", language="en"), document("Frontex B", language="de"))
        assert titles("frontex", language="de") == ["Frontex B", "Frontex A"]
        assert titles("frontex", language="en") == ["Frontex A", "Frontex B"]

    def test_newest_first_leaves_the_undated_for_the_end(self, index: Callable[..., None], titles: Titles) -> None:
        index(
            document("Escorts without date"),
            document("Something on escorts", date=dt.date(2025, 1, 28)),
            document("Escorts", date=dt.date(2024, 5, 2)),
        )
        assert titles("escorts", sort="newest") == ["Something on escorts", "Escorts", "Escorts without date"]


class TestPages:
    @pytest.fixture(autouse=True)
    def _many(self, index: Callable[..., None]) -> None:
        index(*(document("Escort", id=f"{number:03d}", date=dt.date(2024, 1, 1)) for number in range(95)))

    def test_pages_hold_every_result_once(self, find: Find) -> None:
        found = [hit.slug for page in range(1, 6) for hit in find("escort", page=page, size=20).hits]
        assert len(found) == 95
        assert len(set(found)) == 95
        assert find("escort", size=20).pages == 5

    def test_the_order_is_the_same_each_time(self, find: Find) -> None:
        assert find("escort", page=3, size=7).hits == find("escort", page=3, size=7).hits

    def test_a_page_past_the_end_is_empty_and_knows_the_total(self, find: Find) -> None:
        results = find("escort", page=40, size=20)
        assert (results.total, results.hits, results.pages) == (95, (), 5)

    def test_newest_first_pages_too(self, find: Find) -> None:
        found = [hit.slug for page in range(1, 6) for hit in find("escort", page=page, size=20, sort="newest").hits]
        assert len(set(found)) == 95


class TestExcerpts:
    def test_the_words_are_marked_in_the_script_of_the_original(self, index: Callable[..., None], find: Find) -> None:
        index(document("Добровољни повратак", language="sr", summary="О повратку и реинтеграцији."))
        hit = find("povratak").hits[0]
        assert hit.title.html == "Добровољни <mark>повратак</mark>"
        assert hit.excerpts[0].html == "О <mark>повратку</mark> и реинтеграцији."
        assert hit.excerpts[0].language == "sr"

    def test_markup_of_the_original_is_escaped(self, index: Callable[..., None], find: Find) -> None:
        index(document("<b>Return</b>", summary='<script>alert("return")</script> & more'))
        hit = find("return").hits[0]
        assert hit.title.html == "&lt;b&gt;<mark>Return</mark>&lt;/b&gt;"
        assert "<script>" not in hit.excerpts[0].html
        assert "&lt;script&gt;alert(&quot;<mark>return</mark>&quot;)" in hit.excerpts[0].html

    def test_a_long_body_is_quoted_around_the_word(self, index: Callable[..., None], find: Find) -> None:
        index(document("Long", summary="Summary.", body=f"{'before ' * 200}the escorts {'after ' * 200}"))
        excerpt = str(find("escorts").hits[0].excerpts[0].html)
        assert "the <mark>escorts</mark> after" in excerpt
        assert excerpt.startswith("… before")
        assert excerpt.endswith("after …")
        assert len(excerpt) < 330

    def test_other_names_that_match_are_shown(self, index: Callable[..., None], find: Find) -> None:
        registry.register_synonyms(lambda: [["Return", "Povratak", "Rückkehr"]])
        names = ("Dobrovoljni povratak", "Добровољни повратак", "Freiwillige Rückkehr", "Povratak – Return", "Other")
        index(document("Voluntary return", keywords=names))

        def shown(text: str) -> list[str]:
            return [str(name.html) for name in find(text).hits[0].names]

        assert shown("повратак") == ["Добровољни <mark>повратак</mark>", "<mark>Povratak</mark> – <mark>Return</mark>"]
        assert shown("povratak")[0] == "Dobrovoljni <mark>povratak</mark>"
        assert shown("return") == []

    def test_quotations_are_marked_as_a_whole_only(self, index: Callable[..., None], find: Find) -> None:
        index(document("Return counselling", summary="After return, return counselling."))
        assert find('"return counselling"').hits[0].excerpts[0].html == (
            "After return, <mark>return</mark> <mark>counselling</mark>."
        )

    def test_they_can_be_left_out(self, index: Callable[..., None], find: Find) -> None:
        index(document("Return", summary="return"))
        assert find("return", highlight=False).hits[0].excerpts == ()


class TestSuggestion:
    def test_the_nearest_word_with_the_number_of_results(self, index: Callable[..., None], find: Find) -> None:
        index(document("Povratak", language="bs"), document("O povratku", language="bs"), document("Other"))
        suggestion = find("povrtak").suggestion
        assert suggestion is not None
        assert (suggestion.text, suggestion.total) == ("povratak", 2)

    def test_only_the_wrong_word_is_replaced(self, index: Callable[..., None], find: Find) -> None:
        index(document("The ombudsman of Serbia"))
        suggestion = find('Serbia ombusdman -"on board"').suggestion
        assert suggestion is not None
        assert suggestion.text == 'Serbia ombudsman -"on board"'

    def test_the_vocabulary_is_known_too(self, index: Callable[..., None], find: Find) -> None:
        registry.register_synonyms(lambda: [["Readmission", "Readmisija"]])
        index(document("Readmission"))
        results = find("readmisja")
        assert results.suggestion is not None
        assert results.suggestion.text == "readmisija"

    def test_none_where_all_words_are_found_or_nothing_is_near(self, index: Callable[..., None], find: Find) -> None:
        index(document("Ombudsman"))
        assert find("ombudsman").suggestion is None
        assert find("qwertzuiop").suggestion is None
