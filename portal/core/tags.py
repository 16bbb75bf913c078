"""Free tags: one word is one tag, whatever the case of its letters, in every script and on every database.

SQLite compares the case of ASCII letters only, so that ``Čuvar`` and ``čuvar`` would be two. Practices, images and
documents have managers of their own for their tags, made by two packages; all find tags by one function.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from taggit.managers import _TaggableManager

_find = _TaggableManager._to_tag_model_instances  # noqa: SLF001  the one function that all tags pass


def take_hold() -> None:
    """Let every manager of tags look for them by folded letters."""
    _TaggableManager._to_tag_model_instances = _by_folded_letters  # noqa: SLF001  as above


def _by_folded_letters(manager: Any, tags: Iterable[Any], tag_kwargs: Any) -> Any:
    """Return taggit's tags, each new name in the spelling it has already: the oldest one."""
    given = list(tags)
    known: dict[str, str] = {}
    if any(isinstance(tag, str) for tag in given):
        names = manager.through.tag_model()._default_manager.order_by("-pk").values_list("name", flat=True)
        known = {_folded(name): name for name in names}
    spelled = [known.setdefault(_folded(tag), tag) if isinstance(tag, str) else tag for tag in given]
    return _find(manager, spelled, tag_kwargs)


def _folded(tag: str) -> str:
    return unicodedata.normalize("NFC", tag).casefold()
