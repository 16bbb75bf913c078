"""An index of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search import backends
from search.backends.base import SearchBackend
from tests.factories.search_registry import empty_registry


@pytest.fixture
def own_registry() -> Iterator[None]:
    """Nothing is registered but what the test registers."""
    with empty_registry():
        yield


@pytest.fixture
def own_index(tmp_path: Path, settings: Any) -> SearchBackend:
    """The embedded engine with an index under the test's own directory."""
    options = {"path": str(tmp_path / "index"), "lock_wait": 0.2}
    settings.SEARCH = {"BACKEND": "search.backends.embedded.EmbeddedBackend", "OPTIONS": options}
    return backends.current()
