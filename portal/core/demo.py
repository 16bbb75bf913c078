"""Starter content: each app brings a part in its `demo.py`; `manage.py load_demo` runs them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]  # the same interface in Python


@dataclass
class DemoReport:
    """What one run made: kind of record -> how many. Nothing that stood before is counted or changed."""

    made: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def count(self, kind: str, number: int = 1) -> None:
        """Add `number` new records of `kind`."""
        if number:
            self.made[kind] = self.made.get(kind, 0) + number


DemoLoader = Callable[[DemoReport], None]
_loaders: list[tuple[int, DemoLoader]] = []


def register(order: int) -> Callable[[DemoLoader], DemoLoader]:
    """Decorate ``fn(report)``: create what is missing by its slug, never touch what exists. Low orders run first."""

    def decorate(loader: DemoLoader) -> DemoLoader:
        _loaders.append((order, loader))
        return loader

    return decorate


def loaders() -> list[DemoLoader]:
    """The registered parts in order."""
    return [loader for _order, loader in sorted(_loaders, key=lambda pair: pair[0])]


def read_facts(path: Path) -> Any:
    """A facts file as plain Python data."""
    with path.open("rb") as stream:
        return yaml.load(stream, Loader=Loader)
