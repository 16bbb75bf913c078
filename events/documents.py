"""What the search sees of meetings."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.core.audience import tokens_of
from portal.core.countries import country_name
from portal.core.dates import month_text
from portal.core.languages import without_language
from portal.vocabulary.enums import TermKind
from portal.vocabulary.selectors import phrases_of
from search.documents import SearchDocument

from .enums import DatePrecision
from .models import MeetingPage


def meetings_for_search() -> QuerySet[MeetingPage]:
    """Every meeting with what its document is made of."""
    found: QuerySet[MeetingPage] = MeetingPage.objects.select_related(
        "locale", "series", "also_series"
    ).prefetch_related("audiences", "organisations", "recommendations", "terms")
    return found


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
        },
        date=meeting.sort_date,
    )


def _called(meeting: MeetingPage) -> tuple[str, ...]:
    """What people call it: `Sarajevo, 28-30 January 2025`, or `Sarajevo, January 2025`."""
    if not meeting.place:
        return ()
    if meeting.start is None or meeting.date_precision != DatePrecision.DAY:
        return (meeting.heading,)
    return (meeting.heading, f"{meeting.place}, {month_text(meeting.start)}")
