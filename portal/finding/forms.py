"""The result page's address, read forgivingly: what can not be used leaves a hint and never an error page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from search import registry
from search.query import MOST_LETTERS, SORTS, too_long

from . import pages

#: Parameters of the page itself; the others are facets.
_OWN = {"q", "page", "sort", "exact", "type"}
PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What the address asks for. `text` is as typed, for the search box; `hints` say what could not be used."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1
    sort: str = "relevance"
    exact: bool = False
    hints: tuple[str, ...] = ()
    is_too_long: bool = False


def read(data: QueryDict) -> SearchForm:
    """The form of a query string. Every value has a use or a hint."""
    hints: list[str] = []
    text = data.get("q", "").replace("\x00", "").strip()
    is_too_long = len(" ".join(text.split())) > MOST_LETTERS
    if is_too_long:
        hints.append(too_long(len(text)))
    return SearchForm(
        text=text,
        filters=_filters(data, hints),
        page=pages.asked_for(data, PAGE_SIZE),
        sort=_sort(data.get("sort", ""), hints),
        exact=data.get("exact", "") == "1",
        hints=tuple(hints),
        is_too_long=is_too_long,
    )


def _filters(data: QueryDict, hints: list[str]) -> dict[str, tuple[str, ...]]:
    filters: dict[str, tuple[str, ...]] = {}
    known = {"type", *registry.facets()}
    for name in data:
        values = tuple(dict.fromkeys(value for value in data.getlist(name) if value))
        if name in known:
            if values:
                filters[name] = values
        elif name not in _OWN:
            hints.append(_("There is no filter “%(name)s”; it was left out.") % {"name": name[:60]})
    return filters


def _sort(given: str, hints: list[str]) -> str:
    if given in ("", *SORTS):
        return given or "relevance"
    hints.append(_("Results can not be sorted by “%(sort)s”; the best match comes first.") % {"sort": given[:20]})
    return "relevance"
