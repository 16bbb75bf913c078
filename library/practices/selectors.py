"""Questions about practices. Every answer holds only what the asker may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from wagtail.models import WorkflowState

from network.members.models import Agency
from portal.core.dates import date_text
from portal.core.models import Audience
from portal.core.navigation import Crumb
from portal.core.pagecache import until_content_changes
from portal.finding.lists import Some
from portal.vocabulary.models import Term

from . import catalogue
from .enums import DraftState
from .models import LibraryIndexPage, PracticePage


def library() -> LibraryIndexPage | None:
    """The library's page; None until it is made."""
    found: LibraryIndexPage | None = LibraryIndexPage.objects.order_by("path").first()
    return found


def crumbs() -> list[Crumb]:
    """The way to the library."""
    found = _library_crumb(get_language())
    return [found] if found else []


@until_content_changes
def _library_crumb(language: str) -> Crumb | None:
    page = LibraryIndexPage.objects.live().filter(locale__language_code=language).first() or library()
    return Crumb(page.title, page.get_url() or "") if page else None


def newest(tokens: Collection[str], number: int) -> Some[PracticePage]:
    """The newest practices a viewer may see, and how many there are."""
    return catalogue.PRACTICES.some(tokens, number, order="newest")


def with_term(term: Term, tokens: Collection[str], number: int) -> Some[PracticePage]:
    """The newest visible practices filed under a term; none for a kind that practices are not filed under."""
    field = catalogue.TERM_FIELDS.get(term.kind)  # type: ignore[call-overload]  # the kind as text equals the enum's member
    if field is None:
        return Some([], 0)
    rows = catalogue.visible(tokens).filter(**{field: term})
    return catalogue.PRACTICES.some(tokens, number, filters={term.kind: term.slug}, order="newest", rows=rows)


def led_by(agency: Agency, tokens: Collection[str], number: int) -> Some[PracticePage]:
    """The newest visible practices that an agency of the network leads."""
    rows = catalogue.visible(tokens).filter(lead_agency=agency)
    return catalogue.PRACTICES.some(tokens, number, filters={"lead": agency.slug}, order="newest", rows=rows)


def page_context(practice: PracticePage, tokens: Collection[str]) -> dict[str, Any]:
    """What a practice's page shows beside its fields: terms, tags, neighbours. A fixed number of queries."""
    under = catalogue.filed(practice)
    links = crumbs()
    home = links[0].url if links else ""
    named = {term.label for term in under.terms["instrument"].values()}
    return {
        "instruments_said": [line for line in practice.instruments_as_said.splitlines() if line not in named],
        "kind": gettext("Practice, %(where)s") % {"where": practice.where} if practice.where else gettext("Practice"),
        "life": life_of(practice),
        "agency_url": practice.lead_agency and reverse("members:agency", args=[practice.lead_agency.slug]),
        **{
            f"{kind}_terms": [catalogue.Link(str(term), term.get_absolute_url()) for term in terms.values()]
            for kind, terms in under.terms.items()
        },
        "practice_tags": [catalogue.Link(name, f"{home}?tag={slug}") for slug, name in under.tags.items()],
        "similar": catalogue.similar(practice, under, tokens),
    }


@dataclass(frozen=True, slots=True)
class Station:
    """A stop on the route of a practice; fields as in components/route_stop.html."""

    name: str
    when: str = ""
    state: str = ""
    leg: str = ""


def life_of(practice: PracticePage) -> list[Station]:
    """The way a published practice has come, and what is still ahead."""
    confirmed = date_text(practice.confirmed_on) if practice.confirmed_on else ""
    if practice.is_collected:
        collected = Station(gettext("Collected"), gettext("From public sources"))
        if confirmed:
            return [collected, Station(gettext("Confirmed by the lead"), confirmed, "here")]
        return [
            collected,
            Station(gettext("Not confirmed"), gettext("The lead has not been reached"), "here", "unknown"),
            Station(gettext("Confirmed by the lead"), "", "next"),
        ]
    published = date_text(practice.first_published_at) if practice.first_published_at else ""
    return [
        Station(gettext("Submitted by a member"), confirmed),
        Station(gettext("Reviewed by the project staff")),
        Station(gettext("Published"), published, "here"),
    ]


@dataclass
class Standing:
    """Where a member's practice stands, with the words of the last review."""

    practice: PracticePage
    workflow: WorkflowState | None

    @cached_property
    def state(self) -> DraftState:
        """Worked out from the page and its workflow."""
        if self.practice.live:
            return DraftState.PUBLISHED
        status = self.workflow.status if self.workflow else None
        if status == WorkflowState.STATUS_IN_PROGRESS:
            return DraftState.IN_REVIEW
        if status == WorkflowState.STATUS_NEEDS_CHANGES:
            return DraftState.CHANGES_REQUESTED
        return DraftState.WITHDRAWN if self.practice.first_published_at else DraftState.DRAFT

    @property
    def comment(self) -> str:
        """What the reviewer asked for; empty unless changes are requested."""
        if self.state != DraftState.CHANGES_REQUESTED or self.workflow is None:
            return ""
        task = self.workflow.current_task_state
        return str(task.comment) if task else ""


def standing_of(practice: PracticePage) -> Standing:
    """Where one practice stands."""
    return Standing(practice, practice.current_workflow_state)


def written_by(user: Any) -> list[Standing]:
    """Everything a member wrote, newest first, with where it stands. Three queries."""
    pages = list(
        catalogue.with_card(PracticePage.objects.filter(author=user)).order_by("-latest_revision_created_at", "-pk")
    )
    states = WorkflowState.objects.active().filter(
        Q(base_content_type__app_label="wagtailcore", base_content_type__model="page"),
        object_id__in=[str(page.pk) for page in pages],
    )
    by_page = {state.object_id: state for state in states.select_related("current_task_state")}
    return [Standing(page, by_page.get(str(page.pk))) for page in pages]


def audiences_of_author(tokens: Collection[str]) -> QuerySet[Any]:
    """The audiences a member may choose for a practice: public, members, and the groups and agencies they belong to."""
    return Audience.objects.filter(pk__in=list(tokens))
