"""Places on lower pages that higher apps fill: the home page, a term's page, an agency's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .audience import held_by
from .pagecache import Remembered

PLACES = ("home", "term", "agency")


@dataclass(frozen=True, slots=True)
class Panel:
    """A template and what it shows."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


PanelBuilder = Callable[[HttpRequest, Any], "Panel | None"]


@dataclass(frozen=True, slots=True)
class _Registered:
    """A builder at its place."""

    order: int
    build: PanelBuilder
    kept: bool


_registered: dict[str, list[_Registered]] = {place: [] for place in PLACES}
_markup: Remembered[SafeString | None] = Remembered(1000)


def register(place: str, order: int, *, kept: bool = False) -> Callable[[PanelBuilder], PanelBuilder]:
    """Decorate ``fn(request, subject) -> Panel | None`` to fill `place`; `order` is low for high on the page.

    The builder filters by ``request.audiences`` and returns None when there is nothing to show. With `kept` its markup
    is remembered: it shows published content, and depends on nothing else but the audiences, the language and the day.
    Raises KeyError for an unknown place.
    """

    def decorate(builder: PanelBuilder) -> PanelBuilder:
        _registered[place].append(_Registered(order, builder, kept))
        _registered[place].sort(key=lambda one: one.order)
        return builder

    return decorate


def panels(place: str, request: HttpRequest, subject: Any, render: Callable[[Panel], SafeString]) -> list[SafeString]:
    """The markup of every panel of `place` for this viewer, in order."""
    shown = (_shown(one, request, subject, render) for one in _registered[place])
    return [markup for markup in shown if markup is not None]


def _shown(
    one: _Registered, request: HttpRequest, subject: Any, render: Callable[[Panel], SafeString]
) -> SafeString | None:
    def make() -> SafeString | None:
        panel = one.build(request, subject)
        return None if panel is None else render(panel)

    # A page that is previewed is not the one that is published.
    if not one.kept or getattr(request, "is_preview", False):
        return make()
    about = (subject._meta.label, subject.pk) if isinstance(subject, Model) else None
    return _markup.get((one, about, held_by(request), get_language(), timezone.localdate()), make)
