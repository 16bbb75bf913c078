"""Marks what matched, in the words and the script of the original, escaped for HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from rapidfuzz.distance import OSA

from .alphabet import is_cyrillic
from .analysis import Token, tokens, words
from .documents import SearchDocument
from .planning import Plan, edits
from .results import Excerpt
from .stemming import head, stems

#: Letters of an excerpt, and how far into a text excerpts are looked for.
EXCERPT = 280
DEEPEST = 20_000
_BEFORE = 80
_MOST_EXCERPTS = 2
_MOST_NAMES = 4

Span = tuple[int, int]


@dataclass(slots=True)
class _Words:
    """Words to be marked: by spelling, by stem, and in runs."""

    words: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    runs: set[tuple[str, ...]] = field(default_factory=set)

    def has(self, token: Token, language: str) -> bool:
        """Whether the word is one of the single ones, in any form."""
        if token.folded in self.words:
            return True
        return bool(self.stems) and not self.stems.isdisjoint(stems(token.surface, language))


class Marker:
    """Knows for one plan which words of a text match: those asked for, and the synonyms."""

    def __init__(self, plan: Plan) -> None:
        self.alike = [(token.folded, edits(token.folded)) for part in plan.parts for token in part.alike]
        self.beginning = plan.beginning
        self.is_cyrillic = is_cyrillic(plan.query.text)
        self.asked, self.synonyms = _Words(), _Words()
        for unit in (unit for part in plan.parts for unit in part.units):
            if unit.quoted and len(unit.tokens) > 1:
                self.asked.runs.add(tuple(token.folded for token in unit.tokens))
            else:
                self.asked.words.add(unit.tokens[0].folded)
                self.asked.stems |= set() if unit.quoted else stems(unit.tokens[0].surface)
        for phrase in plan.phrases:
            spelling = list(tokens(phrase.text))
            if len(spelling) == 1:
                self.synonyms.words.add(spelling[0].folded)
                self.synonyms.stems |= stems(spelling[0].surface, phrase.language)
            else:
                self.synonyms.runs.add(tuple(head(token.surface) for token in spelling))

    def spans(self, text: str, language: str = "", *, asked_only: bool = False) -> list[Span]:
        """Where `text` matches, in order, without overlap; `asked_only` leaves the synonyms out."""
        found = list(tokens(text, 0, DEEPEST))
        marked = [self._matches(token, language, asked_only=asked_only) for token in found]
        for run in self.asked.runs:
            _mark_run(marked, [token.folded for token in found], run)
        if self.synonyms.runs and not asked_only:
            found_heads = [head(token.surface) for token in found]
            for run in self.synonyms.runs:
                _mark_run(marked, found_heads, run)
        return [(token.start, token.end) for token, is_marked in zip(found, marked, strict=True) if is_marked]

    def _matches(self, token: Token, language: str, *, asked_only: bool) -> bool:
        if self.asked.has(token, language) or (self.beginning and token.folded.startswith(self.beginning)):
            return True
        if not asked_only and self.synonyms.has(token, language):
            return True
        return any(OSA.distance(word, token.folded, score_cutoff=most) <= most for word, most in self.alike)


def _mark_run(marked: list[bool], found: Sequence[str], run: tuple[str, ...]) -> None:
    length = len(run)
    for start in range(len(found) - length + 1):
        if tuple(found[start : start + length]) == run:
            marked[start : start + length] = [True] * length


def mark(text: str, spans: Iterable[Span]) -> SafeString:
    """`text` escaped, with the spans in ``<mark>``."""
    pieces: list[tuple[str, str]] = []
    position = 0
    for start, end in spans:
        pieces.append((text[position:start], text[start:end]))
        position = end
    return format_html_join("", "{}<mark>{}</mark>", pieces) + escape(text[position:])


def title_of(marker: Marker, document: SearchDocument) -> Excerpt:
    """The title, marked."""
    return Excerpt(mark(document.title, marker.spans(document.title, document.language)), document.language)


def names_of(marker: Marker, document: SearchDocument) -> tuple[Excerpt, ...]:
    """The keywords and subjects that hold what was asked for where the title does not.

    They tell under which other name the thing was found. A name in both scripts is shown in the script of the question.
    """
    if marker.spans(document.title, document.language, asked_only=True):
        return ()
    names: dict[str, str] = {}
    for keyword in (*document.keywords, *document.subjects):
        if marker.spans(keyword, asked_only=True):
            spelling = " ".join(words(keyword))
            if spelling not in names or is_cyrillic(keyword) == marker.is_cyrillic:
                names[spelling] = keyword
    return tuple(Excerpt(mark(name, marker.spans(name))) for name in list(names.values())[:_MOST_NAMES])


def excerpts_of(marker: Marker, document: SearchDocument) -> tuple[Excerpt, ...]:
    """The part of the summary that matches, otherwise parts of the body, otherwise how the summary begins."""
    language = document.language
    spans = marker.spans(document.summary, language)
    if spans:
        return (_window(document.summary, spans, language),)
    body = " · ".join(line.strip() for line in document.body.splitlines() if line.strip())
    spans = marker.spans(body, language)
    found: list[Excerpt] = []
    while spans and len(found) < _MOST_EXCERPTS:
        found.append(_window(body, spans, language))
        spans = [span for span in spans if span[0] > spans[0][0] + EXCERPT]
    if found:
        return tuple(found)
    return (_window(document.summary, [], language),) if document.summary.strip() else ()


def _window(text: str, spans: list[Span], language: str) -> Excerpt:
    """About EXCERPT letters around the first span, cut between words."""
    if len(text) <= EXCERPT * 1.2:
        return Excerpt(mark(text, spans), language)
    start = max(0, spans[0][0] - _BEFORE) if spans else 0
    start = start and text.rfind(" ", 0, start) + 1
    end = min(len(text), start + EXCERPT)
    if end < len(text):
        border = text.rfind(" ", start, end)
        end = max(border, spans[0][1] if spans else start) if border > start else end
    inside = [(left - start, right - start) for left, right in spans if left >= start and right <= end]
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return Excerpt(format_html("{}{}{}", before, mark(text[start:end], inside), after), language)
