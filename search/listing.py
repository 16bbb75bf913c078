"""A list: everything of one type that the viewer may see, narrowed by facets and in an order. No words are weighed.

What a list costs does not depend on how much there is: the engine gives one page of keys, and counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import backends
from .analysis import words
from .backends.base import Answer, Question, SearchBackend
from .documents import document_key
from .fields import facet_token, reader_token
from .plan import AllOf, AnyOf, Everything, Has, Node, Scored, StartsWith
from .planning import visible_to
from .query import DEEPEST

_ALL = Everything()


@dataclass(frozen=True, slots=True)
class Part:
    """What of a list stands together: it matches `match`, in one of `search.orders.NAMES`."""

    order: str
    match: Node = _ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """One list.

    type       of the documents.
    audiences  tokens the viewer holds. Required: it is part of every question. None held: nothing is there.
    language   of the viewer's interface: of a thing and its translations the one for its readers is listed.
    text       every word begins a word of what is listed; words alone, no operators.
    filters    facet -> values, one of which must hold.
    facets     which to count: each ignores its own filter and respects all others.
    parts      what stands first, what after it, and so on; nothing belongs to two of them.
    offset     so many are left out before the page of `size`; together at most `search.query.DEEPEST`.
    """

    type: str
    audiences: frozenset[str]
    language: str
    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    parts: tuple[Part, ...] = (Part("newest"),)
    offset: int = 0
    size: int = 20

    @property
    def seen(self) -> Node:
        """What of the type the viewer may see at all, each thing in one language."""
        others = tuple(sorted(reader_token(self.language, token) for token in self.audiences))
        of_type = Has("facets", (facet_token("type", self.type),))
        return AllOf((visible_to(self.audiences), of_type), (Has("gives_way", others),) if others else ())

    @property
    def match(self) -> Node:
        """What the words leave."""
        begun = tuple(StartsWith("words_all", word) for word in words(self.text))
        return AllOf(begun) if begun else _ALL


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """How many there are in all, the ids of the page in order, and facet -> value -> how many."""

    total: int
    ids: tuple[str, ...] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def ask(request: ListRequest) -> ListAnswer:
    """The page of the list that `request` asks for. Raises EngineUnavailableError."""
    if not request.audiences or not request.parts:
        return ListAnswer(0)
    with backends.reading() as backend:
        if len(request.parts) == 1:
            answer = backend.search(_question(request, request.parts[0], request.offset, request.size, request.facets))
            return ListAnswer(answer.total, _ids(answer), answer.counts)
        return _in_parts(backend, request)


def _in_parts(backend: SearchBackend, request: ListRequest) -> ListAnswer:
    """The parts one after the other: each gives what of the page falls into it."""
    total = 0
    ids: list[str] = []
    for part in request.parts:
        offset = min(max(request.offset - total, 0), DEEPEST)
        answer = backend.search(_question(request, part, offset, request.size - len(ids), ()))
        ids += _ids(answer)
        total += answer.total
    counts: Mapping[str, Mapping[str, int]] = {}
    if request.facets:
        whole = Part(request.parts[0].order, AnyOf(tuple(part.match for part in request.parts)))
        counts = backend.search(_question(request, whole, 0, 0, request.facets)).counts
    return ListAnswer(total, tuple(ids), counts)


def _question(request: ListRequest, part: Part, offset: int, size: int, facets: tuple[str, ...]) -> Question:
    return Question(
        visible=request.seen,
        match=AllOf((request.match, part.match)),
        filters=request.filters,
        facets=facets,
        offset=offset,
        size=size,
        order=part.order,
        whole=False,
    )


def count(request: ListRequest, nodes: Sequence[Node]) -> list[int]:
    """How many of what `request` narrows to match each of `nodes`. Raises EngineUnavailableError."""
    if not request.audiences:
        return [0] * len(nodes)
    narrowed = [Has("facets", tuple(facet_token(name, one) for one in some)) for name, some in request.filters.items()]
    with backends.reading() as backend:
        return backend.count(AllOf((request.seen, request.match, *narrowed)), nodes)[1]


def nearest(
    request: ListRequest, *, to: str, facets: Mapping[str, Sequence[str]], weights: Mapping[str, float]
) -> list[str]:
    """The ids of the `size` things that share most facet values with the thing whose id is `to`; none shares nothing.

    `facets` are that thing's, each shared value counts its facet's share of `weights`. Among equals the confirmed and
    the younger stand first (`search.fields.weight_of`). Raises EngineUnavailableError.
    """
    shared = [
        Scored(Has("facets", (facet_token(name, value),)), points)
        for name, points in weights.items()
        for value in facets.get(name, ())
    ]
    if not shared or not request.audiences:
        return []
    itself = Has("key", (document_key(request.type, to),))
    question = Question(
        visible=request.seen,
        match=AllOf((AnyOf(tuple(one.node for one in shared)),), (itself,)),
        scores=tuple(shared),
        size=request.size,
        whole=False,
    )
    with backends.reading() as backend:
        return list(_ids(backend.search(question)))


def _ids(answer: Answer) -> tuple[str, ...]:
    return tuple(hit.key.partition(":")[2] for hit in answer.hits)
