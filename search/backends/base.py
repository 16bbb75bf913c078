"""What an engine does. Everything that decides what is found, and in which order, happens before: in `search.plan`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from search.documents import SearchDocument
from search.fields import document_of
from search.plan import Node


class EngineUnavailableError(Exception):
    """The engine does not answer, or not in time. The message says which part and what to look at."""


@dataclass(frozen=True, slots=True)
class Change:
    """The state the index should have for one key; no document means: remove it."""

    key: str
    document: SearchDocument | None


@dataclass(frozen=True, slots=True)
class Question:
    """One search as an engine takes it.

    visible    what the viewer may find at all: part of every query, never applied afterwards.
    match      what is found; `scores` add up to the score of a hit (nothing: all score the same).
    filters    facet -> wanted values; one of them must hold. "type" is a facet too.
    facets     which to count: each ignores its own filter and respects all others.
    order      one of `search.orders.NAMES`, in which what matches stands; "" for the best score first.
    whole      whether hits carry their documents, not their keys alone.
    """

    visible: Node
    match: Node
    scores: tuple[Node, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    offset: int = 0
    size: int = 20
    order: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class RawHit:
    """What was found: its key, its score (0 in an order), and its document's source unless keys alone are asked for."""

    key: str
    score: float = 0.0
    source: str | bytes = ""

    @property
    def document(self) -> SearchDocument:
        """The document as it was indexed."""
        return document_of(self.source)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine found: how many in all, the page asked for, facet -> value -> count."""

    total: int
    hits: list[RawHit]
    counts: dict[str, dict[str, int]]


class IndexBuild(Protocol):
    """A new index being built beside the live one."""

    def add(self, documents: Iterable[SearchDocument]) -> dict[str, str]:
        """Put documents in; key -> reason for those the engine refused."""

    def publish(self) -> None:
        """Make it the live index in one step and remove the one before."""

    def abandon(self) -> None:
        """Remove it; the live index stays as it is."""


class SearchBackend(Protocol):
    """An engine. Every method raises EngineUnavailableError when it can not do its work now."""

    def search(self, question: Question) -> Answer:
        """The page of hits and the counts that `question` asks for."""

    def count(self, visible: Node, nodes: Sequence[Node]) -> tuple[int, list[int]]:
        """How many documents are visible, and how many of them each node matches."""

    def apply(self, changes: Sequence[Change]) -> dict[str, str]:
        """Bring the live index to the state of `changes`, visible to the next search.

        Returns key -> reason for what was refused.
        """

    def start_build(self) -> IndexBuild:
        """Begin a new, empty index beside the live one."""

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """Key and fingerprint of every document in the live index."""

    def problem(self) -> str:
        """Why the engine can not be searched now; "" when it can."""
