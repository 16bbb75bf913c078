"""The one rule for what a text may hold."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from portal.core import text

FAMILY = "👩‍👩‍👧"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
HEART_ON_FIRE = "❤️‍🔥"
PERSIAN = "می‌خواهم"


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("one\vtwo", "one\ntwo"),  # Shift+Enter in an office program
        ("one\ftwo", "one\ntwo"),
        ("one\r\ntwo\rthree\x85four\u2028five\u2029six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("co\xadoperation", "cooperation"),
        ("re\u200bad\u2060mis\ufeffsion", "readmission"),
        ("\uf0b7 first\n\uf0a7 second\n\uf0fc third", "• first\n▪ second\n✓ third"),
        ("non\x1ebreaking op\x1ftional", "non\u2011breaking optional"),
        ("C\u030cuvar, Đ, č", "Čuvar, Đ, č"),
        ("Mar\u200dko, Ма\u200cрко, Ana\ufe0f", "Marko, Марко, Ana"),
        ("\u202a+387 33 123 456\u202c", "+387 33 123 456"),  # as telephones copy a number
        ("\u200e\u2066Ana\u2069\u200f", "Ana"),
        ("10\xa0000 \u2066", "10\xa0000 "),
    ],
)
def test_what_programs_paste_beside_the_letters_is_put_right(pasted: str, kept: str) -> None:
    assert text.prose(pasted) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Здраво, đ č ć š ž, ë ç, ß",
        "line\n\tindented\n\nparagraph",
        f"{FAMILY} {SCOTLAND} {HEART_ON_FIRE} 🇧🇦 👍🏽 ✔️",
        PERSIAN,
        "\u2067שלום\u2069 and \u202bمرحبا\u202c \u200f",
        "\U0001fae8 of a newer Unicode, and \U0001faf9",
        "",
        " \n ",
    ],
)
def test_any_other_text_stays_as_it_was_typed(typed: str) -> None:
    assert text.prose(typed) == unicodedata.normalize("NFC", typed)


@pytest.mark.parametrize(
    ("typed", "code", "name", "before"),
    [
        ("Mark\u202eo", "U+202E", "right-to-left override", "Mark"),
        ("Mark\u202do\u202c", "U+202D", "left-to-right override", "Mark"),
        ("a\0b", "U+0000", "null", "a"),
        ("first line\nbell\a", "U+0007", "bell", "bell"),
        ("\x1b[31m", "U+001B", "escape", ""),
        ("half of \ud83d", "U+D83D", "half of a character", "half of"),
        ("\ue000", "U+E000", "a character of one program alone", ""),
        ("no \uffff", "U+FFFF", "not a character", "no"),
        ("x\x81", "U+0081", "control character", "x"),
        ("Hidden\U000e0041\U000e0042", "U+E0041", "tag latin capital letter a", "Hidden"),
        ("filled\u3164", "U+3164", "hangul filler", "filled"),
        ("שלום \u2067שלום", "U+2067", "right-to-left isolate", "שלום"),
        ("שלום \u2069", "U+2069", "pop directional isolate", "שלום"),
        ("שלום \u2067\n\u2069", "U+2067", "right-to-left isolate", "שלום"),
        ("שלום \u2067\u202c", "U+202C", "pop directional formatting", "שלום"),
        ("a rather long beginning of a line\x08", "U+0008", "backspace", "beginning of a line"),
    ],
)
def test_what_nobody_sees_is_refused_by_its_name_and_place(typed: str, code: str, name: str, before: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        text.prose(typed)
    assert refusal.value.code == text.HIDDEN
    assert refusal.value.params == {"code": code, "name": name, "before": before}
    words = refusal.value.messages[0]
    assert code in words
    assert f"“{name}”" in words
    assert f"after “{before}”" in words if before else "at the beginning of a line" in words


def test_a_line_has_spaces_for_breaks_and_tabs() -> None:
    assert text.line("First\r\nsecond\vthird\tfourth") == "First second third fourth"


@pytest.mark.parametrize("letter", ["\u200b", "\xad", "\u200d", "\u202e", "\ufe0f", "\u034f", "\xa0", "\n"])
def test_nothing_that_is_not_seen_stands_in_an_address(letter: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        text.address(f"ana{letter}@agency.example")
    assert refusal.value.params["before"] == "ana"
    assert text.address("ana@agency.example") == "ana@agency.example"


@pytest.mark.parametrize("blank", ["", " \n\t", "\u2800\u2800", "\xa0\u3000", "\u0301", "\u200b", "\ufe0f\u200d"])
def test_a_text_without_anything_to_see_is_blank(blank: str) -> None:
    assert text.is_blank(blank)


@pytest.mark.parametrize("seen", ["a", "…", "5", "👍", "\U0001fae8", "\u2800x", "+"])
def test_a_text_with_anything_to_see_is_not(seen: str) -> None:
    assert not text.is_blank(seen)


def test_too_long_a_text_is_told_its_length() -> None:
    assert text.length_error(4624, 4000).messages == ["4,624 of at most 4,000 characters. Shorten it."]
