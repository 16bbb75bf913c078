"""The result page. It asks the engine and nothing else: no database query of its own, however many hits."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import registry, search
from .audiences import audiences_of_request
from .backends.base import EngineUnavailableError
from .forms import PAGE_SIZE, SearchForm, read
from .query import SearchRequest
from .results import FacetCount, Hit, SearchResults

logger = logging.getLogger(__name__)

#: Values of a facet shown; those filtered by always are.
_MOST_OPTIONS = 12
#: Facets unfolded at first.
_OPEN_FACETS = 2


@dataclass(frozen=True, slots=True)
class Tab:
    """One kind of result: its words, how many, its address."""

    label: Any
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet, as `components/filter.html` shows it."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """One facet with its values."""

    name: str
    label: Any
    options: tuple[Option, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter, and the address without it."""

    name: Any
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A hit as the page shows it."""

    hit: Hit
    kind: Any
    url: str
    audience: Any


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Everything the viewer may find for the query string: see `search.forms`.

    Answers 503 with words of help when the engine is away.
    """
    form = read(request.GET)
    status = 200
    try:
        body = _body(request.GET.urlencode(), audiences_of_request(request), get_language())
    except EngineUnavailableError:
        logger.exception("search page without engine")
        body = _rendered(request.GET, {"form": form, "unavailable": True, "hints": form.hints})
        status = 503
    return render(request, "search/results.html", {"form": form, "body": body}, status=status)


@registry.remembering
def _body(query: str, audiences: frozenset[str], language: str | None) -> SafeString:
    """The page below the breadcrumb: the same for all with these audiences."""
    data = QueryDict(query)
    form = read(data)
    if form.is_too_long:
        return _rendered(data, {"form": form, "hints": form.hints})
    found, asked = _found(audiences, form)
    return _rendered(data, {"form": form, **_shown(data, form, found, asked)})


def _rendered(data: QueryDict, context: dict[str, Any]) -> SafeString:
    return render_to_string("search/body.html", {"query": data, **context})


def _found(audiences: frozenset[str], form: SearchForm) -> tuple[SearchResults, SearchRequest]:
    """The results; the last page of them when the one asked for lies past the end."""
    asked = SearchRequest(
        audiences=audiences,
        text=form.text,
        filters=form.filters,
        page=form.page,
        size=PAGE_SIZE,
        sort=form.sort,
        language=get_language() or "",
        exact=form.exact,
        facets=("type", *registry.facets()),
    )
    found = search(asked)
    if found.total and not found.hits:
        past = _("There is no page %(page)s; this is the last one.") % {"page": form.page}
        asked = replace(asked, page=found.pages)
        found = search(asked)
        found = replace(found, hints=(past, *found.hints))
    return found, asked


def _shown(data: QueryDict, form: SearchForm, found: SearchResults, asked: SearchRequest) -> dict[str, Any]:
    """What the template needs to know of the results."""
    return {
        "results": found,
        "cards": _cards(found.hits),
        "page": Paginator(range(found.total), PAGE_SIZE).get_page(asked.page),
        "tabs": _tabs(data, found),
        "groups": _groups(found),
        "chips": _chips(data, found.filters),
        "hidden": _hidden(form),
        "hints": (*form.hints, *found.hints),
        "without_filters_url": _url({"q": form.text}),
        "exact_url": _changed(data, exact="1"),
        "all_words_url": _changed(data, exact=None),
        "suggestion_url": _changed(data, q=found.suggestion.text, exact=None) if found.suggestion else "",
        "sorts": [
            Tab(_("Best match"), 0, _changed(data, sort=None), asked.sort == "relevance"),
            Tab(_("Newest first"), 0, _changed(data, sort="newest"), asked.sort == "newest"),
        ],
    }


def _cards(hits: Sequence[Hit]) -> list[Card]:
    language = get_language()
    types = registry.types()
    audiences = registry.audience_labels([hit.document.audiences for hit in hits])
    return [
        Card(
            hit,
            types[hit.type].words_for(hit.document) if hit.type in types else hit.type,
            f"/{language}/{hit.path}",
            audience,
        )
        for hit, audience in zip(hits, audiences, strict=True)
    ]


def _tabs(data: QueryDict, found: SearchResults) -> list[Tab]:
    types = registry.types()
    counts = [count for count in found.facets.get("type", ()) if count.value in types]
    everything = Tab(
        _("All"), sum(count.count for count in counts), _changed(data, type=None), "type" not in found.filters
    )
    return [
        everything,
        *(
            Tab(types[count.value].plural, count.count, _changed(data, type=count.value), count.selected)
            for count in counts
        ),
    ]


def _groups(found: SearchResults) -> list[FilterGroup]:
    groups: list[FilterGroup] = []
    for facet in registry.facets().values():
        options = tuple(_options(facet, found.facets.get(facet.name, ())))
        if options:
            selected = any(option.selected for option in options)
            groups.append(FilterGroup(facet.name, facet.label, options, selected or len(groups) < _OPEN_FACETS))
    return groups


def _options(facet: registry.Facet, counts: tuple[FacetCount, ...]) -> list[Option]:
    shown = [count for place, count in enumerate(counts) if place < _MOST_OPTIONS or count.selected]
    return [
        Option(count.value, label, count.count, count.selected)
        for count in shown
        if (label := facet.value_label(count.value))
    ]


def _chips(data: QueryDict, filters: Mapping[str, tuple[str, ...]]) -> list[Chip]:
    types, facets = registry.types(), registry.facets()
    chips = []
    for name, values in filters.items():
        for value in values:
            words = types[value].plural if name == "type" else facets[name].value_label(value)
            label = _("Kind") if name == "type" else facets[name].label
            chips.append(Chip(label, words, _without(data, name, value)))
    return chips


def _hidden(form: SearchForm) -> list[tuple[str, str]]:
    """What the filter form must keep: everything but the facets it shows and the page."""
    kept = [("q", form.text)] if form.text else []
    kept += [("type", value) for value in form.filters.get("type", ())]
    kept += [("sort", form.sort)] if form.sort != "relevance" else []
    return [*kept, ("exact", "1")] if form.exact else kept


def _url(values: Mapping[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    return f"?{query.urlencode()}"


def _changed(data: QueryDict, **values: str | None) -> str:
    """The query string with these parameters instead; from the first page."""
    query = data.copy()
    query.pop("page", None)
    for name, value in values.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


def _without(data: QueryDict, name: str, value: str) -> str:
    """The query string without one value of a filter, also where it stands in the text (``country:RS``)."""
    query = data.copy()
    query.pop("page", None)
    query.setlist(name, [other for other in data.getlist(name) if other != value])
    if "q" in query:
        query["q"] = " ".join(part for part in str(data["q"]).split() if part != f"{name}:{value}")
    return f"?{query.urlencode()}"
