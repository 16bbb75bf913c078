"""What every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from . import navigation


def portal(request: HttpRequest) -> dict[str, Any]:
    """`site_sections` (the masthead), `help_pages` (the foot) and `dev_pages`."""
    return {
        "site_sections": navigation.sections(request),
        "help_pages": navigation.help_pages(),
        "dev_pages": settings.PORTAL_DEV_PAGES,
    }
