"""One search, from the request to the results."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from . import backends, highlight, registry, suggestions
from .backends.base import Answer, Question, SearchBackend
from .fields import facet_token
from .plan import AllOf, Has
from .planning import Plan, plan
from .query import Query, SearchRequest, parse
from .results import FacetCount, Hit, SearchResults, Suggestion


def search(request: SearchRequest) -> SearchResults:
    """What the viewer of `request` may find.

    Raises `search.backends.base.EngineUnavailableError` when the engine does not answer.
    """
    query = parse(request.text)
    filters, hints = _known_filters(request, query)
    if not request.audiences or not _asks_something(query):
        return SearchResults(0, request.page, request.size, filters=filters, hints=(*query.hints, *hints))
    with backends.reading() as backend:
        return _answered(backend, request, query, filters, hints)


def _answered(
    backend: SearchBackend,
    request: SearchRequest,
    query: Query,
    filters: dict[str, tuple[str, ...]],
    hints: tuple[str, ...],
) -> SearchResults:
    made = plan(request, query)
    _count_words(backend, made)
    helped = made.forgive()
    question = Question(
        visible=made.visible,
        match=made.match(),
        scores=() if request.sort == "newest" else made.scores(),
        filters=filters,
        facets=request.facets,
        offset=request.offset,
        size=request.size,
        order="newest" if request.sort == "newest" else "",
    )
    answer = backend.search(question)
    relaxed = False
    if not answer.total and len(made.parts) > 1:
        answer = backend.search(replace(question, match=made.match(relaxed=True)))
        relaxed = answer.total > 0
    return SearchResults(
        total=answer.total,
        page=request.page,
        size=request.size,
        hits=_hits(request, made, answer),
        facets=_facets(answer, filters, request.facets),
        filters=filters,
        expanded=made.phrases,
        fuzzy=tuple(token.surface for part in helped for token in part.alike),
        relaxed=relaxed,
        suggestion=_suggestion(backend, request, made, answer, filters) if helped else None,
        hints=(*query.hints, *hints),
    )


def _asks_something(query: Query) -> bool:
    """Whether there is anything to look for: a text of punctuation alone finds nothing, an empty one everything."""
    return bool(query.wanted or query.excluded or query.filters or not query.text)


def _known_filters(request: SearchRequest, query: Query) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The filters of the request and of its text, without values that do not exist; those leave a hint."""
    filters: dict[str, tuple[str, ...]] = {}
    hints: list[str] = []
    known = registry.facets()
    for given in (request.filters, query.filters):
        for name, values in given.items():
            for value in values:
                label = registry.types().get(value) if name == "type" else known[name].value_label(value)
                if label:
                    filters[name] = tuple(dict.fromkeys((*filters.get(name, ()), value)))
                else:
                    words = _("kind of result") if name == "type" else known[name].label
                    hints.append(
                        _("“%(value)s” is not known for the filter “%(name)s”; it was left out.")
                        % {"value": value, "name": words}
                    )
    return filters, tuple(hints)


def _count_words(backend: SearchBackend, made: Plan) -> None:
    """Ask how many of the visible documents have each word: for its weight, and whether similar words are needed."""
    if made.parts:
        made.documents, counts = backend.count(made.visible, [part.direct for part in made.parts])
        for part, count in zip(made.parts, counts, strict=True):
            part.visible = count


def _hits(request: SearchRequest, made: Plan, answer: Answer) -> tuple[Hit, ...]:
    marker = highlight.Marker(made)
    hits = []
    for raw in answer.hits:
        document = raw.document
        title = highlight.title_of(marker, document)
        if request.highlight:
            excerpts = highlight.excerpts_of(marker, document)
            hits.append(Hit(document, raw.score, title, excerpts, highlight.names_of(marker, document)))
        else:
            hits.append(Hit(document, raw.score, title))
    return tuple(hits)


def _facets(
    answer: Answer, filters: dict[str, tuple[str, ...]], names: tuple[str, ...]
) -> dict[str, tuple[FacetCount, ...]]:
    facets: dict[str, tuple[FacetCount, ...]] = {}
    for name in names:
        selected = filters.get(name, ())
        counts = dict.fromkeys(selected, 0) | answer.counts.get(name, {})
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        facets[name] = tuple(FacetCount(value, count, value in selected) for value, count in ordered)
    return facets


def _suggestion(
    backend: SearchBackend, request: SearchRequest, made: Plan, answer: Answer, filters: dict[str, tuple[str, ...]]
) -> Suggestion | None:
    """Another spelling of the text, when it finds something."""
    text = suggestions.respelled(made.query.text, made.parts, [hit.document for hit in answer.hits])
    if not text:
        return None
    other = plan(request, parse(text))
    wanted = [Has("facets", tuple(facet_token(name, value) for value in values)) for name, values in filters.items()]
    _visible, (total,) = backend.count(other.visible, [AllOf((other.match(), *wanted))])
    return Suggestion(text, total) if total else None
