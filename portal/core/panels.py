"""Places on lower pages that higher apps fill: the home page, a term's page, an agency's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

PLACES = ("home", "term", "agency")


@dataclass(frozen=True, slots=True)
class Panel:
    """A template and what it shows."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


PanelBuilder = Callable[[HttpRequest, Any], "Panel | None"]
_builders: dict[str, list[tuple[int, PanelBuilder]]] = {place: [] for place in PLACES}


def register(place: str, order: int) -> Callable[[PanelBuilder], PanelBuilder]:
    """Decorate ``fn(request, subject) -> Panel | None`` to fill `place`; `order` is low for high on the page.

    The builder filters by ``request.audiences`` and returns None when there is nothing to show. Raises KeyError for an
    unknown place.
    """

    def decorate(builder: PanelBuilder) -> PanelBuilder:
        _builders[place].append((order, builder))
        _builders[place].sort(key=lambda pair: pair[0])
        return builder

    return decorate


def panels(place: str, request: HttpRequest, subject: Any = None) -> list[Panel]:
    """The panels of `place` for this viewer, in order."""
    built = (builder(request, subject) for _order, builder in _builders[place])
    return [panel for panel in built if panel is not None]
