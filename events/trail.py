"""What is recorded about meetings and recommendations, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import audit
from portal.core.audit import Words

from .enums import RecommendationStatus
from .models import Recommendation


def _status(value: Any) -> str:
    return str(RecommendationStatus(value).label) if value in RecommendationStatus.values else str(value)


def _moved(data: dict[str, Any]) -> str:
    """`Open → Done. Note: …`, from a report between meetings (texts) or at one (with what stood beside)."""
    before, after = data.get("before", ""), data.get("after", "")
    if isinstance(before, dict):
        before, after = before.get("status", ""), after.get("status", "")
    moved = _("%(before)s → %(after)s") % {"before": _status(before), "after": _status(after)}
    note = data.get("note", "")
    return _("%(moved)s. Note: %(note)s") % {"moved": moved, "note": note} if note else moved


def _reworded(data: dict[str, Any]) -> str:
    return _("From “%(before)s” to “%(after)s”") % {"before": data.get("before"), "after": data.get("after")}


def _changed(data: dict[str, Any]) -> str:
    """`status: open → done; due: None → 2025-06-01`, under the names that the fields have in the CMS."""
    names = {field.attname: str(field.verbose_name) for field in Recommendation._meta.concrete_fields}
    return "; ".join(
        f"{names.get(name, name)}: {before or '–'} → {after or '–'}" for name, (before, after) in data.items()
    )


audit.register(
    {
        "events.follow_up_recorded": Words(
            gettext_lazy("Recorded at a meeting"),
            gettext_lazy("%(by)s recorded what a meeting said: %(target)s"),
            detail=_moved,
        ),
        "events.progress_reported": Words(
            gettext_lazy("Progress reported"), gettext_lazy("%(by)s reported on %(target)s"), detail=_moved
        ),
        "events.recommendation_changed": Words(
            gettext_lazy("Changed"), gettext_lazy("%(by)s changed %(target)s"), detail=_changed
        ),
        "events.recommendation_issued": Words(gettext_lazy("Issued"), gettext_lazy("%(by)s issued %(target)s")),
        "events.recommendation_reworded": Words(
            gettext_lazy("Reworded"), gettext_lazy("%(by)s reworded %(target)s"), detail=_reworded
        ),
        "events.recommendations_carried": Words(
            gettext_lazy("Recommendations carried on"),
            gettext_lazy("%(by)s carried open recommendations on to the meeting “%(target)s”"),
            detail=lambda data: ", ".join(data.get("codes", ())),
        ),
    }
)
