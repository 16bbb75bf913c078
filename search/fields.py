"""The fields both engines index, and what a document puts into them.

Three kinds of terms (exact words, stems, heads) for each of four tiers (title, keywords, summary, everything). What
matches is decided on "everything"; the other tiers only lift the score.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass

from .alphabet import plain
from .analysis import ANALYSIS_VERSION, heads, stem_set, words
from .documents import SearchDocument
from .orders import BORDER, NAMES

#: Of the fields and of what is put into them; an index of another version is rebuilt.
INDEX_VERSION = f"2.{ANALYSIS_VERSION}"

TIERS = ("title", "keywords", "summary", "all")
KINDS = ("words", "stems", "heads")
TEXT_FIELDS = tuple(f"{kind}_{tier}" for kind in KINDS for tier in TIERS)
#: Stems are a set without order; the others keep their order, for runs of words.
ORDERED_FIELDS = frozenset(name for name in TEXT_FIELDS if not name.startswith("stems"))
#: Single values and lists of them, indexed as they are.
KEYWORD_FIELDS = ("key", "audiences", "facets", "gives_way", "whole_title", "whole_keywords")
#: Name of an order -> its field. What stands in it is unlike for every two documents: the key is its end.
ORDER_FIELDS = {name: f"order_{name}" for name in NAMES}
#: Days, as their ordinals.
DAY_FIELDS = ("until", "due")

#: Stands between texts, so that no run of words reaches from one into the next.
_BORDER = "|"

_NEUTRAL = 1.2
_RANK_RANGE = (0.25, 4.0)
_RANK_POWER = 0.125
_ORDER_SHARE = 0.02
_FIRST_YEAR, _YEARS = 1990, 70
_ALPHABET = 36


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A document as an engine takes it: field -> terms. `source` is the document itself, for showing it."""

    key: str
    fingerprint: str
    texts: dict[str, str]
    keywords: dict[str, list[str]]
    orders: dict[str, str]
    days: dict[str, int]
    weight: float
    source: str


def entry_of(document: SearchDocument) -> IndexEntry:
    """What the index holds of `document`."""
    return IndexEntry(
        key=document.key,
        fingerprint=document.fingerprint,
        texts=_texts(document),
        keywords={
            "key": [document.key],
            "audiences": sorted(document.audiences),
            "facets": [facet_token("type", document.type), *_facet_tokens(document)],
            "gives_way": sorted(
                reader_token(language, token) for language, tokens in document.gives_way.items() for token in tokens
            ),
            "whole_title": [" ".join(words(document.title))],
            "whole_keywords": sorted({" ".join(words(keyword)) for keyword in document.keywords}),
        },
        orders={ORDER_FIELDS[name]: f"{order}{BORDER}{document.key}" for name, order in document.orders.items()},
        days={
            "until": (document.until or dt.date.max).toordinal(),
            **({"due": document.due.toordinal()} if document.due else {}),
        },
        weight=weight_of(document),
        source=json.dumps(document.as_data(), ensure_ascii=False),
    )


def facet_token(name: str, value: str) -> str:
    """One facet value as a term: ``country=RS``."""
    return f"{name}={value}"


def reader_token(language: str, token: str) -> str:
    """Whoever reads in a language and holds a token of an audience, as a term: ``de|members``."""
    return f"{language}|{token}"


def key_in_order(value: str) -> str:
    """The key at the end of what stands in an order's field."""
    return value.rpartition(BORDER)[2]


def _facet_tokens(document: SearchDocument) -> list[str]:
    return [facet_token(name, value) for name, values in document.facets.items() for value in values]


def _texts(document: SearchDocument) -> dict[str, str]:
    own = document.language
    parts: dict[str, list[tuple[str, str]]] = {
        "title": [(document.title, own)],
        "keywords": [(keyword, "") for keyword in document.keywords],
        "summary": [(document.summary, own)],
    }
    subjects = [(subject, "") for subject in document.subjects]
    parts["all"] = [*parts["title"], *parts["keywords"], *parts["summary"], *subjects, (document.body, own)]
    texts: dict[str, str] = {}
    for tier, given in parts.items():
        texts[f"words_{tier}"] = _joined(words(text) for text, _language in given)
        texts[f"heads_{tier}"] = _joined(heads(text) for text, _language in given)
        texts[f"stems_{tier}"] = " ".join(sorted(set().union(*(stem_set(text, language) for text, language in given))))
    return texts


def _joined(runs: Iterable[list[str]]) -> str:
    return f" {_BORDER} ".join(" ".join(run) for run in runs if run)


def weight_of(document: SearchDocument) -> float:
    """What the document's score is multiplied by: between 1 and 1.46, 1.2 for a neutral document without a date.

    The rank counts by its eighth root. On top stand at most two per cent that only put equals in order: the younger
    first, the undated after them by title. Both engines get the same number, so they put them in the same order.
    """
    low, high = _RANK_RANGE
    rank = math.pow(min(max(document.rank, low), high), _RANK_POWER)
    return round(_NEUTRAL * rank * (1 + _ORDER_SHARE * _place(document)), 7)


def _place(document: SearchDocument) -> float:
    if document.date:
        years = document.date.year - _FIRST_YEAR + document.date.timetuple().tm_yday / 366
        return 0.5 + 0.5 * min(max(years / _YEARS, 0.0), 1.0)
    place = 0.0
    for position, letter in enumerate(plain(document.title)[:3], start=1):
        value = ord(letter) - ord("a") + 10 if letter.isalpha() else int(letter) if letter.isdecimal() else 0
        place += min(max(value, 0), _ALPHABET - 1) / _ALPHABET**position
    return 0.5 * (1 - place)


def document_of(source: str | bytes) -> SearchDocument:
    """The document out of an entry's `source`."""
    return SearchDocument.from_data(json.loads(source))
