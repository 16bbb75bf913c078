"""An index and a registry of each test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group

from search import backends, registry, search
from search.backends.base import SearchBackend
from search.documents import SearchDocument
from search.query import SearchRequest
from tests.factories.search_registry import empty_registry


@pytest.fixture(autouse=True)
def _own_registry() -> Iterator[None]:
    with empty_registry():
        yield


@pytest.fixture(autouse=True)
def engine(tmp_path: Path, settings: Any) -> SearchBackend:
    """The embedded engine with an index under the test's own directory."""
    options = {"path": str(tmp_path / "index"), "lock_wait": 0.2}
    settings.SEARCH = {"BACKEND": "search.backends.embedded.EmbeddedBackend", "OPTIONS": options}
    return backends.current()


def group_document(group: Group) -> SearchDocument | None:
    """A group is found by its name; a name that starts with "draft" is not published; "broken" has a fault."""
    if group.name.startswith("broken"):
        raise ZeroDivisionError("no such figure")
    if group.name.startswith("draft"):
        return None
    return SearchDocument(
        type="group",
        id=str(group.pk),
        slug=group.name,
        title=group.name,
        path=f"groups/{group.pk}/",
        audiences={"members"} if group.name.startswith("hidden") else {"public"},
        keywords=tuple(group.permissions.order_by("pk").values_list("codename", flat=True)),
    )


@pytest.fixture
def groups() -> None:
    """Groups can be found."""
    registry.register(Group, group_document, type="group", label="Group", plural="Groups")


@pytest.fixture
def found() -> Callable[..., list[str]]:
    """The slugs the public finds, the best first."""

    def run(text: str = "", **values: Any) -> list[str]:
        request = SearchRequest(**{"text": text, "audiences": frozenset({"public"}), **values})
        return [hit.slug for hit in search(request).hits]

    return run
