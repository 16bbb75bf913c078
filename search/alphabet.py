"""One spelling for every script: Cyrillic and Latin, with diacritics and without, become the same plain letters.

The general tables (anyascii, Unidecode) romanise Serbian and Macedonian wrongly (избеглице -> izbeglitse), hence our
own.
"""

from __future__ import annotations

import re
import unicodedata

_CYRILLIC = {
    # Serbian and Montenegrin
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "е": "e", "ж": "ž", "з": "z", "и": "i", "ј": "j",
    "к": "k",
    "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "ć",
    "у": "u",
    "ф": "f", "х": "h", "ц": "c", "ч": "č", "џ": "dž", "ш": "š",
    # Macedonian
    "ѓ": "gj", "ѕ": "dz", "ќ": "kj", "ѐ": "e", "ѝ": "i",
    # letters of other Cyrillic alphabets that turn up in names and quotations
    "й": "j", "щ": "št", "ъ": "a", "ь": "", "ы": "i", "э": "e", "ё": "e", "ю": "ju", "я": "ja", "і": "i", "ї": "ji",
    "є": "je",
    "ґ": "g",
}  # fmt: skip
_LATIN: dict[str, str] = {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
_PLAIN_LATIN = str.maketrans(dict(_LATIN))
_TO_PLAIN = str.maketrans({letter: word.translate(_PLAIN_LATIN) for letter, word in (_CYRILLIC | _LATIN).items()})
#: đ is written dj where there is no đ, and ѓ, ќ as gj, kj: all of them become one letter on both sides.
_DIGRAPHS = re.compile(r"([dgk])j")
_MARKS = re.compile(r"[\u0300-\u036f]")
#: Soft hyphens and zero-width characters stand inside words and mean nothing.
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_WITHOUT_INVISIBLE = str.maketrans(dict.fromkeys(INVISIBLE))


def plain(text: str) -> str:
    """`text` in lower-case Latin letters without diacritics: ``Čekanje`` -> ``cekanje``; digraphs stay (``dj``)."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text.translate(_WITHOUT_INVISIBLE)).casefold().translate(_TO_PLAIN)
    return text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", text))


def fold(text: str) -> str:
    """The one spelling of a word: `plain`, with dj, gj, kj as d, g, k (so that đ = dj, ѓ = gj, ќ = kj)."""
    return _DIGRAPHS.sub(r"\1", plain(text))


def expand_umlauts(text: str) -> str:
    """`text` with German umlauts written out: ``rückkehr`` -> ``rueckkehr``."""
    return unicodedata.normalize("NFC", text).casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")


def is_cyrillic(text: str) -> bool:
    """Whether `text` has a Cyrillic letter."""
    return any("\u0400" <= letter <= "\u04ff" for letter in text)
