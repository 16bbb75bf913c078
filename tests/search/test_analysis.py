from __future__ import annotations

import pytest

from search.analysis import heads, is_stop_word, stem_set, tokens, words
from search.stemming import head, stems


def test_words_keep_their_place_in_the_original() -> None:
    text = "Повратак, 28–30. januar (čl. 5) People's"
    found = list(tokens(text))
    assert [text[token.start : token.end] for token in found] == [token.surface for token in found]
    assert [token.folded for token in found] == ["povratak", "28", "30", "januar", "cl", "5", "people", "s"]


def test_marks_and_soft_hyphens_do_not_cut_a_word() -> None:
    assert words("c\u030cekanje read\u00admission") == ["cekanje", "readmission"]


def test_signs_are_no_words() -> None:
    assert words("… – * _ ___ \u0301 🙂") == []


def test_a_very_long_word_is_cut() -> None:
    assert len(words("x" * 5000)[0]) == 60


def test_a_part_of_a_text_can_be_read() -> None:
    assert [token.start for token in tokens("one two three", 4, 7)] == [4]


@pytest.mark.parametrize(
    "forms",
    [
        ("povratak", "povratka", "повратку", "povratkom", "povratci"),
        ("savetovanje", "savjetovanje", "саветовања", "savjetovanju"),
        ("izbeglice", "izbjeglice", "избеглица"),
        ("lijekovi", "lekovi", "ljekovi"),
        ("readmisija", "readmisije", "реадмисији"),
        ("odluka", "odluke", "odluci"),
        ("ombudsman", "ombudsmana", "омбудсмани"),
        ("zaštita", "zaštite", "заштити"),
        ("žene", "žena", "zene", "ženama"),
        ("враќање", "враќањето", "враќања"),
        ("држава", "државата", "државите"),
        ("kthim", "kthimi", "kthimit", "kthimeve"),
        ("vendim", "vendimi", "vendimet"),
        ("return", "returns", "returned", "returning"),
        ("Rückkehr", "rueckkehr", "ruckkehr"),
        ("Entscheidung", "Entscheidungen"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    for form in forms[1:]:
        assert stems(forms[0]) & stems(form), form


@pytest.mark.parametrize(
    ("one", "other"), [("data", "date"), ("state", "stage"), ("note", "not"), ("return", "retire")]
)
def test_different_words_of_an_english_text_do_not(one: str, other: str) -> None:
    assert not stems(one) & stems(other, "en")


def test_letters_tell_the_language() -> None:
    assert {stem[0] for stem in stems("žena")} == {"s"}
    assert {stem[0] for stem in stems("жена")} == {"s", "m"}
    assert {stem[0] for stem in stems("Rückkehr")} == {"g"}
    assert {stem[0] for stem in stems("këshillim")} == {"q"}
    assert {stem[0] for stem in stems("café", "bs")} == {"s", "e"}


def test_the_language_of_a_text_narrows_the_stemmers() -> None:
    assert {stem[0] for stem in stems("povratak", "hr")} == {"s", "e"}
    assert {stem[0] for stem in stems("povratak")} == {"s", "e", "g", "q", "m"}
    assert stem_set("the returns", "en") >= {"e:return"}


def test_short_words_and_numbers_have_no_stem() -> None:
    assert not stems("eu")
    assert not stems("2025")
    assert not stems("b2b")


def test_heads_compare_runs_of_words_across_forms_and_scripts() -> None:
    assert heads("dobrovoljnog povratka") == heads("Добровољни повратак")
    assert head("savjetovanje") == head("саветовање")


def test_words_that_say_nothing_are_known() -> None:
    assert is_stop_word("the")
    assert is_stop_word("i")
    assert not is_stop_word("return")
