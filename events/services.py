"""Issuing recommendations, carrying them on, and recording what becomes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Locale

from network.members.models import Agency
from portal.core import audit
from portal.core.pagecache import content_changed
from search.indexing import enqueue

from . import letters
from .enums import UNFINISHED, DatePrecision, RecommendationStatus
from .models import FollowUp, MeetingPage, Recommendation
from .permissions import may_keep_meetings, may_report_progress


class ConflictError(Exception):
    """Someone else changed the recommendation meanwhile. `current` is what stands now; nothing was written."""

    def __init__(self, current: Recommendation) -> None:
        super().__init__(f"{current.code} is at version {current.version}")
        self.current = current


@dataclass(frozen=True, slots=True)
class Draft:
    """A recommendation as the meeting's page has it. Owner and due date count when it is first issued."""

    number: int
    text: str
    owner: Agency | None = None
    due: dt.date | None = None


@transaction.atomic
def publish_outcome(*, meeting: MeetingPage, by: Any) -> None:
    """What publishing a meeting's page sets going: its recommendations are issued, and what is open is carried to it.

    Where the next meeting of the series is announced already, it inherits the new ones too. Publishing again changes
    nothing that has not changed.
    """
    meeting = original_of(meeting)
    issue_recommendations(meeting=meeting, recommended=drafts_of(meeting), by=by)
    carry_forward(meeting=meeting, by=by)
    for later in _announced_after(meeting):
        carry_forward(meeting=later, by=by)


def original_of(meeting: MeetingPage) -> MeetingPage:
    """The page a translation was made from; a page of its own is its own original."""
    if meeting.locale.is_default:
        return meeting
    return meeting.get_translations().filter(locale=Locale.get_default()).first() or meeting


def drafts_of(meeting: MeetingPage) -> list[Draft]:
    """The recommendations written on the page. Those without a number are numbered in order."""
    blocks = [block.value for block in meeting.recommended]
    owners = Agency.objects.in_bulk([block["owner"] for block in blocks if block["owner"]], field_name="slug")
    last = max((block["number"] or 0 for block in blocks), default=0)
    found = []
    for block in blocks:
        last += not block["number"]
        found.append(Draft(block["number"] or last, block["text"].strip(), owners.get(block["owner"]), block["due"]))
    return found


@transaction.atomic
def issue_recommendations(*, meeting: MeetingPage, recommended: Iterable[Draft], by: Any) -> list[Recommendation]:
    """Make the meeting's recommendations stand: new ones by their number, changed wording on those that were issued.

    Returns the new ones. Idempotent. Never deletes: what was issued stays on the board until it is closed. Owners of
    new ones are told. Raises ValidationError for a number given twice, PermissionDenied for anyone but staff.
    """
    _require_staff(by)
    drafts = list(recommended)
    numbers = [draft.number for draft in drafts]
    if len(set(numbers)) != len(numbers):
        raise ValidationError(_("A number is given to two recommendations: %(numbers)s") % {"numbers": numbers})
    MeetingPage.objects.select_for_update(of=("self",)).get(pk=meeting.pk)  # one publication at a time
    issued = {row.number: row for row in meeting.recommendations.all()}
    new: list[Recommendation] = []
    for draft in drafts:
        standing = issued.get(draft.number)
        if standing is None:
            new.append(_issue(meeting, draft, by))
        elif standing.text != draft.text:
            _reword(standing, draft.text, by)
    if new:
        letters.tell_owners(new)
    enqueue(meeting)
    return new


def _issue(meeting: MeetingPage, draft: Draft, by: Any) -> Recommendation:
    row = Recommendation(meeting=meeting, number=draft.number, text=draft.text, owner=draft.owner, due=draft.due)
    row.changed_by = by
    row.code = free_code(row)
    row.full_clean(validate_constraints=False)
    row.save()
    audit.record(
        action="events.recommendation_issued", by=by, target=row, data={"code": row.code, "meeting": meeting.pk}
    )
    return row


def _reword(row: Recommendation, text: str, by: Any) -> None:
    audit.record(action="events.recommendation_reworded", by=by, target=row, data={"before": row.text, "after": text})
    row.text = text
    _touch(row, by)


def _touch(row: Recommendation, by: Any) -> None:
    """Save with the next version."""
    row.version += 1
    row.changed_by = by
    row.changed_at = timezone.now()
    row.save()


def free_code(recommendation: Recommendation) -> str:
    """The code of a new recommendation, `SA25-1`: the place, the year where it is known, and the number.

    A second meeting of the same place and year gets a letter: `SA25b-1`.
    """
    meeting = recommendation.meeting
    sibling = meeting.recommendations.exclude(code="").values_list("code", flat=True).first()
    if sibling:
        return f"{sibling.rpartition('-')[0]}-{recommendation.number}"
    letters_of_place = slugify(meeting.city).replace("-", "") or str(meeting.country) or "m"
    stem = letters_of_place[:2].upper()
    if meeting.sort_date and meeting.date_precision not in (DatePrecision.BEFORE, DatePrecision.UNKNOWN):
        stem += f"{meeting.sort_date:%y}"
    for letter in ("", *"bcdefghijklmnopqrstuvwxyz"):
        if not Recommendation.objects.filter(code__startswith=f"{stem}{letter}-").exists():
            return f"{stem}{letter}-{recommendation.number}"
    return f"{stem}.{meeting.pk}-{recommendation.number}"


@transaction.atomic
def carry_forward(*, meeting: MeetingPage, by: Any) -> list[FollowUp]:
    """Let a live meeting inherit every unfinished recommendation of the earlier meetings of its series.

    Returns the new follow-ups. Idempotent: a recommendation is taken up at a meeting once. A meeting that is over keeps
    what it inherited when it was first published: what is issued later never enters it. Owners are told of a meeting
    that is still to come. Raises PermissionDenied for anyone but staff.
    """
    _require_staff(by)
    series = [pk for pk in (meeting.series_id, meeting.also_series_id) if pk]
    if not series or not meeting.live:
        return []
    # A meeting without a date is one that is still to be set.
    earlier = Q(meeting__sort_date__lt=meeting.sort_date) if meeting.sort_date else Q()
    if meeting.is_over and meeting.first_published_at is not None:
        earlier &= Q(issued_at__lte=meeting.first_published_at)
    open_ones = (
        Recommendation.objects.filter(status__in=UNFINISHED)
        .filter(Q(meeting__series__in=series) | Q(meeting__also_series__in=series))
        .filter(earlier)
        .exclude(meeting=meeting)
        .exclude(follow_ups__meeting=meeting)
        .select_related("owner", "meeting")
        .order_by("meeting__sort_date", "number")
    )
    new = [FollowUp(recommendation=row, meeting=meeting, status=row.status) for row in open_ones]
    FollowUp.objects.bulk_create(new, ignore_conflicts=True)
    if not new:
        return []
    carried = list(meeting.follow_ups.filter(recommendation__in=[row.recommendation_id for row in new]))
    audit.record(
        action="events.recommendations_carried",
        by=by,
        target=meeting,
        data={"codes": [row.recommendation.code for row in new]},
    )
    if not meeting.is_over:
        letters.tell_of_meeting(meeting, [row.recommendation for row in new])
    _content_changed(meeting)
    return carried


def _announced_after(meeting: MeetingPage) -> list[MeetingPage]:
    """The next meeting of each of its series that is still to come; one without a date is."""
    to_come = Q(sort_date__isnull=True) | Q(sort_date__gte=timezone.localdate())
    if meeting.sort_date is not None:
        to_come &= Q(sort_date__isnull=True) | Q(sort_date__gt=meeting.sort_date)
    found: dict[int, MeetingPage] = {}
    for series in filter(None, (meeting.series_id, meeting.also_series_id)):
        later = MeetingPage.objects.live().filter(to_come, locale=meeting.locale_id).exclude(pk=meeting.pk)
        nearest = (
            later.filter(Q(series=series) | Q(also_series=series))
            .order_by(F("sort_date").asc(nulls_last=True), "pk")
            .first()
        )
        if nearest is not None:
            found[nearest.pk] = nearest
    return list(found.values())


@transaction.atomic
def report_progress(
    *,
    recommendation: Recommendation,
    version: int,
    status: str,
    note: str = "",
    evidence: str = "",
    reason: str = "",
    by: Any,
) -> Recommendation:
    """Set where a recommendation stands, between meetings; the note goes on record.

    `version` is the one the writer saw. Raises ConflictError with what stands now when someone else changed it since,
    ValidationError for a status that is none and for one dropped without a reason, PermissionDenied for anyone but
    staff and the owner's focal points.
    """
    current = _locked(recommendation.pk)
    _check_progress(current, version, status, reason, by)
    audit.record(
        action="events.progress_reported",
        by=by,
        target=current,
        reason=reason,
        data={"before": current.status, "after": status, "note": note, "evidence_before": current.evidence},
    )
    current.status = status
    current.evidence = evidence
    current.reason = reason
    _touch(current, by)
    enqueue(current.meeting)
    return current


@transaction.atomic
def record_follow_up(
    *, follow_up: FollowUp, version: int, status: str, note: str, evidence: str = "", reason: str = "", by: Any
) -> FollowUp:
    """Record what a meeting said of a recommendation it inherited; the recommendation moves with its latest meeting.

    Raises as `report_progress` does; a conflict leaves everything as it was.
    """
    current = _locked(follow_up.recommendation_id)
    _check_progress(current, version, status, reason, by)
    row = FollowUp.objects.select_related("meeting").get(pk=follow_up.pk)
    before = {"status": row.status, "note": row.note}
    row.status = status
    row.note = note
    row.recorded_by = by
    row.recorded_at = timezone.now()
    row.save()
    audit.record(
        action="events.follow_up_recorded",
        by=by,
        target=row,
        reason=reason,
        data={"before": before, "after": {"status": status}},
    )
    latest = current.follow_ups.order_by("-meeting__sort_date", "-pk").first()
    if latest == row:
        current.status = status
        current.evidence = evidence
        current.reason = reason
    _touch(current, by)
    enqueue(current.meeting)
    enqueue(row.meeting)
    return row


@transaction.atomic
def save_recommendation(*, recommendation: Recommendation, by: Any) -> Recommendation:
    """Store what staff changed in the CMS; every change has its entry, and a new owner is told.

    Raises ConflictError when it was changed since the form was opened (`recommendation.version` is the one staff saw),
    and PermissionDenied for anyone but staff.
    """
    _require_staff(by)
    before = _locked(recommendation.pk)
    if before.version != recommendation.version:
        raise ConflictError(before)
    _touch(recommendation, by)
    audit.record(
        action="events.recommendation_changed", by=by, target=recommendation, data=_changes(before, recommendation)
    )
    if recommendation.owner_id != before.owner_id:
        letters.tell_owners([recommendation])
    enqueue(recommendation.meeting)
    return recommendation


def _changes(before: Recommendation, after: Recommendation) -> dict[str, list[str]]:
    watched = ("owner_id", "due", "priority", "status", "reason", "evidence", "is_example")
    pairs = {name: [str(getattr(before, name)), str(getattr(after, name))] for name in watched}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _locked(pk: int) -> Recommendation:
    return Recommendation.objects.select_for_update(of=("self",)).select_related("meeting", "changed_by").get(pk=pk)


def _check_progress(current: Recommendation, version: int, status: str, reason: str, by: Any) -> None:
    if by is not None and not may_report_progress(by, current):
        raise PermissionDenied(_("Project staff and the focal points of the owner only."))
    if current.version != version:
        raise ConflictError(current)
    if status not in RecommendationStatus.values:
        raise ValidationError({"status": _("“%(status)s” is not a status.") % {"status": status}})
    if status == RecommendationStatus.DROPPED and not reason.strip():
        raise ValidationError({"reason": _("Say why it is dropped.")})


def _require_staff(by: Any) -> None:
    """`by` None is the portal itself (starter content, a scheduled publication)."""
    if by is not None and not may_keep_meetings(by):
        raise PermissionDenied(_("Project staff only."))


def _content_changed(meeting: MeetingPage) -> None:
    """Bulk-made rows send no signal: pages and index are told."""
    content_changed()
    enqueue(meeting)
