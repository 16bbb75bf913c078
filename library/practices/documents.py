"""What search sees of a practice."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from portal.core.audience import tokens_of
from portal.core.languages import without_language
from portal.finding.translations import gives_way, knowing_translations
from portal.vocabulary.selectors import phrases_of
from search import orders
from search.documents import SearchDocument

from .catalogue import TERM_FIELDS, TYPE
from .enums import RunningState
from .models import PracticePage

#: An unconfirmed practice stands a little lower among equals.
UNCONFIRMED_RANK = 0.8
#: The year of what runs on.
STILL_RUNS = 9999


def practice_queryset() -> QuerySet[PracticePage]:
    """Practices with what their documents are made of."""
    found = PracticePage.objects.select_related("lead_agency").prefetch_related(
        "audiences", *TERM_FIELDS.values(), "tagged_items__tag"
    )
    return knowing_translations(found)


def practice_document(practice: PracticePage) -> SearchDocument | None:
    """A published practice by everything it says; None for a draft."""
    url = practice.get_url()
    if not practice.live or not url:
        return None
    terms = {kind: list(getattr(practice, name).all()) for kind, name in TERM_FIELDS.items()}
    year = practice.year_to or practice.year_from
    tags = [item.tag for item in practice.tagged_items.all()]
    return SearchDocument(
        type=TYPE,
        id=str(practice.pk),
        slug=practice.slug,
        title=practice.title,
        summary=practice.summary,
        body="\n".join(_words(practice)),
        keywords=tuple(tag.name for tag in tags),
        subjects=tuple(phrase for listed in terms.values() for term in listed for phrase in phrases_of(term)),
        path=without_language(url),
        language=practice.language,
        audiences=tokens_of(practice),
        facets={
            "country": tuple(practice.countries),
            **{str(kind): tuple(term.slug for term in listed) for kind, listed in terms.items()},
            "tag": tuple(tag.slug for tag in tags),
            "evidence": (practice.evidence,),
            "lead": (practice.lead_agency.slug,) if practice.lead_agency else (),
            **({"year": (str(year),)} if year else {}),
        },
        date=practice.first_published_at,
        orders={
            "period": orders.joined(
                orders.latest_year_first(_last_year(practice)), orders.alphabetical(practice.title)
            ),
            "confirmed": orders.joined(orders.newest_first(practice.confirmed_on), orders.alphabetical(practice.title)),
        },
        gives_way=gives_way(practice),
        rank=UNCONFIRMED_RANK if practice.is_unconfirmed else 1.0,
    )


def _last_year(practice: PracticePage) -> int | None:
    """The year a practice is listed under; what runs on is the most recent."""
    return practice.year_to or (STILL_RUNS if practice.running == RunningState.ONGOING else practice.year_from)


def _words(practice: PracticePage) -> list[str]:
    """All the text of a practice, in the order of its page."""
    results: list[Any] = [f"{block.value.get('figure') or ''} {block.value['text']}" for block in practice.results]
    return [
        practice.lead_name,
        practice.partners,
        practice.groups_as_said,
        practice.period,
        practice.problem,
        *(str(block.value) for block in practice.steps),
        practice.resources,
        *results,
        practice.did_not_work,
        practice.transferability,
        *(answer.explanation for answer in practice.safeguards if answer.explanation),
        practice.instruments_as_said,
    ]
