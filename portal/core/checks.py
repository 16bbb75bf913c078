"""What Django does not check: the portal's own settings, with messages that say what to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  the name that Django gives it

from .ratelimit import parse


@register()
def rate_limits_are_readable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every entry of RATE_LIMITS and LOGIN_FAILURE_LIMITS reads as number/period."""
    found: list[CheckMessage] = []
    for setting in ("RATE_LIMITS", "LOGIN_FAILURE_LIMITS"):
        for name, limit in getattr(settings, setting).items():
            try:
                parse(limit)
            except ValueError as error:
                found.append(Error(f"{setting}[{name!r}]: {error}", id="portal.E001"))
    return found


@register()
def folders_are_writable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The folders the portal writes to exist, or can be made."""
    found: list[CheckMessage] = []
    for name in ("MEDIA_ROOT", "STATIC_ROOT", "PAGE_CACHE_GENERATION_FILE"):
        path = Path(getattr(settings, name))
        folder = path if name.endswith("_ROOT") else path.parent
        while not folder.exists():
            folder = folder.parent
        if not os.access(folder, os.W_OK):
            hint = "Give the portal's user the right to write there, or point VAR_DIR elsewhere."
            found.append(Error(f"{name}: no right to write in {folder}", hint=hint, id="portal.E002"))
    return found


@register(Tags.security, deploy=True)
def production_shares_its_state(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Several processes need one cache, one channel layer and a real mail server."""
    found: list[CheckMessage] = []
    if "locmem" in settings.CACHES["default"]["BACKEND"]:
        hint = "Set REDIS_URL: rate limits and page cache must be shared by all processes."
        found.append(Warning("The cache lives in one process", hint=hint, id="portal.W001"))
    if "InMemory" in settings.CHANNEL_LAYERS["default"]["BACKEND"]:
        hint = "Set REDIS_URL: a message posted in one process must reach the sockets of the others."
        found.append(Warning("The channel layer lives in one process", hint=hint, id="portal.W002"))
    if "filebased" in settings.EMAIL_BACKEND:
        found.append(Warning("Mail is written to files", hint="Set EMAIL_URL.", id="portal.W003"))
    if settings.PORTAL_DEV_PAGES:
        hint = "Run with DJANGO_SETTINGS_MODULE=config.settings.production."
        found.append(Warning("Development pages are open to everyone", hint=hint, id="portal.W004"))
    if not settings.WAGTAILADMIN_BASE_URL.startswith("https://"):
        found.append(Warning("BASE_URL is not https", hint="Links in mail are made from it.", id="portal.W005"))
    return found
