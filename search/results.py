"""What a search found, the same whichever engine found it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from .documents import SearchDocument
from .synonyms import Phrase


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a text, escaped, with its matching words in ``<mark>``; `language` is its code, "" when mixed."""

    html: SafeString
    language: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One found thing.

    `title`, `excerpts` and `names` (other names that matched) are marked; `document` is as it was indexed.
    """

    document: SearchDocument
    score: float
    title: Excerpt
    excerpts: tuple[Excerpt, ...] = ()
    names: tuple[Excerpt, ...] = ()

    @property
    def type(self) -> str:
        """The type of the document."""
        return self.document.type

    @property
    def slug(self) -> str:
        """The public name of the thing."""
        return self.document.slug

    @property
    def path(self) -> str:
        """The address without language prefix and leading slash."""
        return self.document.path


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One value of a facet: how many of the results have it, and whether it is being filtered by."""

    value: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another text to search for, and how many results the viewer would see."""

    text: str
    total: int


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer to a SearchRequest.

    total       results in all; `hits` are those of the page asked for (none when it lies past the end).
    facets      "type" and facet names -> values with counts, the most frequent first. A facet's counts ignore its
                own filter and respect all others; filtered values are always among them.
    expanded    the synonyms that were searched too.
    fuzzy       words found nowhere as they stand, for which similar ones were searched.
    relaxed     no result has all the words; these have some.
    suggestion  another spelling, taken only from what the viewer may see and from the vocabulary.
    hints       what could not be read as it was probably meant.
    """

    total: int
    page: int
    size: int
    hits: tuple[Hit, ...] = ()
    facets: dict[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    expanded: tuple[Phrase, ...] = ()
    fuzzy: tuple[str, ...] = ()
    relaxed: bool = False
    suggestion: Suggestion | None = None
    hints: tuple[str, ...] = ()

    @property
    def pages(self) -> int:
        """The number of pages; 1 when there is nothing."""
        return max(1, -(-self.total // self.size))
