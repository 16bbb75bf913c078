"""The result page. It asks the engine and nothing else: no database query of its own, however many hits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.audience import audience_labels, held_by
from portal.core.pagecache import until_content_changes
from search import registry, search
from search.backends.base import EngineUnavailableError
from search.query import SearchRequest
from search.results import FacetCount, Hit, SearchResults

from . import pages
from .facets import Chip, FacetGroup, Option, Order, changed, without
from .forms import PAGE_SIZE, SearchForm, read

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
class Card:
    """A hit as the page shows it."""

    hit: Hit
    kind: Any
    url: str
    audience: Any


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Everything the viewer may find for the query string: see `forms.read`.

    Answers 503 with words of help when the engine is away.
    """
    form = read(request.GET)
    status = 200
    try:
        body = _body(request.GET.urlencode(), held_by(request), get_language(), timezone.localdate())
    except EngineUnavailableError:
        body = _rendered(request.GET, {"form": form, "unavailable": True, "hints": form.hints})
        status = 503
    return render(request, "finding/results.html", {"form": form, "body": body}, status=status)


@until_content_changes
def _body(query: str, audiences: frozenset[str], language: str | None, day: dt.date) -> SafeString:
    """The page below the breadcrumb: the same for all with these audiences on the same day."""
    data = QueryDict(query)
    form = read(data)
    if form.is_too_long:
        return _rendered(data, {"form": form, "hints": form.hints})
    found = _found(audiences, form)
    return _rendered(data, {"form": form, **_shown(data, form, found)})


def _rendered(data: QueryDict, context: dict[str, Any]) -> SafeString:
    return render_to_string("finding/body.html", {"query": data, **context})


def _found(audiences: frozenset[str], form: SearchForm) -> SearchResults:
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
        found = search(replace(asked, page=found.pages))
    return found


def _shown(data: QueryDict, form: SearchForm, found: SearchResults) -> dict[str, Any]:
    """What the template needs to know of the results."""
    page = pages.Pages(found.total, PAGE_SIZE).get_page(found.page)
    return {
        "results": found,
        "cards": _cards(found.hits),
        "page": page,
        "tabs": _tabs(data, found),
        "groups": _groups(found),
        "chips": _chips(data, found.filters),
        "hidden": _hidden(form),
        "hints": (*form.hints, *found.hints, *pages.hints(data, page)),
        "without_filters_url": _url({"q": form.text}),
        "exact_url": changed(data, exact="1"),
        "all_words_url": changed(data, exact=None),
        "suggestion_url": changed(data, q=found.suggestion.text, exact=None) if found.suggestion else "",
        "orders": [
            Order("relevance", _("Best match"), form.sort == "relevance", changed(data, sort=None)),
            Order("newest", _("Newest first"), form.sort == "newest", changed(data, sort="newest")),
        ],
    }


def _cards(hits: Sequence[Hit]) -> list[Card]:
    language = get_language()
    types = registry.types()
    audiences = audience_labels([hit.document.audiences for hit in hits])
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
        _("All"), sum(count.count for count in counts), changed(data, type=None), "type" not in found.filters
    )
    return [
        everything,
        *(
            Tab(types[count.value].plural, count.count, changed(data, type=count.value), count.selected)
            for count in counts
        ),
    ]


def _groups(found: SearchResults) -> list[FacetGroup]:
    groups: list[FacetGroup] = []
    for facet in registry.facets().values():
        options = tuple(_options(facet, found.facets.get(facet.name, ())))
        if options:
            selected = any(option.selected for option in options)
            groups.append(FacetGroup(facet.name, facet.label, options, selected or len(groups) < _OPEN_FACETS))
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
            chips.append(Chip(label, str(words), _without(data, name, value)))
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


def _without(data: QueryDict, name: str, value: str) -> str:
    """The query string without one value of a filter, also where it stands in the text (``country:RS``)."""
    query = data.copy()
    if "q" in query:
        query["q"] = " ".join(part for part in str(data["q"]).split() if part != f"{name}:{value}")
    return without(query, name, value, data.getlist(name))
