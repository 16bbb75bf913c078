"""The audit trail: who did what, when and why. Entries keep the names, and outlive the people and things they name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import AuditEntry


@dataclass(frozen=True, slots=True)
class Words:
    """How an action reads.

    `label` stands where the object is known, on its own page ("Suspended"). `sentence` holds ``%(by)s`` and, as a rule,
    ``%(target)s``; `own` takes its place when people did it to themselves. `detail` puts an entry's data into words.
    """

    label: Any
    sentence: Any
    own: Any = ""
    detail: Callable[[dict[str, Any]], str] | None = None


#: Action -> its words. Filled by the apps that record them.
_words: dict[str, Words] = {}


def register(actions: Mapping[str, Words]) -> None:
    """Give actions their words, at start-up: an action without is not recorded."""
    _words.update(actions)


def actions() -> dict[str, Words]:
    """Every action that can be recorded, with its words."""
    return dict(_words)


def record(*, action: str, by: Any, target: Model, reason: str = "", data: dict[str, Any] | None = None) -> AuditEntry:
    """Write one entry in the caller's transaction.

    `action` is ``<app>.<past participle>`` (``vetting.accepted``); `by` is the user who acted, or None for the portal.
    Raises LookupError for an action that no app has given words.
    """
    if action not in _words:
        raise LookupError(f"the action {action!r} has no words: its app registers them in trail.py")
    with override(settings.LANGUAGE_CODE):
        named = str(target)
    return AuditEntry.objects.create(
        action=action,
        by_id=by.pk if by is not None else None,
        by_name=by.get_full_name() if by is not None else "",
        content_type=ContentType.objects.get_for_model(target),
        object_id=str(target.pk),
        target_name=named,
        reason=reason,
        data=data or {},
    )


def trail_of(target: Model) -> QuerySet[AuditEntry]:
    """The entries about `target`, newest first."""
    content_type = ContentType.objects.get_for_model(target)
    return AuditEntry.objects.filter(content_type=content_type, object_id=str(target.pk))


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the pages show it: when, who, what, and why; all but the time are words."""

    at: dt.datetime
    by: str
    what: str
    reason: str


def steps(entries: Iterable[AuditEntry]) -> list[Step]:
    """`entries` in words, for the page of the one thing they are about."""
    return [Step(entry.at, actor(entry), label(entry.action), entry.reason) for entry in entries]


def actor(entry: AuditEntry) -> str:
    """Who acted, under the name they had then."""
    return entry.by_name or _("the portal")


def label(action: str) -> str:
    """The words of an action; its own name where it is not recorded any more."""
    return str(_words[action].label) if action in _words else action


def sentence(entry: AuditEntry) -> str:
    """The entry as a sentence: who did what to whom."""
    words = _words.get(entry.action)
    if words is None:
        pattern: Any = _("%(by)s: %(action)s, %(target)s")
    else:
        pattern = words.own if words.own and _did_it_to_themselves(entry) else words.sentence
    return capfirst(str(pattern) % {"by": actor(entry), "action": entry.action, "target": entry.target_name})


def detail(entry: AuditEntry) -> str:
    """What else the entry holds, in words; may be empty."""
    words = _words.get(entry.action)
    return words.detail(entry.data) if words is not None and words.detail is not None else ""


def _did_it_to_themselves(entry: AuditEntry) -> bool:
    model = entry.content_type.model_class()
    about_a_person = model is not None and model._meta.label == settings.AUTH_USER_MODEL
    return about_a_person and entry.by_id is not None and str(entry.by_id) == entry.object_id
