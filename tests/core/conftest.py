"""What tests of files share."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture
def files_wagtail_leaves_open() -> Iterator[None]:
    """Its upload forms and sizes of pictures leave theirs to the collector, which would speak up in another test."""
    cache.clear()  # Wagtail remembers sizes by the picture's key, which the next test's picture may have
    yield
    cache.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
