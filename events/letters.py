"""Letters to the focal points of the agencies that own recommendations."""

from __future__ import annotations

from collections.abc import Iterable

from network.members.models import Agency
from network.members.selectors import audiences_for, focal_points_of
from portal.core import mail
from portal.core.audience import can_view

from .models import MeetingPage, Recommendation


def tell_owners(recommendations: Iterable[Recommendation]) -> None:
    """One letter a focal point about the recommendations that are now the agency's. Examples are nobody's duty."""
    for owner, rows in _by_owner(recommendations).items():
        meeting = rows[0].meeting
        _send(owner, meeting, "events/recommendations_issued", rows)


def tell_of_meeting(meeting: MeetingPage, recommendations: Iterable[Recommendation]) -> None:
    """One letter a focal point: the agency's open recommendations are taken up at the coming meeting."""
    for owner, rows in _by_owner(recommendations).items():
        _send(owner, meeting, "events/recommendations_carried", rows)


def _by_owner(recommendations: Iterable[Recommendation]) -> dict[Agency, list[Recommendation]]:
    found: dict[Agency, list[Recommendation]] = {}
    for row in recommendations:
        if row.owner is not None and not row.is_example:
            found.setdefault(row.owner, []).append(row)
    return found


def _send(owner: Agency, meeting: MeetingPage, template: str, rows: list[Recommendation]) -> None:
    """Write to those who may see the meeting and what issued the recommendations: a letter is a read path too."""
    for person in focal_points_of(owner).select_related("membership__agency"):
        held = audiences_for(person)
        seen = [row for row in rows if can_view(row.meeting, held)]
        if seen and can_view(meeting, held):
            mail.send(
                to=person, template=template, context={"person": person, "meeting": meeting, "recommendations": seen}
            )
