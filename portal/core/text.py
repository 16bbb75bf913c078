"""What a text may hold: one rule for every field, wherever it is typed, pasted, sent or imported.

Put right without a word: what office programs and browsers paste beside the letters. Their line breaks (a vertical tab,
U+2028) become line breaks, their bullets become bullets; soft hyphens, zero-width spaces and marks of direction that
change nothing are left out; letters are composed (NFC), so that the same word is the same text. Refused, with its name
and place: every other character that nobody sees or that shows something else than is written.

`portal.core.text_fields` lets the rule take hold.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Code of the ValidationError for a refused character; its params are `code`, `name` and `before`.
HIDDEN = "hidden_character"

#: What is pasted, and what is kept of it. U+001E and U+001F are Word's own non-breaking and optional hyphen, U+F0xx its
#: bullets in the font Symbol, U+FFFC the place of a picture.
_TIDIED = str.maketrans(
    {
        **dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"),
        **dict.fromkeys("\x1f\xad\u200b\u2060\ufeff\ufffc", None),
        "\x1e": "\u2011",
        "\uf02d": "-",
        "\uf0a7": "▪",
        "\uf0b7": "•",
        "\uf0d8": "➢",
        "\uf0e0": "→",
        "\uf0fc": "✓",
    }
)
_IN_A_LINE = str.maketrans("\n\t", "  ")

#: Joiners of letters and pictures, and choices of a picture's form. Beside Latin or Cyrillic they do nothing.
_JOINERS = "\u200c\u200d"
_VARIATIONS = frozenset([*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))])
_APART = ("LATIN ", "CYRILLIC ", "GREEK ", "ARMENIAN ", "GEORGIAN ", "COMBINING ")

#: Marks of direction: single ones, and pairs with what closes them. Overrides (U+202D, U+202E) are always refused.
_PAIRS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
_DIRECTION = "\u200e\u200f\u061c" + "".join({*_PAIRS, *_PAIRS.values()})
_LEFT_OUT = str.maketrans(dict.fromkeys(_DIRECTION))
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")

#: Seen, although Unicode counts them among the formats (category Cf): they stand before Arabic and Indic numbers.
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
#: Not seen, although Unicode counts them among letters and marks.
_UNSEEN_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
#: A pattern of six dots of which none is raised.
_BLANK_BRAILLE = "\u2800"
#: The flag of a region (of Scotland, say): a flag, and letters that are only ever seen as its picture.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")

_CONTROLS = {"\0": "null", "\a": "bell", "\b": "backspace", "\x1b": "escape", "\x7f": "delete"}
_KINDS = {
    "Cc": gettext_lazy("control character"),
    "Cs": gettext_lazy("half of a character"),
    "Co": gettext_lazy("a character of one program alone"),
    "Cn": gettext_lazy("not a character"),
}
#: Letters shown of what stands before a refused character.
_SHOWN = 20


def prose(value: str) -> str:
    """`value` as it is kept in a field of several lines; ends are not stripped. Raises ValidationError (`HIDDEN`)."""
    text = value.replace("\r\n", "\n").translate(_TIDIED)
    if not text.isascii():
        text = _without_idle_joiners(_without_idle_directions(text))
    _refuse_hidden(text)
    return unicodedata.normalize("NFC", text)


def line(value: str) -> str:
    """`value` as it is kept in a field of one line: as `prose`, with spaces for line breaks and tabs."""
    return prose(value).translate(_IN_A_LINE)


def address(value: str) -> str:
    """An e-mail address, unchanged: in a name that letters are sent to, whatever is not seen is refused.

    Raises ValidationError (`HIDDEN`).
    """
    for position, character in enumerate(value):
        if not character.isprintable() or character in _VARIATIONS or character in _UNSEEN_LETTERS:
            raise _hidden(value, position)
    return value


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in `text`."""
    return not any(
        (unicodedata.category(character)[0] in "LNPS" and character != _BLANK_BRAILLE) or _is_newer_picture(character)
        for character in text
    )


def length_error(length: int, limit: int, code: str = "max_length") -> ValidationError:
    """The refusal of a text of `length` characters where `limit` fit; nothing is ever cut off."""
    return ValidationError(
        _("%(length)s of at most %(limit)s characters. Shorten it."),
        code=code,
        params={
            "length": number_format(length, force_grouping=True),
            "limit": number_format(limit, force_grouping=True),
        },
    )


def _without_idle_directions(text: str) -> str:
    """Without marks of direction where nothing runs from right to left; elsewhere each pair must be closed."""
    plain = text.translate(_LEFT_OUT)
    if not _RIGHT_TO_LEFT.search(plain):
        return plain
    open_ones: list[tuple[str, int]] = []
    for position, character in enumerate(text):
        if character in _PAIRS:
            open_ones.append((_PAIRS[character], position))
        elif character in _PAIRS.values():
            if not open_ones or open_ones.pop()[0] != character:
                raise _hidden(text, position)
        elif character == "\n" and open_ones:
            break
    if open_ones:
        raise _hidden(text, open_ones[0][1])
    return text


def _without_idle_joiners(text: str) -> str:
    """Without joiners and choices of form that have nothing to join or to choose from."""
    kept: list[str] = []
    for character, after in zip(text, f"{text[1:]} ", strict=True):
        idle = (character in _JOINERS and not (kept and _joins(kept[-1]) and _joins(after))) or (
            character in _VARIATIONS and not (kept and _joins(kept[-1]))
        )
        if not idle:
            kept.append(character)
    return "".join(kept)


def _joins(character: str) -> bool:
    """Whether it is a picture, or a letter of a script whose letters join."""
    if character.isascii() or unicodedata.category(character)[0] not in "LMS":
        return _is_newer_picture(character)
    return not unicodedata.name(character, "").startswith(_APART)


def _is_newer_picture(character: str) -> bool:
    """Whether it is among the places Unicode keeps for emoji, of a version newer than Python's."""
    return "\U0001f000" <= character <= "\U0001faff" and unicodedata.category(character) == "Cn"


def _refuse_hidden(text: str) -> None:
    if text.isascii() and text.isprintable():
        return
    shown = _FLAG.sub("", text)
    refused = {character for character in set(shown) if _is_refused(character)}
    if refused:
        raise _hidden(text, next(position for position, one in enumerate(text) if one in refused))


def _is_refused(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind == "Cf":
        return character not in _SEEN_FORMATS and character not in _JOINERS and character not in _DIRECTION
    if kind == "Cn":
        return not _is_newer_picture(character)
    return kind in ("Cs", "Co") or (kind == "Cc" and character not in "\n\t") or character in _UNSEEN_LETTERS


def _hidden(text: str, position: int) -> ValidationError:
    """The refusal of the character at `position`: its number, its name, and what stands before it in its line."""
    params = refused_character(text[position])
    params["before"] = before = "".join(
        one for one in text[:position].rpartition("\n")[2] if one.isprintable() or one == " "
    )[-_SHOWN:].strip()
    if before:
        words = _("A hidden character, %(code)s “%(name)s”, after “%(before)s”. Delete it, or type this place anew.")
    else:
        words = _("A hidden character, %(code)s “%(name)s”, at the beginning of a line. Delete it, or type it anew.")
    return ValidationError(words, code=HIDDEN, params=params)


def refused_character(character: str) -> dict[str, Any]:
    """Number and name of a character as people look it up: ``U+202E`` and ``right-to-left override``."""
    name = unicodedata.name(character, "").lower() or _CONTROLS.get(character, "")
    return {"code": f"U+{ord(character):04X}", "name": name or str(_KINDS[unicodedata.category(character)])}
