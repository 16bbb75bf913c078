from __future__ import annotations

import pytest

from search.analysis import tokens
from search.synonyms import KEPT_SECONDS, Phrase, Synonyms


def texts(phrases: tuple[Phrase, ...]) -> list[str]:
    return [phrase.text for phrase in phrases]


def made(*groups: list[str | Phrase]) -> Synonyms:
    synonyms = Synonyms()
    synonyms.add(lambda: groups)
    return synonyms


def word(text: str):
    return next(tokens(text))


def test_a_word_leads_to_the_others_in_any_form_and_script() -> None:
    synonyms = made(["Return", "Povratak", "Kthimi"])
    assert texts(synonyms.of_word(word("povratku"))) == ["Return", "Povratak", "Kthimi"]
    assert texts(synonyms.of_word(word("повратак"))) == ["Return", "Kthimi"]
    assert synonyms.of_word(word("escort")) == ()


def test_a_run_of_words_leads_to_the_others() -> None:
    synonyms = made(["Forced return", "Prisilni povratak", "Rückführung"])
    assert texts(synonyms.of_run(list(tokens("prisilnog povratka")))) == [
        "Forced return",
        "Prisilni povratak",
        "Rückführung",
    ]
    assert synonyms.longest() == 2


def test_brackets_hold_a_phrase_of_their_own() -> None:
    synonyms = made(["Assisted voluntary return (AVR)", "Ponovni prihvat (readmisija) osoba"])
    assert texts(synonyms.of_word(word("AVR"))) == ["Assisted voluntary return", "Ponovni prihvat osoba", "readmisija"]


def test_the_same_words_in_two_scripts_are_one_phrase() -> None:
    assert texts(made(["Return", "Povratak", "Повратак"]).of_word(word("return"))) == ["Povratak"]


def test_a_language_narrows_the_stems() -> None:
    synonyms = made([Phrase("data", "en"), Phrase("podaci", "hr")])
    assert texts(synonyms.of_word(word("podacima"))) == ["data", "podaci"]


def test_empty_phrases_are_passed_over() -> None:
    assert texts(made(["", "…", "Return", "Povratak"]).of_word(word("return"))) == ["Povratak"]


def test_providers_are_asked_once_until_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def provider() -> list[list[str]]:
        asked.append(1)
        return [["a thing", "b thing"]]

    synonyms = Synonyms()
    synonyms.add(provider)
    synonyms.add(provider)
    assert asked == []
    synonyms.longest()
    synonyms.vocabulary()
    assert len(asked) == 1
    synonyms.forget()
    synonyms.longest()
    assert len(asked) == 2
    monkeypatch.setattr("search.synonyms.time.monotonic", lambda: synonyms._read_at + KEPT_SECONDS + 1)
    synonyms.longest()
    assert len(asked) == 3
