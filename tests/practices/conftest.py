from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def _own_index(tmp_path: Path, settings: Any) -> None:
    """The embedded engine, with an index of the test's own."""
    settings.SEARCH = {
        "BACKEND": "search.backends.embedded.EmbeddedBackend",
        "OPTIONS": {"path": str(tmp_path / "index")},
    }
