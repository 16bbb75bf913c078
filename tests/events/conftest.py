"""An index of each test's own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, settings: Any) -> None:
    """So that nothing one test publishes is found by another."""
    settings.SEARCH = {
        "BACKEND": "search.backends.embedded.EmbeddedBackend",
        "OPTIONS": {"path": str(tmp_path / "index")},
    }
