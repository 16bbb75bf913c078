"""The engines, and the one the SEARCH setting chooses."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from .base import SearchBackend


@lru_cache(maxsize=1)
def current() -> SearchBackend:
    """The engine of this installation: ``SEARCH = {"BACKEND": dotted path, "OPTIONS": {…}}``."""
    return make(settings.SEARCH)


def make(setting: dict[str, Any]) -> SearchBackend:
    """An engine of its own for a setting of that form."""
    backend: SearchBackend = import_string(setting["BACKEND"])(**setting.get("OPTIONS", {}))
    return backend


def _forget(*, setting: str, **_kwargs: Any) -> None:
    if setting == "SEARCH":
        current.cache_clear()


setting_changed.connect(_forget)
