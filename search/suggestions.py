"""Another spelling for words that were found nowhere.

Taken from what the viewer was just shown and from the vocabulary, so that it can not tell of anything hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from .alphabet import is_cyrillic
from .analysis import Token, tokens
from .documents import SearchDocument
from .planning import Part, edits
from .registry import synonyms

_DEEPEST = 20_000


def respelled(text: str, parts: Iterable[Part], documents: Iterable[SearchDocument]) -> str:
    """`text` with the nearest known word in place of each word found nowhere; "" when there is none."""
    known = _known_words(documents)
    replaced: list[tuple[Token, str]] = []
    for part in parts:
        for token in part.alike:
            nearest = _nearest(token, known)
            if nearest:
                replaced.append((token, nearest))
    for token, word in sorted(replaced, key=lambda pair: pair[0].start, reverse=True):
        text = text[: token.start] + word + text[token.end :]
    return text if replaced else ""


def _known_words(documents: Iterable[SearchDocument]) -> dict[str, Counter[str]]:
    """Folded word -> how it is written, with counts."""
    known: dict[str, Counter[str]] = {}
    for document in documents:
        for text in (document.title, *document.keywords, *document.subjects, document.summary, document.body):
            for token in tokens(text, 0, _DEEPEST):
                known.setdefault(token.folded, Counter())[_lowered(token.surface)] += 1
    for word in synonyms.vocabulary():
        for token in tokens(word):
            known.setdefault(token.folded, Counter())[_lowered(token.surface)] += 1
    return known


def _lowered(surface: str) -> str:
    """Abbreviations stay in capitals."""
    return surface if surface.isupper() else surface.lower()


def _nearest(token: Token, known: dict[str, Counter[str]]) -> str:
    most = edits(token.folded)
    near = [
        (distance, -written.total(), word)
        for word, written in known.items()
        if word != token.folded and (distance := OSA.distance(token.folded, word, score_cutoff=most)) <= most
    ]
    if not near:
        return ""
    written = known[min(near)[2]]
    own_script = [form for form in written if is_cyrillic(form) == is_cyrillic(token.surface)]
    return max(own_script or written, key=lambda form: (written[form], form))
