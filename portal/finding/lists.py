"""The faceted list: everything of one type that a viewer may see, with filters, counts, chips, order and pages.

The engine says what stands on a page and counts; the page's things come from the database by their keys, asked for the
audience once more. So a list costs the same however long it is, and an index that lags behind shows nothing it must
not. While the engine is away the newest are listed, without filters, and the list says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.core.paginator import Page
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

from portal.core.pagecache import only_for_now, until_content_changes
from search import listing
from search.backends.base import EngineUnavailableError
from search.listing import ListAnswer, ListRequest, Part

from . import pages
from .facets import Chip, FacetGroup, Option, Order, changed, without

#: Boxes of one facet: what a person looks through, and a page can hold.
MOST_OPTIONS = 40
#: Letters of a text that is searched for.
MOST_LETTERS = 200
#: While the engine is away the newest are paged through to here: a database gets slower with every page.
MOST_PAGES_AWAY = 20

M = TypeVar("M", bound=Model)
Rows = Callable[[Collection[str]], "QuerySet[M]"]
Labels = Callable[[Collection[str]], Mapping[str, str]]


def _none() -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """One way to narrow a list.

    name     of the parameter in the address.
    label    its words.
    labels   some values -> value -> words, in the order the boxes stand; a value without words has no box.
    always   the values that stand there even with nothing; the others do when what the viewer sees holds them.
    facet    its name in the search documents; `name` unless given.
    no_such  words for a ``%(value)s`` that nothing the viewer sees holds: it is left out. Without them such a value
             stays, and finds nothing.
    read     a value as typed -> as documents hold it.
    open     unfolded from the start.
    most     boxes at most, but for what is chosen.
    """

    name: str
    label: Promise
    labels: Labels
    always: Callable[[], Iterable[str]] = _none
    facet: str = ""
    no_such: Promise | None = None
    read: Callable[[str], str] = str
    open: bool = False
    most: int = MOST_OPTIONS

    @property
    def key(self) -> str:
        """Its facet in the search documents."""
        return self.facet or self.name

    def chosen(self, params: QueryDict, held: Mapping[str, int], hints: list[str]) -> tuple[str, ...]:
        """The values asked for, once each, without those that there are not; these leave a hint."""
        typed = (value for value in params.getlist(self.name) if value and "\0" not in value)
        asked = tuple(dict.fromkeys(self.read(value) for value in typed))
        if self.no_such is None:
            return asked
        known = {*held, *self.always()}
        hints.extend(str(self.no_such) % {"value": value[:60]} for value in asked if value not in known)
        return tuple(value for value in asked if value in known)

    def words(self, held: Mapping[str, int], chosen: tuple[str, ...]) -> dict[str, str]:
        """Value -> words for the boxes: what always stands there, the most frequent, and what is chosen."""
        frequent = sorted(held, key=lambda value: (-held[value], value))[: self.most]
        labels = self.labels({*self.always(), *frequent, *chosen})
        return {**labels, **{value: value for value in chosen if value not in labels}}

    def group(self, words: Mapping[str, str], counts: Mapping[str, int], chosen: tuple[str, ...]) -> FacetGroup:
        """The boxes with their counts."""
        options = tuple(Option(value, text, counts.get(value, 0), value in chosen) for value, text in words.items())
        return FacetGroup(self.name, str(self.label), options, self.open or bool(chosen))


@dataclass(frozen=True, slots=True)
class Listing(Generic[M]):
    """A page of a list, and all that stands around it.

    items    the things of the page, in order.
    page     for `components/pagination.html`.
    found    how many the filters leave, `total` how many there are for this viewer; 0 while the engine is away.
    groups   the filters with their counts; `chips` those that hold; `chosen` the same by parameter.
    hints    what of the address was left out, and why.
    away     whether the engine does not answer: these are the newest, whatever was asked for.
    """

    items: list[M]
    page: Page[Any]
    found: int = 0
    total: int = 0
    groups: list[FacetGroup] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    away: bool = False


@dataclass(frozen=True, slots=True)
class Some(Generic[M]):
    """The first things of a list, and how many there are in all; `total` is None while the engine is away."""

    items: list[M]
    total: int | None


@dataclass(frozen=True, kw_only=True)
class FacetedList(Generic[M]):
    """A list as it is defined once.

    type        of the search documents.
    rows        tokens -> what a viewer who holds them may see: the last word on what is shown.
    per_page    things on a page.
    orders      value in the address -> words; the first is the one nobody has to ask for.
    narrowings  in the order they stand.
    by          value of an order -> its name in `search.orders.NAMES`, where they differ.
    is_searched whether the address may hold words (``q``).
    """

    type: str
    rows: Rows[M]
    per_page: int
    orders: Mapping[str, Promise | str] = field(default_factory=lambda: {"list": ""})
    narrowings: tuple[Narrowing, ...] = ()
    by: Mapping[str, str] = field(default_factory=dict)
    is_searched: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """All of the address that changes the list."""
        own = ("q",) if self.is_searched else ()
        return (*own, *(one.name for one in self.narrowings), "sort", "page")

    def listing(self, params: QueryDict, tokens: Collection[str]) -> Listing[M]:
        """The list as the address asks for it. Unknown values are left out and named in `hints`; nothing raises."""
        try:
            return self._listing(params, tokens)
        except EngineUnavailableError:
            return self.newest(params, tokens)

    def narrowed(
        self,
        params: QueryDict,
        tokens: Collection[str],
        filters: Mapping[str, str],
        *,
        parts: tuple[Part, ...] = (),
    ) -> Listing[M]:
        """The page that the address asks for of what one value of each of some facets leaves ("": any), and no boxes.

        For a list with a form of its own. `parts`: what stands first, and so on; its own order by default.
        """
        wanted = {name: (value,) for name, value in filters.items() if value}
        parts = parts or self._whole()
        try:
            answer, page = self._turned(params, tokens, filters=wanted, parts=parts)
        except EngineUnavailableError:
            return self.newest(params, tokens)
        return Listing(
            items=in_order_of(answer.ids, self.rows(tokens)),
            page=page,
            found=answer.total,
            hints=pages.hints(params, page),
        )

    def choices(self, params: QueryDict, tokens: Collection[str]) -> dict[str, list[tuple[str, str]]]:
        """Parameter -> (value, words) of what the viewer sees, for a form of its own. Raises EngineUnavailableError."""
        held = self.held(tokens).counts
        return {
            one.name: list(
                one.words(
                    held.get(one.key, {}),
                    tuple(value for value in params.getlist(one.name) if value in held.get(one.key, {})),
                ).items()
            )
            for one in self.narrowings
        }

    def some(
        self,
        tokens: Collection[str],
        number: int,
        *,
        filters: Mapping[str, str] | None = None,
        order: str = "",
        parts: tuple[Part, ...] = (),
        rows: QuerySet[M] | None = None,
    ) -> Some[M]:
        """The first `number` in an order or in parts (by default the list's own), narrowed by one value of each facet.

        `rows` are the same narrowed in the database, for when the engine is away: then the newest of them.
        """
        seen = self.rows(tokens) if rows is None else rows
        narrowed = {name: (value,) for name, value in (filters or {}).items()}
        request = self._request(tokens, filters=narrowed, parts=parts or self._whole(order), size=number)
        try:
            answer = listing.ask(request)
        except EngineUnavailableError:
            only_for_now()
            return Some(list(seen.order_by("-pk")[:number]), None)
        return Some(in_order_of(answer.ids, self.rows(tokens)), answer.total)

    def held(self, tokens: Collection[str]) -> ListAnswer:
        """How many the viewer sees, and how many hold each value of each facet. Remembered until content changes."""
        facets = tuple(one.key for one in self.narrowings)
        return _held(self.type, facets, frozenset(tokens), get_language() or "", timezone.localdate())

    def _request(self, tokens: Collection[str], **asked: Any) -> ListRequest:
        return ListRequest(type=self.type, audiences=frozenset(tokens), language=get_language() or "", **asked)

    def _order_field(self, order: str) -> str:
        return self.by.get(order, order)

    def _whole(self, order: str = "") -> tuple[Part, ...]:
        """All of the list, in an order of the index."""
        return (Part(order or self._order_field(next(iter(self.orders)))),)

    def _listing(self, params: QueryDict, tokens: Collection[str]) -> Listing[M]:
        hints: list[str] = []
        held = self.held(tokens)
        chosen = {one.name: one.chosen(params, held.counts.get(one.key, {}), hints) for one in self.narrowings}
        order = self._order(params, hints)
        text = self._text(params)
        filters = {one.key: chosen[one.name] for one in self.narrowings if chosen[one.name]}
        # What nothing is narrowed by is counted already.
        facets = tuple(one.key for one in self.narrowings) if filters or text else ()
        parts = self._whole(self._order_field(order))
        answer, page = self._turned(params, tokens, filters=filters, parts=parts, text=text, facets=facets)
        counts = answer.counts if facets else held.counts
        words = {one.name: one.words(held.counts.get(one.key, {}), chosen[one.name]) for one in self.narrowings}
        return Listing(
            items=in_order_of(answer.ids, self.rows(tokens)),
            page=page,
            found=answer.total,
            total=held.total,
            groups=[one.group(words[one.name], counts.get(one.key, {}), chosen[one.name]) for one in self.narrowings],
            chips=[
                Chip(str(one.label), words[one.name][value], without(params, one.name, value, chosen[one.name]))
                for one in self.narrowings
                for value in chosen[one.name]
            ],
            orders=self._orders(params, order),
            hints=hints + pages.hints(params, page),
            text=text,
            chosen={name: values for name, values in chosen.items() if values},
        )

    def _turned(
        self,
        params: QueryDict,
        tokens: Collection[str],
        *,
        filters: Mapping[str, tuple[str, ...]],
        parts: tuple[Part, ...],
        **asked: Any,
    ) -> tuple[ListAnswer, Page[Any]]:
        """The page asked for, or the last there is."""

        def page_of(number: int) -> ListAnswer:
            offset = (number - 1) * self.per_page
            return listing.ask(
                self._request(tokens, filters=filters, parts=parts, offset=offset, size=self.per_page, **asked)
            )

        number = pages.asked_for(params, self.per_page)
        answer = page_of(number)
        page = pages.Pages(answer.total, self.per_page).get_page(number)
        return (answer if page.number == number else page_of(page.number)), page

    def newest(self, params: QueryDict, tokens: Collection[str]) -> Listing[M]:
        """Without the engine: one page of the newest, in one bounded query, and nothing that has to be counted."""
        only_for_now()
        number = min(pages.asked_for(params, self.per_page), MOST_PAGES_AWAY)
        begin = (number - 1) * self.per_page
        found = list(self.rows(tokens).order_by("-pk")[begin : begin + self.per_page + 1])
        more = len(found) > self.per_page and number < MOST_PAGES_AWAY
        page = pages.OpenPages(number, self.per_page, more=more).get_page(number)
        hint = gettext("Filters and sorting are unavailable at the moment. Here are the newest.")
        return Listing(items=found[: self.per_page], page=page, hints=[hint], text=self._text(params), away=True)

    def _text(self, params: QueryDict) -> str:
        return params.get("q", "").replace("\0", "").strip()[:MOST_LETTERS] if self.is_searched else ""

    def _order(self, params: QueryDict, hints: list[str]) -> str:
        usual = next(iter(self.orders))
        asked = params.get("sort") or usual
        if asked in self.orders:
            return asked
        hints.append(gettext("The list can not be sorted by “%(value)s”.") % {"value": asked[:60]})
        return usual

    def _orders(self, params: QueryDict, chosen: str) -> list[Order]:
        return [
            Order(value, str(label), value == chosen, changed(params, sort=value))
            for value, label in self.orders.items()
        ]


@until_content_changes
def _held(of: str, facets: tuple[str, ...], tokens: frozenset[str], language: str, day: dt.date) -> ListAnswer:
    return listing.ask(ListRequest(type=of, audiences=tokens, language=language, facets=facets, size=0))


def in_order_of(ids: Collection[str], rows: QuerySet[M]) -> list[M]:
    """The rows with these keys, in their order. Those that the database does not show (any more) are left out."""
    found = rows.filter(pk__in=[int(one) for one in ids]).in_bulk() if ids else {}
    return [found[int(one)] for one in ids if int(one) in found]
