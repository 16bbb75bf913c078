"""Phrases that mean the same, across languages: given by providers, looked up by what a query says."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import RLock

from .analysis import Token, heads, tokens, words
from .stemming import stems

#: Another process may have changed the vocabulary: each reads it anew after this many seconds.
KEPT_SECONDS = 300
#: A query word brings at most this many other phrases.
MOST_PHRASES = 40

_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say it, and the language it is said in ("" when not known)."""

    text: str
    language: str = ""


Provider = Callable[[], Iterable[Iterable[str | Phrase]]]


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases that mean the same; no two have the same words."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Where a phrase leads: single words by spelling and stem, longer ones by the heads of their words."""

    by_word: dict[str, list[Group]] = field(default_factory=dict)
    by_heads: dict[tuple[str, ...], list[Group]] = field(default_factory=dict)
    longest: int = 1
    vocabulary: frozenset[str] = frozenset()


class Synonyms:
    """The groups of all providers: read at the first look-up, kept for `KEPT_SECONDS` or until `forget()`."""

    def __init__(self) -> None:
        self._providers: list[Provider] = []
        self._table: _Table | None = None
        self._read_at = 0.0
        self._lock = RLock()

    def add(self, provider: Provider) -> None:
        """Ask `provider` too."""
        if provider not in self._providers:
            self._providers.append(provider)
        self.forget()

    def forget(self) -> None:
        """Ask the providers again at the next look-up."""
        with self._lock:
            self._table = None

    def of_word(self, token: Token) -> tuple[Phrase, ...]:
        """What else is said for one word, in any of its forms; the word itself is not among it."""
        table = self._current()
        found: list[Group] = []
        for key in (token.folded, *sorted(stems(token.surface))):
            found += [group for group in table.by_word.get(key, ()) if group not in found]
        return _others(found, {token.folded})

    def of_run(self, run: Sequence[Token]) -> tuple[Phrase, ...]:
        """What else is said for a run of two or more words."""
        key = tuple(heads(" ".join(token.surface for token in run)))
        found = self._current().by_heads.get(key, [])
        return _others(found, {" ".join(token.folded for token in run)})

    def longest(self) -> int:
        """The number of words of the longest phrase."""
        return self._current().longest

    def vocabulary(self) -> frozenset[str]:
        """Every single word of every phrase as it is written: what a suggestion may be taken from."""
        return self._current().vocabulary

    def _current(self) -> _Table:
        with self._lock:
            if self._table is None or time.monotonic() - self._read_at > KEPT_SECONDS:
                self._table = _read(self._providers)
                self._read_at = time.monotonic()
            return self._table


def _others(groups: Iterable[Group], own: set[str]) -> tuple[Phrase, ...]:
    found: dict[str, Phrase] = {}
    for group in groups:
        for phrase in group.phrases:
            spelling = " ".join(words(phrase.text))
            if spelling not in own:
                found.setdefault(spelling, phrase)
    return tuple(found.values())[:MOST_PHRASES]


def _read(providers: Iterable[Provider]) -> _Table:
    by_word: dict[str, list[Group]] = {}
    by_heads: dict[tuple[str, ...], list[Group]] = {}
    longest = 1
    vocabulary: set[str] = set()
    for group in (_group(phrases) for provider in providers for phrases in provider()):
        for phrase in group.phrases:
            parts = list(tokens(phrase.text))
            vocabulary |= {token.surface for token in parts}
            longest = max(longest, len(parts))
            if len(parts) == 1:
                for key in (parts[0].folded, *stems(parts[0].surface, phrase.language)):
                    by_word.setdefault(key, []).append(group)
            else:
                by_heads.setdefault(tuple(heads(phrase.text)), []).append(group)
    return _Table(by_word, by_heads, longest, frozenset(vocabulary))


def _group(phrases: Iterable[str | Phrase]) -> Group:
    """The phrases without doubles; what stands in brackets is a phrase of its own ("… and reintegration (AVRR)")."""
    found: dict[str, Phrase] = {}
    for given in phrases:
        phrase = given if isinstance(given, Phrase) else Phrase(given)
        for text in (_IN_BRACKETS.sub("", phrase.text), *_IN_BRACKETS.findall(phrase.text)):
            spelling = " ".join(words(text))
            if spelling:
                found.setdefault(spelling, Phrase(text.strip(), phrase.language))
    return Group(tuple(found.values()))
