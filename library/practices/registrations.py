"""What this app brings to the portal: registered at start-up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core import navigation, panels
from portal.core.audience import held_by
from portal.finding.lists import Some
from search import registry

from . import selectors
from .documents import practice_document, practice_queryset
from .enums import EvidenceLevel
from .models import PracticePage

#: Practices in a panel; the rest is a click away.
IN_PANEL = 6

navigation.register(navigation.Section("library", _("Library"), "library/", 30))
registry.register(
    PracticePage,
    practice_document,
    type="practice",
    label=_("Practice"),
    plural=_("Practices"),
    queryset=practice_queryset,
)
registry.register_facet("tag", _("Tag"), lambda slug: slug.replace("-", " "), 70)
registry.register_facet("evidence", _("Evidence"), lambda value: str(EvidenceLevel(value).label), 80)


@panels.register("home", 30, kept=True)
def latest_practices(request: HttpRequest, subject: Any) -> panels.Panel | None:
    """The newest practices this viewer may see."""
    library = selectors.library()
    found = selectors.newest(held_by(request), 3)
    if library is None or not found.items:
        return None
    context = {"practices": found.items, "total": found.total, "library_url": library.get_url(request)}
    return panels.Panel("practices/panels/latest.html", context)


@panels.register("term", 20, kept=True)
def practices_of_term(request: HttpRequest, subject: Any) -> panels.Panel | None:
    """The practices filed under a term."""
    found = selectors.with_term(subject, held_by(request), IN_PANEL)
    return _some_of(request, found, query=f"?{subject.kind}={subject.slug}")


@panels.register("agency", 30, kept=True)
def practices_of_agency(request: HttpRequest, subject: Any) -> panels.Panel | None:
    """The practices an agency leads."""
    return _some_of(request, selectors.led_by(subject, held_by(request), IN_PANEL), query="")


def _some_of(request: HttpRequest, found: Some[PracticePage], *, query: str) -> panels.Panel | None:
    library = selectors.library()
    if library is None or not found.items:
        return None
    are_more = found.total is None or found.total > len(found.items)
    more = f"{library.get_url(request)}{query}" if query and are_more else ""
    return panels.Panel("practices/panels/list.html", {"practices": found.items, "more_url": more})
