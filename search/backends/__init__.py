"""The engines, and the one the SEARCH setting chooses."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from .base import EngineUnavailableError, SearchBackend

logger = logging.getLogger(__name__)

#: Seconds in which an engine that did not answer is not asked again.
PAUSE = 5.0


@lru_cache(maxsize=1)
def current() -> SearchBackend:
    """The engine of this installation: ``SEARCH = {"BACKEND": dotted path, "OPTIONS": {…}}``."""
    return make(settings.SEARCH)


def make(setting: dict[str, Any]) -> SearchBackend:
    """An engine of its own for a setting of that form."""
    backend: SearchBackend = import_string(setting["BACKEND"])(**setting.get("OPTIONS", {}))
    return backend


class _Absence:
    """Whether the engine is away, as this process saw it last."""

    def __init__(self) -> None:
        self.reason = ""
        self.ask_again = 0.0
        self.lock = Lock()

    def check(self) -> None:
        """Raise EngineUnavailableError while the engine is not to be asked; one request after each pause may try."""
        with self.lock:
            if not self.reason:
                return
            now = time.monotonic()
            if now < self.ask_again:
                raise EngineUnavailableError(self.reason)
            self.ask_again = now + PAUSE

    def begins(self, reason: str) -> None:
        """Note that the engine did not answer; said once."""
        with self.lock:
            if not self.reason:
                logger.warning("search is away: %s", reason)
            self.reason, self.ask_again = reason, time.monotonic() + PAUSE

    def ends(self) -> None:
        """Note that it answered; said once."""
        with self.lock:
            if self.reason:
                logger.warning("search is back")
            self.reason = ""

    def forget(self) -> None:
        """It is about another engine now."""
        with self.lock:
            self.reason = ""


_absence = _Absence()


@contextmanager
def reading() -> Iterator[SearchBackend]:
    """The engine, for questions.

    Once it did not answer, everybody is told so at once for a while: an engine that is slow to fail must not hold up
    every page that would like to ask it. Raises EngineUnavailableError.
    """
    _absence.check()
    try:
        yield current()
    except EngineUnavailableError as error:
        _absence.begins(str(error))
        raise
    _absence.ends()


def _forget(*, setting: str, **_kwargs: Any) -> None:
    if setting == "SEARCH":
        current.cache_clear()
        _absence.forget()


setting_changed.connect(_forget)
