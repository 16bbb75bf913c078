"""What vetting brings to the portal: registered at start-up."""

from __future__ import annotations

from django.http import HttpRequest

from portal.core.audience import MEMBERS, held_by
from portal.core.panels import Panel, register


@register("home", 90)
def join_panel(request: HttpRequest, subject: object) -> Panel | None:
    """How to join, for those who have not."""
    if MEMBERS in held_by(request):
        return None
    return Panel("vetting/panels/join.html")
