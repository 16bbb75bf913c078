"""What every narrowed list shows beside its things: boxes with counts, chips of what holds, orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet, as `components/filter.html` shows it."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """One facet with its values; `open` unfolds it."""

    name: str
    label: Any
    options: tuple[Option, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds, and the address of the list without it."""

    key: Any
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Order:
    """A way to sort, with the address of the list in it."""

    value: str
    label: Any
    selected: bool
    url: str = ""


def changed(data: QueryDict, **values: str | None) -> str:
    """The query string with these parameters instead (None: without); from the first page."""
    query = data.copy()
    query.pop("page", None)
    for name, value in values.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


def without(data: QueryDict, name: str, value: str, chosen: Iterable[str]) -> str:
    """The query string with the values that are `chosen` of a filter, but for one; from the first page."""
    query = data.copy()
    query.pop("page", None)
    query.setlist(name, [other for other in chosen if other != value])
    return f"?{query.urlencode()}"
