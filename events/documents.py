"""What the search sees of meetings and of what they recommend."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.core.audience import tokens_of
from portal.core.countries import country_name
from portal.core.dates import month_text
from portal.core.languages import without_language
from portal.finding.translations import gives_way, knowing_translations
from portal.vocabulary.enums import TermKind
from portal.vocabulary.selectors import phrases_of
from search import orders
from search.documents import SearchDocument

from .enums import DatePrecision, RecommendationStatus
from .models import MeetingPage, Recommendation


def meetings_for_search() -> QuerySet[MeetingPage]:
    """Every meeting with what its document is made of."""
    found = MeetingPage.objects.select_related("locale", "series", "also_series").prefetch_related(
        "audiences", "organisations__agency", "recommendations", "terms"
    )
    return knowing_translations(found)


def meeting_document(meeting: MeetingPage) -> SearchDocument | None:
    """A published meeting by its title, what came of it, who took part and what it recommends; None for a draft.

    Follow-ups are not in it: they may come from meetings with another audience.
    """
    url = meeting.get_url() if meeting.live else None
    if url is None:
        return None
    series = [row for row in (meeting.series, meeting.also_series) if row is not None]
    terms = list(meeting.terms.all())
    countries = {str(code) for code in (meeting.country, *(country.code for country in meeting.countries)) if code}
    recommendations = [f"{row.code} {row.text}" for row in meeting.recommendations.all()]
    lines = [
        meeting.venue,
        meeting.scope,
        *(row.title for row in series),
        *meeting.topics,
        *meeting.conclusions,
        *meeting.announced,
        *recommendations,
        *meeting.facts,
        *(row.name for row in meeting.organisations.all()),
        *(country_name(code) for code in sorted(countries)),
        meeting.participants_count,
        *meeting.notes,
    ]
    return SearchDocument(
        type="meeting",
        id=str(meeting.pk),
        slug=meeting.slug,
        title=meeting.title,
        summary=". ".join(part for part in (meeting.place_and_country, meeting.when, meeting.in_a_line) if part),
        body="\n".join(line for line in lines if line),
        keywords=_called(meeting),
        subjects=tuple(phrase for term in terms for phrase in phrases_of(term)),
        path=without_language(url),
        language=meeting.locale.language_code,
        audiences=tokens_of(meeting),
        facets={
            "country": tuple(countries),
            "series": tuple(row.slug for row in series),
            "theme": tuple(term.slug for term in terms if term.kind == TermKind.THEME),
            "stage": tuple(term.slug for term in terms if term.kind == TermKind.STAGE),
            "group": tuple(term.slug for term in terms if term.kind == TermKind.GROUP),
            "agency": tuple(row.agency.slug for row in meeting.organisations.all() if row.agency is not None),
        },
        date=meeting.sort_date,
        # A meeting without a date is still to be set.
        orders={"list": orders.newest_first(meeting.sort_date, unknown=orders.FIRST)},
        gives_way=gives_way(meeting, to_equals=True),
    )


#: How far what is not overdue stands down the board.
_PLACES = {
    RecommendationStatus.IN_PROGRESS: "1",
    RecommendationStatus.OPEN: "2",
    RecommendationStatus.DONE: "3",
    RecommendationStatus.DROPPED: "4",
}


def recommendations_for_search() -> QuerySet[Recommendation]:
    """Every recommendation with what its document is made of."""
    found: QuerySet[Recommendation] = Recommendation.objects.select_related(
        "owner", "meeting__locale", "meeting__series", "meeting__also_series"
    ).prefetch_related("meeting__audiences", "meeting__terms")
    return found


def recommendation_document(row: Recommendation) -> SearchDocument | None:
    """A recommendation of a published meeting, for those the meeting is for, by its words and what came of it.

    Only an unfinished one carries its due date: by it the board tells what is overdue today.
    """
    meeting = row.meeting
    if not meeting.live:
        return None
    due = orders.soonest_first(row.due)
    issued = orders.joined(orders.newest_first(meeting.sort_date), f"{row.number:06d}")
    return SearchDocument(
        type="recommendation",
        id=str(row.pk),
        slug=row.code,
        title=row.text,
        summary=meeting.heading,
        body="\n".join(part for part in (row.evidence, row.reason) if part),
        keywords=(row.code,),
        subjects=(row.owner.name,) if row.owner else (),
        path=f"recommendations/{row.pk}/",
        language=meeting.locale.language_code,
        audiences=tokens_of(meeting),
        facets={
            "status": (row.status,),
            "owner": (row.owner.slug,) if row.owner else (),
            "series": tuple(series.slug for series in (meeting.series, meeting.also_series) if series is not None),
            "theme": tuple(term.slug for term in meeting.terms.all() if term.kind == TermKind.THEME),
            "example": ("yes",) if row.is_example else (),
        },
        date=meeting.sort_date,
        orders={
            "list": orders.joined(_PLACES[RecommendationStatus(row.status)], due, issued),
            "due": orders.joined(due, issued),
        },
        due=row.due if row.is_unfinished else None,
    )


def _called(meeting: MeetingPage) -> tuple[str, ...]:
    """What people call it: `Sarajevo, 28-30 January 2025`, or `Sarajevo, January 2025`."""
    if not meeting.place:
        return ()
    if meeting.start is None or meeting.date_precision != DatePrecision.DAY:
        return (meeting.heading,)
    return (meeting.heading, f"{meeting.place}, {month_text(meeting.start)}")
