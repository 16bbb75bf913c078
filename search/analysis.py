"""The same text in, the same terms out, for every engine, for documents and for queries.

The engines index what stands here as it is: scripts, stems and their meeting points are ours to improve. After a
change of what these functions return, raise ANALYSIS_VERSION: indexes of another version are rebuilt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .alphabet import INVISIBLE, fold
from .stemming import head, stems

ANALYSIS_VERSION = 1

#: Letters and digits of every script; marks and invisible characters belong to the word they stand in.
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[\u0300-\u036f{INVISIBLE}])*")
_LONGEST = 60

# Words that carry no meaning of their own, folded. Left out of queries (unless they stand in quotes or alone), kept
# in the index.
_STOP_WORDS = frozenset(
    word
    for words_of_a_language in (
        # English
        "a an and are as at be by for from has have how in is it its of on or that the their this to was were what",
        "when where which who why will with about into not no do does can s t",
        # German
        "der die das des dem den ein eine einer eines einem einen und oder von vom zu zum zur im in mit fur auf ist",
        "sind bei aus am an als nach uber wie was nicht",
        # Bosnian, Croatian, Montenegrin, Serbian
        "i u na o od za s sa se je su da do iz po kod ili te kao koji koja koje sta sto kako gde gdje nije nisu a ali",
        "uz pri k ka",
        # Macedonian
        "vo so gi go e ne kade",
        # Albanian
        "dhe te per me nga nje si tek ose qe",
    )
    for word in words_of_a_language.split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: where it stands, as it was written, and its one spelling."""

    start: int
    end: int
    surface: str
    folded: str


@lru_cache(maxsize=200_000)
def folded(surface: str) -> str:
    """`search.alphabet.fold` of a word, remembered, and cut to a length an index accepts."""
    return fold(surface)[:_LONGEST]


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The words of `text` (from `start` to `end`) in order.

    ``text[token.start:token.end]`` is the word as it was written.
    """
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        surface = match.group()
        word = folded(surface)
        if word:
            yield Token(match.start(), match.end(), surface, word)


def words(text: str) -> list[str]:
    """The folded words of `text` in order."""
    return [token.folded for token in tokens(text)]


def heads(text: str) -> list[str]:
    """The heads (see `search.stemming.head`) of the words of `text` in order."""
    return [head(token.surface) for token in tokens(text)]


def stem_set(text: str, language: str = "") -> set[str]:
    """The marked stems of all words of `text`."""
    found: set[str] = set()
    for match in _WORD.finditer(text):
        found |= stems(match.group(), language)
    return found


def is_stop_word(word: str) -> bool:
    """Whether a folded word says nothing on its own in one of the portal's languages."""
    return word in _STOP_WORDS
