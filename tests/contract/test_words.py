"""Which words find which: scripts, diacritics, digraphs, forms, beginnings, typing errors, synonyms."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search import registry
from search.backends.base import SearchBackend
from search.synonyms import Phrase
from tests.factories.search import document

Titles = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("повратак", "Dobrovoljni povratak"),
        ("povratak", "Добровољни повратак"),
        ("избеглице", "Komesarijat za izbeglice"),
        ("враќање", "Vrakjanje"),
        ("cekanje", "Čekanje na granici"),
        ("čekanje", "Cekanje na granici"),
        ("Djakovica", "Đakovica"),
        ("Ђаковица", "Djakovica"),
        ("Ѓорче", "Gjorče"),
        ("ljudska", "Људска права"),
        ("njegoš", "Његош"),
        ("dzep", "Џеп"),
        ("dozivotno", "doživotno"),
        ("rueckkehr", "Rückkehr"),
        ("Strasse", "Straße"),
        ("keshillim", "Këshillim"),
    ],
)
def test_script_diacritics_and_digraphs_make_no_difference(
    index: Callable[..., None], titles: Titles, text: str, title: str
) -> None:
    index(document(title, language=""), document("Something else"))
    assert titles(text) == [title]


@pytest.mark.parametrize(
    ("text", "title", "language"),
    [
        ("povratak", "Savetovanje o povratku", "sr-latn"),
        ("повратка", "Savetovanje o povratku", "sr-latn"),
        ("savjetovanje", "Саветовања о повратку", "sr"),
        ("izbjeglica", "Izbeglice", "sr-latn"),
        ("lijekovi", "Правни лекови", "sr"),
        ("ombudsman", "Ombudsmana", "bs"),
        ("readmisije", "Readmisija", "hr"),
        ("returns", "The return of women", "en"),
        ("monitoring", "Monitors on board", "en"),
        ("kthim", "Kthimi vullnetar", "sq"),
        ("враќање", "Враќањето на мажите", "mk"),
        ("Entscheidung", "Entscheidungen der Behörden", "de"),
    ],
)
def test_a_word_is_found_in_its_other_forms(
    index: Callable[..., None], titles: Titles, text: str, title: str, language: str
) -> None:
    index(document(title, language=language), document("Something else"))
    assert titles(text) == [title]


def test_the_last_word_may_be_a_beginning(index: Callable[..., None], titles: Titles) -> None:
    index(document("Readmission agreement"), document("Reading room"))
    assert titles("readm") == ["Readmission agreement"]
    assert titles("agreement readm") == ["Readmission agreement"]


def test_a_beginning_stands_below_the_whole_word(index: Callable[..., None], titles: Titles) -> None:
    index(document("Asylumlike"), document("Asylum"))
    assert titles("asylum") == ["Asylum", "Asylumlike"]


@pytest.mark.parametrize("typed", ["ombusdman", "ombudsmn", "ombudsmann", "umbudsman", "омбусдман"])
def test_a_typing_error_is_forgiven(index: Callable[..., None], titles: Titles, typed: str) -> None:
    index(document("The ombudsman on board"), document("A charter flight"))
    assert titles(typed) == ["The ombudsman on board"]


def test_likeness_is_only_searched_for_words_found_nowhere(index: Callable[..., None], titles: Titles) -> None:
    index(document("Every stage"), document("Every state"))
    assert titles("stage") == ["Every stage"]


def test_short_words_and_numbers_are_taken_as_they_are(index: Callable[..., None], titles: Titles) -> None:
    index(document("Regulation 2008"), document("The law"))
    assert titles("2009") == []
    assert titles("lav") == []


def test_only_these_words_when_asked_for(index: Callable[..., None], titles: Titles) -> None:
    registry.register_synonyms(lambda: [["return", "povratak"]])
    index(document("Povratak kući", language="bs"), document("The return"))
    assert titles("return") == ["The return", "Povratak kući"]
    assert titles("return", exact=True) == ["The return"]
    assert titles("retrun", exact=True) == []


@pytest.fixture
def _vocabulary(backend: SearchBackend) -> None:
    groups = [
        [Phrase("Readmission", "en"), Phrase("Readmisija", "bs"), Phrase("Ponovni prihvat (readmisija)", "hr")],
        ["Assisted voluntary return (AVR)", "Potpomognuti dobrovoljni povratak", "Асистирани добровољни повратак"],
        ["Return", "Povratak", "Враќање", "Kthimi", "Rückkehr"],
    ]
    registry.register_synonyms(lambda: groups)


@pytest.mark.usefixtures("_vocabulary")
class TestSynonyms:
    def test_another_language_is_found(self, index: Callable[..., None], titles: Titles) -> None:
        index(document("Readmission to Serbia"), document("A charter flight"))
        assert titles("readmisija") == ["Readmission to Serbia"]
        assert titles("реадмисије") == ["Readmission to Serbia"]

    def test_a_synonym_stands_below_the_word_itself_wherever_it_is(
        self, index: Callable[..., None], titles: Titles
    ) -> None:
        index(
            document("Readmission", rank=4, keywords=("Readmission",), summary="Readmission", body="Readmission"),
            document("Nešto drugo", language="bs", body="O tome se govori u dijelu o readmisiji.", rank=0.25),
        )
        assert titles("readmisija") == ["Nešto drugo", "Readmission"]

    def test_a_phrase_leads_to_a_word_and_back(self, index: Callable[..., None], titles: Titles) -> None:
        index(document("AVR in practice"), document("A charter flight"))
        assert titles("assisted voluntary return") == ["AVR in practice"]
        index(document("Potpomognutog dobrovoljnog povratka", language="bs"))
        assert set(titles("AVR")) == {"AVR in practice", "Potpomognutog dobrovoljnog povratka"}

    def test_what_was_searched_too_is_said(self, index: Callable[..., None], find: Callable[..., object]) -> None:
        index(document("Rückkehr", language="de"))
        results = find("повратак")
        assert [phrase.text for phrase in results.expanded] == ["Return", "Враќање", "Kthimi", "Rückkehr"]
        assert results.total == 1

    def test_they_are_read_anew_after_the_vocabulary_changed(self, index: Callable[..., None], titles: Titles) -> None:
        groups = [["escort", "pratnja"]]
        registry.register_synonyms(lambda: groups)
        index(document("Trained escorts"))
        assert titles("pratnja") == ["Trained escorts"]
        assert titles("pratilac") == []
        groups.append(["escort", "pratilac"])
        registry.synonyms_changed()
        assert titles("pratilac") == ["Trained escorts"]
