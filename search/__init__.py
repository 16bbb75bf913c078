"""The ground: one way to find all of it. ``search.search(SearchRequest(...)) -> SearchResults``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .query import SearchRequest
    from .results import SearchResults


def search(request: SearchRequest) -> SearchResults:
    """See `search.engine.search`."""
    from .engine import search as run  # Django imports this package before its settings are read

    return run(request)
