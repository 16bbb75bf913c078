"""What search knows of a thing: one engine-neutral record, made by the app that owns the thing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import orders

#: Names become parameters of the result page's address and keys of the index.
_NAME = re.compile(r"[a-z][a-z_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """One findable thing.

    type        what it is ("practice"); the registry holds its label.
    id          unique among the documents of its type: the primary key as text.
    slug        the thing's public name, reported by `search_batch`.
    title       as shown; the strongest field.
    path        the page's address without language prefix and leading slash ("meetings/x/").
    audiences   tokens of those who may find it; none means nobody.
    summary     shown under the title; body is only searched and quoted from.
    keywords    other names: labels in all languages, synonyms, abbreviations. Second to the title.
    subjects    names of what the thing is filed under, in all languages. They count like the body: a practice filed
                under "Women at risk" is not the term of that name.
    language    code of title, summary and body; "" when mixed or not known.
    facets      name -> values ("country": ("RS", "BA")); one value may be given bare. "language" and "year" are
                filled from `language` and `date` unless given.
    date        what "newest first" sorts by: a day, or a moment.
    orders      name of an order -> where lists put it (see `search.orders`). "title" and "newest" are filled from
                `title` and `date` unless given.
    until       the last day on which it may be found; None for always.
    due         the day by which something is to be done.
    gives_way   language of the interface -> tokens of those whom lists show another translation in its place.
    rank        multiplies the score gently: 1 is neutral, 0.25 to 4 is the range that counts.
    version     anything else that must lead to a new copy in the index when it changes.

    Raises ValueError naming the field that does not hold what it should.
    """

    type: str
    id: str
    slug: str
    title: str
    path: str
    audiences: frozenset[str]
    summary: str = ""
    body: str = ""
    keywords: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    language: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date: dt.date | None = None
    orders: Mapping[str, str] = field(default_factory=dict)
    until: dt.date | None = None
    due: dt.date | None = None
    gives_way: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rank: float = 1.0
    version: str = ""

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "id", str(self.id))
        for name in ("title", "summary", "body", "slug", "path", "language", "version"):
            put(self, name, str(getattr(self, name) or ""))
        put(self, "audiences", frozenset(self.audiences))
        for name in ("keywords", "subjects"):
            put(self, name, tuple(dict.fromkeys(word for word in map(str, getattr(self, name)) if word.strip())))
        put(self, "orders", self._all_orders())
        put(self, "gives_way", {name: frozenset(tokens) for name, tokens in self.gives_way.items() if tokens})
        if isinstance(self.date, dt.datetime):
            put(self, "date", self.date.date())
        put(self, "facets", self._all_facets())
        self._validate()

    def _all_facets(self) -> dict[str, tuple[str, ...]]:
        facets = {name: _values(values) for name, values in self.facets.items()}
        if self.language:
            facets.setdefault("language", (self.language,))
        if self.date:
            facets.setdefault("year", (str(self.date.year),))
        return {name: values for name, values in sorted(facets.items()) if values}

    def _all_orders(self) -> dict[str, str]:
        always = {"title": orders.alphabetical(self.title), "newest": orders.newest_first(self.date)}
        return always | dict(self.orders)

    def _validate(self) -> None:
        where = f"search document {self.type}:{self.id}"
        if not _NAME.fullmatch(self.type):
            raise ValueError(f"{where}: type must be lower-case letters and underscores, got {self.type!r}")
        if not self.id or not self.title.strip():
            raise ValueError(f"{where}: id and title must not be empty")
        if self.path.startswith("/"):
            raise ValueError(f"{where}: path must come without a leading slash and language, got {self.path!r}")
        for name in self.facets:
            if not _NAME.fullmatch(name) or name == "type":
                raise ValueError(
                    f"{where}: facet name {name!r} must be lower-case letters and underscores, and not 'type'"
                )
        for name in self.orders:
            if name not in orders.NAMES:
                raise ValueError(f"{where}: there is no order {name!r}; known are {', '.join(orders.NAMES)}")
        if self.rank <= 0:
            raise ValueError(f"{where}: rank must be above 0, got {self.rank!r}")

    @property
    def key(self) -> str:
        """The document's name in the index: ``type:id``."""
        return document_key(self.type, self.id)

    @property
    def fingerprint(self) -> str:
        """A short hash of everything in the document; the index holds the same document when it holds the same hash."""
        text = json.dumps(self.as_data(), sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()

    def as_data(self) -> dict[str, Any]:
        """The document as plain JSON data."""
        return {
            "type": self.type,
            "id": self.id,
            "slug": self.slug,
            "title": self.title,
            "path": self.path,
            "audiences": sorted(self.audiences),
            "summary": self.summary,
            "body": self.body,
            "keywords": list(self.keywords),
            "subjects": list(self.subjects),
            "language": self.language,
            "facets": {name: list(values) for name, values in self.facets.items()},
            "date": self.date.isoformat() if self.date else None,
            "orders": dict(sorted(self.orders.items())),
            "until": self.until.isoformat() if self.until else None,
            "due": self.due.isoformat() if self.due else None,
            "gives_way": {name: sorted(tokens) for name, tokens in sorted(self.gives_way.items())},
            "rank": self.rank,
            "version": self.version,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> SearchDocument:
        """The document of `as_data`."""
        values = dict(data)
        for name in ("date", "until", "due"):
            if values[name]:
                values[name] = dt.date.fromisoformat(values[name])
        return cls(**values)


def document_key(type_name: str, identifier: object) -> str:
    """The name in the index of the document `identifier` of a type."""
    return f"{type_name}:{identifier}"


def _values(values: Iterable[object] | str | None) -> tuple[str, ...]:
    if values is None:
        return ()
    listed = [values] if isinstance(values, str) else list(values)
    return tuple(sorted({str(value) for value in listed if value not in (None, "")}))
