"""A search registry of a test's own: nothing of the portal is registered in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from search import registry


@contextmanager
def empty_registry() -> Iterator[None]:
    """Within it, only what the test registers is known; afterwards everything is as before."""
    providers = list(registry.synonyms._providers)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_registrations", "_types", "_facets"):
            patch.setattr(registry, name, {})
        patch.setattr(registry, "_synonym_models", set())
        registry.synonyms._providers.clear()
        registry.synonyms_changed()
        yield
    registry.synonyms._providers[:] = providers
    registry.synonyms_changed()
