"""Who may do what with meetings and recommendations."""

from __future__ import annotations

from typing import Any

from network.members.permissions import is_focal_point_of, is_staff

from .models import Recommendation


def may_keep_meetings(user: Any) -> bool:
    """Create, edit and publish meetings, series and recommendations: project staff."""
    return is_staff(user)


def may_report_progress(user: Any, recommendation: Recommendation) -> bool:
    """Change the status of a recommendation: project staff, and a focal point of the agency that owns it.

    Whether they see the recommendation at all is the audience's question, asked before.
    """
    return is_staff(user) or is_focal_point_of(user, recommendation.owner_id)
