"""What to ask an engine: a small tree that both engines translate.

So they find the same and order it the same way.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Has:
    """The field holds one of the terms."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The field holds a number from `low` to `high`; None is open."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """The field holds the terms one after the other."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartsWith:
    """The field holds a term with this beginning."""

    field: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Like:
    """The field holds a term at most `edits` changes (a letter more, less, other, or two swapped) from `term`."""

    field: str
    term: str
    edits: int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least `least` of the parts, of which there is one or more, hold."""

    parts: tuple[Node, ...]
    least: int = 1


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts hold and none of `without`. Without parts: everything but those."""

    parts: tuple[Node, ...]
    without: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """`points` for what the node matches, however often."""

    node: Node
    points: float


@dataclass(frozen=True, slots=True)
class Best:
    """The points of the best part, and the share `tie` of the others'."""

    parts: tuple[Scored, ...]
    tie: float = 0.0


Node = Everything | Has | Between | Run | StartsWith | Like | AnyOf | AllOf | Scored | Best
