"""What this app brings to the portal: registered at start-up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.members.models import Agency
from portal.core import navigation, panels
from portal.core.audience import held_by
from portal.core.panels import Panel
from portal.vocabulary.models import Term
from search import registry

from . import selectors
from .documents import indicator_document
from .models import Indicator

navigation.register(navigation.Section("figures", _("Figures"), "figures/", order=70))
registry.register(
    Indicator,
    indicator_document,
    type="indicator",
    label=_("Indicator"),
    plural=_("Indicators"),
    queryset=lambda: Indicator.objects.prefetch_related("figures", "audiences"),
)

#: So many figures stand on the home page.
ON_HOME = 3


@panels.register("home", 40, kept=True)
def current_figures(request: HttpRequest, subject: Any) -> Panel | None:
    """The newest figures on the home page."""
    entries = selectors.newest_entries(held_by(request), ON_HOME)
    return Panel("indicators/panels/home.html", {"entries": entries}) if entries else None


@panels.register("term", 40, kept=True)
def figures_of_term(request: HttpRequest, subject: Any) -> Panel | None:
    """What measures a term."""
    if not isinstance(subject, Term):
        return None
    return _list(selectors.of_term(subject, held_by(request)))


@panels.register("agency", 40, kept=True)
def figures_of_agency(request: HttpRequest, subject: Any) -> Panel | None:
    """What an agency counts."""
    if not isinstance(subject, Agency):
        return None
    return _list(selectors.of_agency(subject, held_by(request)))


def _list(entries: list[selectors.Entry]) -> Panel | None:
    return Panel("indicators/panels/list.html", {"entries": entries}) if entries else None
