"""Changes to the library: writing, submitting and reviewing practices, and the workflow that they pass."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Page, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from network.members import staff_group
from network.members.models import Agency
from network.members.permissions import is_current_member
from portal.core import audit, mail
from portal.core.audience import PUBLIC
from portal.core.models import Audience
from portal.vocabulary.models import Term

from . import permissions, selectors
from .enums import EvidenceLevel, RunningState
from .models import RESERVED_SLUGS, LibraryIndexPage, PracticePage, PracticeReview

WORKFLOW = "Practices"
REVIEW = "Review by the project staff"

#: How long a confirmation by the lead organisation holds.
CONFIRMATION_HOLDS = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeText:
    """What an author writes. `steps` in order; `results` are (figure or "", of what), `sources` (title, address).

    `safeguards` maps the sixteen field names of `safeguards.Safeguards` to answers and explanations; `audience` is one
    token, or empty while it is not chosen.
    """

    title: str
    summary: str = ""
    language: str = "en"
    countries: Sequence[str] = ()
    lead: str = ""
    lead_agency: Agency | None = None
    partners: str = ""
    contact_role: str = ""
    stages: Sequence[Term] = ()
    groups: Sequence[Term] = ()
    instruments: Sequence[Term] = ()
    themes: Sequence[Term] = ()
    tags: Sequence[str] = ()
    period: str = ""
    year_from: int | None = None
    year_to: int | None = None
    running: str = RunningState.UNKNOWN
    problem: str = ""
    steps: Sequence[str] = ()
    resources: str = ""
    results: Sequence[tuple[str, str]] = ()
    evidence: str = EvidenceLevel.DESCRIBED
    did_not_work: str = ""
    nothing_failed: bool = False
    transferability: str = ""
    sources: Sequence[tuple[str, str]] = ()
    safeguards: Mapping[str, str] = field(default_factory=dict)
    audience: str = ""


class DraftChangedError(Exception):
    """The draft was saved by someone else since the author opened it. `practice` is how it stands now."""

    def __init__(self, practice: PracticePage) -> None:
        super().__init__(f"practice {practice.pk} was changed meanwhile")
        self.practice = practice


_PLAIN = (
    "title",
    "summary",
    "language",
    "lead",
    "lead_agency",
    "partners",
    "contact_role",
    "period",
    "year_from",
    "year_to",
    "running",
    "problem",
    "resources",
    "evidence",
    "did_not_work",
    "nothing_failed",
    "transferability",
)
_MANY = ("stages", "groups", "instruments", "themes")


@transaction.atomic
def save_draft(
    *, by: Any, text: PracticeText, practice: PracticePage | None = None, seen_revision: int | None = None
) -> PracticePage:
    """Keep an author's draft as a new revision; seen by the author and the project staff only.

    Without `practice` a new one is made. `seen_revision` is the revision the author had before them: DraftChangedError
    when it is no longer the newest. Raises PermissionDenied for anyone but a current member (and, of a standing draft,
    its author), and while it is in review or published.
    """
    if practice is None:
        page = _new_draft(by, text)
    else:
        page = _editable(by, practice, seen_revision)
        _write(page, text)
        page.save()
    page.save_revision(user=by, log_action=True, clean=False)
    audit.record(action="practices.draft_saved", by=by, target=page)
    return page


@transaction.atomic
def submit_practice(
    *, by: Any, data: PracticeText, practice: PracticePage | None = None, seen_revision: int | None = None
) -> PracticePage:
    """Send a practice to the project staff: draft, revision, and the workflow started (or resumed after changes).

    By submitting the author confirms it for a year. Raises ValidationError while a safeguard or the audience is
    missing, and what `save_draft` raises.
    """
    page = save_draft(by=by, text=data, practice=practice, seen_revision=seen_revision)
    if not data.audience:
        raise ValidationError(_("Choose who will see this practice."), code="audience")
    page.check_publishable()
    page.confirmed_on = timezone.localdate()
    page.valid_until = page.confirmed_on + CONFIRMATION_HOLDS
    page.save()
    page.save_revision(user=by)
    state = page.current_workflow_state
    # Wagtail writes its own letters to the person who asked, with links into the CMS that an author can not open.
    # So it is not told who asked: the portal writes to `page.author`.
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user=None)
    else:
        (page.get_workflow() or ensure_workflow()).start(page, user=None)
    audit.record(action="practices.submitted", by=by, target=page)
    mail.send(to=by, template="practices/submitted", context={"practice": page})
    return page


def _new_draft(by: Any, text: PracticeText) -> PracticePage:
    if not is_current_member(by):
        raise PermissionDenied(_("Only members submit practices."))
    library = selectors.library()
    if library is None:
        raise ValidationError(_("The library has no page yet. Project staff create it in the CMS."))
    page = PracticePage(author=by, owner=by, live=False, has_unpublished_changes=True, locale=library.locale)
    _write(page, text)
    page.slug = free_slug(library, text.title)
    library.add_child(instance=page)
    return page


def _editable(by: Any, practice: PracticePage, seen_revision: int | None) -> PracticePage:
    """The newest text of a draft, its row locked until the transaction ends."""
    row = PracticePage.objects.select_for_update(of=("self",)).get(pk=practice.pk)
    if not permissions.can_edit(by, row, selectors.standing_of(row).state):
        raise PermissionDenied(_("Only its author changes a draft, and not while it is in review."))
    latest: PracticePage = row.get_latest_revision_as_object()
    if seen_revision is not None and row.latest_revision_id != seen_revision:
        raise DraftChangedError(latest)
    return latest


def _write(page: PracticePage, text: PracticeText) -> None:
    """Put what the author wrote onto the page; nothing is saved."""
    for name in _PLAIN:
        setattr(page, name, getattr(text, name))
    page.draft_title = text.title
    page.countries = list(text.countries)
    page.steps = stream("step", text.steps)
    page.results = stream("result", [{"figure": figure, "text": words} for figure, words in text.results])
    page.sources = stream("source", [{"title": title, "url": url} for title, url in text.sources])
    for name, value in text.safeguards.items():
        setattr(page, name, value)
    for name in _MANY:
        getattr(page, name).set(getattr(text, name))
    page.tags.set(list(text.tags))
    page.audiences.set(Audience.objects.filter(pk=text.audience))


def stream(kind: str, values: Sequence[Any]) -> str:
    """The raw form of a stream of one kind of block."""
    return json.dumps([{"type": kind, "value": value} for value in values])


def free_slug(library: LibraryIndexPage, title: str) -> str:
    """An address for a new practice, made from its title."""
    base = slugify(title, allow_unicode=True)[:80] or "practice"
    taken = set(library.get_children().values_list("slug", flat=True)) | RESERVED_SLUGS
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


@transaction.atomic
def record_publication(*, practice: PracticePage, by: Any) -> None:
    """After a practice went live: the audit entry, and for the first time a letter to its author."""
    audit.record(action="practices.published", by=by, target=practice)
    first = practice.first_published_at == practice.last_published_at
    if first and practice.author is not None and practice.author != by:
        mail.send(to=practice.author, template="practices/published", context={"practice": practice})


@transaction.atomic
def record_request_for_changes(*, practice: PracticePage, by: Any, comment: str) -> None:
    """After staff asked for changes: the audit entry, and a letter with their words to the author."""
    audit.record(action="practices.changes_requested", by=by, target=practice, reason=comment)
    if practice.author is not None:
        context = {"practice": practice, "comment": comment}
        mail.send(to=practice.author, template="practices/changes_requested", context=context)


@transaction.atomic
def ensure_workflow() -> Workflow:
    """The workflow that practices pass: made where it is missing, set over the library. What staff changed stays."""
    group, _made = Group.objects.get_or_create(name=staff_group.NAME)
    task = PracticeReview.objects.filter(name=REVIEW).first()
    if task is None:
        task = PracticeReview.objects.create(name=REVIEW)
        task.groups.add(group)
    workflow = Workflow.objects.filter(name=WORKFLOW).first()
    if workflow is None:
        workflow = Workflow.objects.create(name=WORKFLOW)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    if workflow.active:
        for page in LibraryIndexPage.objects.filter(workflowpage=None):
            WorkflowPage.objects.create(page_id=page.pk, workflow=workflow)
    return workflow


@transaction.atomic
def ensure_library(*, under: Page) -> LibraryIndexPage:
    """The library's page, made under `under` (the home page) where there is none."""
    standing = selectors.library()
    if standing is not None:
        return standing
    page = LibraryIndexPage(
        title="Library of practices",
        slug="library",
        lead="What agencies do along the stages of return, what came of it, and what did not work.",
        locale=under.locale,
    )
    page.audiences.set(Audience.objects.filter(pk=PUBLIC))
    under.add_child(instance=page)
    page.save_revision().publish()
    return page
