"""What somebody asks for: the request, checked, and its text taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import registry
from .analysis import Token, is_stop_word, tokens

MOST_LETTERS = 300
MOST_WORDS = 32
#: No engine pages deeper than this; nobody reads that far.
DEEPEST = 10_000
LARGEST_PAGE = 100
SORTS = ("relevance", "newest")


class InvalidRequestError(ValueError):
    """A request that can not be answered: `parameter` names the part, the message says what is wrong in plain words."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One search.

    audiences  tokens the viewer holds. Required: it is part of every query. None held: nothing is found.
    text       what was typed: words, "phrases", -exclusions, OR, and ``name:value`` for the type and the facets.
               Empty: everything.
    filters    facet (or "type") -> values, one of which must hold.
    page       from 1; `size` hits on each.
    sort       one of SORTS.
    language   of the viewer's interface; among equals, texts in it come first.
    exact      search these words only: no synonyms, no beginnings, no likeness.
    facets     what to count: facet names and "type".
    highlight  whether hits carry marked excerpts.

    Raises InvalidRequestError.
    """

    audiences: frozenset[str]
    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1
    size: int = 20
    sort: str = "relevance"
    language: str = ""
    exact: bool = False
    facets: tuple[str, ...] = ()
    highlight: bool = True

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "audiences", frozenset(self.audiences))
        put(self, "text", " ".join(self.text.replace("\x00", " ").split()))
        put(self, "filters", {name: _values(values) for name, values in self.filters.items() if _values(values)})
        if len(self.text) > MOST_LETTERS:
            raise InvalidRequestError("q", too_long(len(self.text)))
        known = {"type", *registry.facets()}
        for name in (*self.filters, *self.facets):
            if name not in known:
                raise InvalidRequestError(name, _("There is no filter “%(name)s”.") % {"name": name})
        if self.sort not in SORTS:
            raise InvalidRequestError("sort", _("Results can not be sorted by “%(sort)s”.") % {"sort": self.sort})
        if not 1 <= self.size <= LARGEST_PAGE:
            raise InvalidRequestError(
                "size", _("A page holds between 1 and %(most)s results.") % {"most": LARGEST_PAGE}
            )
        if self.page < 1:
            raise InvalidRequestError("page", _("Pages are counted from 1."))
        if self.page * self.size > DEEPEST:
            raise InvalidRequestError(
                "page", _("Only the first %(most)s results can be paged through.") % {"most": DEEPEST}
            )

    @property
    def offset(self) -> int:
        """How many hits come before the page."""
        return (self.page - 1) * self.size


def too_long(letters: int) -> str:
    """What to say about a text of so many letters."""
    return _("The search text has %(letters)s characters; %(most)s are the most. Please shorten it.") % {
        "letters": letters,
        "most": MOST_LETTERS,
    }


def _values(values: Iterable[Any] | str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([values] if isinstance(values, str) else map(str, values)))


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing a text asks for: a word, or several in a row when `quoted`."""

    tokens: tuple[Token, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A text taken apart.

    wanted    all of these, each met by one of its units ("a OR b" is one entry with two).
    excluded  none of these.
    filters   from ``name:value``.
    hints     what could not be read as it was probably meant, in the user's words.
    """

    text: str
    wanted: tuple[tuple[Unit, ...], ...] = ()
    excluded: tuple[Unit, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hints: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """All wanted units in order."""
        return tuple(unit for choices in self.wanted for unit in choices)

    @property
    def is_plain(self) -> bool:
        """Whether the text is words only: no operator but perhaps a filter."""
        return not self.excluded and all(len(choices) == 1 and not choices[0].quoted for choices in self.wanted)


_PART = re.compile(
    r'(?P<minus>(?<!\S)[-−–](?=["“„«\w]))?(?:["“”„«»](?P<phrase>[^"“”„«»]*)["“”„«»]|(?P<name>[a-z_]+):(?P<value>[^\s"]+)|(?P<word>[^\s"“”„«»]+))'
    r'|(?P<stray>["“”„«»])'
)  # fmt: skip
_OR = {"OR", "ILI", "ODER", "ИЛИ", "OSE", "|"}


def parse(text: str) -> Query:
    """Take `text` apart. Never fails: what can not be an operator is words, and what is odd leaves a hint."""
    reader = _Reader()
    for match in _PART.finditer(text):
        reader.take(match)
    return reader.finish(text)


class _Reader:
    """Collects the parts of a text."""

    def __init__(self) -> None:
        self.wanted: list[list[Unit]] = []
        self.excluded: list[Unit] = []
        self.filters: dict[str, list[str]] = {}
        self.hints: list[str] = []
        self.joined = False

    def take(self, match: re.Match[str]) -> None:
        """One part: quotation, filter, OR, word."""
        minus = match["minus"] is not None
        if match["stray"]:
            self.hints.append(_("A quotation mark has no partner, so the words after it were searched one by one."))
        elif match["phrase"] is not None:
            self._units([Unit(tuple(tokens(match.string, *match.span("phrase"))), quoted=True)], minus)
        elif match["name"] and not minus and (match["name"] == "type" or match["name"] in registry.facets()):
            self.filters.setdefault(match["name"], []).append(match["value"])
        elif match["word"] in _OR and not minus:
            self.joined = bool(self.wanted)
        else:
            start, end = match.span("word") if match["word"] else (match.start("name"), match.end("value"))
            parts = list(tokens(match.string, start, end))
            # "non-refoulement" is one thing to leave out, but two words to look for.
            self._units([Unit(tuple(parts))] if minus else [Unit((part,)) for part in parts], minus)

    def _units(self, units: list[Unit], minus: bool) -> None:
        for unit in units:
            if not unit.tokens:
                continue
            if minus:
                self.excluded.append(Unit(unit.tokens, quoted=unit.quoted or len(unit.tokens) > 1))
            elif self.joined:
                self.wanted[-1].append(unit)
            else:
                self.wanted.append([unit])
            self.joined = False

    def finish(self, text: str) -> Query:
        """The query, without the words that say nothing unless there are no others, and not longer than it may be."""
        telling = [
            choices for choices in self.wanted if any(unit.quoted or not _says_nothing(unit) for unit in choices)
        ]
        wanted = telling or self.wanted
        if len(wanted) > MOST_WORDS:
            self.hints.append(
                ngettext(
                    "Only the first %(most)s word was searched.",
                    "Only the first %(most)s words were searched.",
                    MOST_WORDS,
                )
                % {"most": MOST_WORDS}
            )
            wanted = wanted[:MOST_WORDS]
        if text and not wanted and not self.excluded and not self.filters:
            self.hints.append(_("The search text has no letters or digits."))
        return Query(
            text=text,
            wanted=tuple(tuple(choices) for choices in wanted),
            excluded=tuple(self.excluded),
            filters={name: tuple(values) for name, values in self.filters.items()},
            hints=tuple(dict.fromkeys(self.hints)),
        )


def _says_nothing(unit: Unit) -> bool:
    return all(
        is_stop_word(token.folded) or (len(token.folded) == 1 and not token.folded.isdecimal()) for token in unit.tokens
    )
