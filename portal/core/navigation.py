"""The sections in the masthead. Higher apps register theirs at start-up; paths carry no language."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language

from .audience import MEMBERS, held_by
from .languages import in_language, without_language


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the portal. `path` is as in ``"library/"``; `members_only` hides it from everyone else."""

    key: str
    label: Promise | str
    path: str
    order: int
    members_only: bool = False


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A section as one viewer sees it; `current` is ``page`` on its first page, ``true`` below it, else empty."""

    label: Promise | str
    url: str
    current: str


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of a breadcrumb."""

    label: Promise | str
    url: str


_sections: dict[str, Section] = {}
_help: dict[str, Section] = {}


def register(section: Section) -> None:
    """Add a section; registering the same key again replaces it."""
    _sections[section.key] = section


def register_help(page: Section) -> None:
    """Add a page to "Rules and help" at the foot of every page; registering the same key again replaces it."""
    _help[page.key] = page


def help_pages() -> list[Crumb]:
    """The pages under "Rules and help", in order. No query: they are part of the portal, like its sections."""
    language = get_language()
    pages = sorted(_help.values(), key=lambda page: page.order)
    return [Crumb(page.label, in_language(page.path, language)) for page in pages]


def sections(request: HttpRequest) -> list[SectionLink]:
    """The sections `request`'s viewer may enter, in order, with the one they are in marked. No query for a visitor."""
    here = without_language(request.path)
    held = held_by(request)
    language = get_language()
    return [
        SectionLink(section.label, in_language(section.path, language), _current(section, here))
        for section in sorted(_sections.values(), key=lambda section: section.order)
        if not section.members_only or MEMBERS in held
    ]


def _current(section: Section, here: str) -> str:
    if here == section.path:
        return "page"
    return "true" if here.startswith(section.path) else ""
