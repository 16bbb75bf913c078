"""Search documents for tests: public, in English, unless said otherwise."""

from __future__ import annotations

import itertools
from typing import Any

from search.documents import SearchDocument

_numbers = itertools.count(1)

#: An engine that does not answer, for trying what happens then: nothing listens on its port.
SILENT = {
    "BACKEND": "search.backends.elasticsearch.ElasticsearchBackend",
    "OPTIONS": {"url": "http://127.0.0.1:9", "timeout": 0.5},
}


def document(title: str = "A practice", **values: Any) -> SearchDocument:
    """A document with an id of its own; every field can be given."""
    number = next(_numbers)
    given = {
        "type": "practice",
        "id": str(number),
        "slug": values.get("id", f"thing-{number}"),
        "path": f"library/thing-{number}/",
        "audiences": {"public"},
        "language": "en",
        **values,
    }
    return SearchDocument(title=title, **given)
