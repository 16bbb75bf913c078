"""The library's list, and the practices that are like one: asked of the search engine, shown from the database.

What a viewer may see is in `published`, once more for everything the engine names. See `portal.finding.lists`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from portal.core.audience import visible_to
from portal.core.countries import WESTERN_BALKANS, country_name
from portal.core.pagecache import only_for_now, until_content_changes
from portal.finding.lists import FacetedList, Listing, Narrowing, in_order_of
from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term
from search.backends.base import EngineUnavailableError
from search.listing import ListRequest, nearest

from .enums import EvidenceLevel
from .models import PracticePage, TaggedPractice

#: The type of their search documents.
TYPE = "practice"
PER_PAGE = 12

#: Vocabulary kind, which is the facet's name too -> the field of a practice that points at its terms.
TERM_FIELDS = {
    TermKind.STAGE: "stages",
    TermKind.GROUP: "groups",
    TermKind.INSTRUMENT: "instruments",
    TermKind.THEME: "themes",
}
#: How much a shared value of a facet makes two practices alike.
LIKENESS = {"stage": 3.0, "group": 3.0, "tag": 2.0, "theme": 1.0, "country": 1.0}

ORDERS: dict[str, Promise] = {
    "period": _("Most recent period"),
    "new": _("Newest here"),
    "title": _("Title"),
    "confirmed": _("Last confirmed"),
}


def published(tokens: Collection[str]) -> QuerySet[PracticePage]:
    """The published practices a viewer may see: of one and its translations the one in the reader's language.

    Without one in that language it is the one in the portal's first language, without that all there are. The search
    documents say the same (`portal.finding.translations`).
    """
    seen = visible_to(PracticePage.objects.live(), tokens)
    here, first = Q(locale__language_code=get_language()), Q(locale__language_code=settings.LANGUAGE_CODE)
    same = seen.filter(translation_key=OuterRef("translation_key")).order_by()
    return seen.filter(here | ~Exists(same.filter(here)) & (first | ~Exists(same.filter(first))))


def with_card(practices: QuerySet[PracticePage]) -> QuerySet[PracticePage]:
    """`practices` with what a card shows of them: one query, and one for the audiences."""
    return practices.select_related("lead_agency").prefetch_related("audiences")


def visible(tokens: Collection[str]) -> QuerySet[PracticePage]:
    """The published practices of a viewer who holds `tokens`, with what a card shows of them."""
    return with_card(published(tokens))


@until_content_changes
def filing_terms() -> dict[str, dict[str, Term]]:
    """Kind -> slug -> term, for the terms that practices are filed under; the stages in their order."""
    terms: dict[str, dict[str, Term]] = {kind: {} for kind in TERM_FIELDS}
    for term in Term.objects.filter(kind__in=TERM_FIELDS).only("kind", "slug", "label", "labels", "order"):
        terms[term.kind][term.slug] = term
    return terms


def _by_words(labels: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(labels.items(), key=lambda pair: pair[1].casefold()))


def _terms_of(kind: TermKind) -> Callable[[Collection[str]], dict[str, str]]:
    def labels(values: Collection[str]) -> dict[str, str]:
        found = {slug: str(term) for slug, term in filing_terms()[kind].items() if slug in values}
        return found if kind == TermKind.STAGE else _by_words(found)

    return labels


def _countries(codes: Collection[str]) -> dict[str, str]:
    """The region's first, the others by name."""
    others = sorted((code for code in codes if code not in WESTERN_BALKANS), key=country_name)
    return {code: country_name(code) for code in [*(code for code in WESTERN_BALKANS if code in codes), *others]}


def _tags(slugs: Collection[str]) -> dict[str, str]:
    found = dict(Tag.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
    return _by_words(found)


def _levels(values: Collection[str]) -> dict[str, str]:
    return {level.value: str(level.label) for level in EvidenceLevel if level.value in values}


PRACTICES: FacetedList[PracticePage] = FacetedList(
    type=TYPE,
    rows=visible,
    orders=ORDERS,
    by={"new": "newest"},
    per_page=PER_PAGE,
    narrowings=(
        Narrowing(
            name="stage",
            label=_("Stage of return"),
            labels=_terms_of(TermKind.STAGE),
            always=lambda: filing_terms()[TermKind.STAGE],
            no_such=_("There is no stage of return “%(value)s”."),
            open=True,
        ),
        Narrowing(
            name="country",
            label=_("Country"),
            labels=_countries,
            always=lambda: WESTERN_BALKANS,
            no_such=_("No practice you can see is from a country “%(value)s”."),
            read=str.upper,
            open=True,
        ),
        Narrowing(
            name="group",
            label=_("Target group"),
            labels=_terms_of(TermKind.GROUP),
            no_such=_("There is no target group “%(value)s”."),
        ),
        Narrowing(
            name="instrument",
            label=_("Legal instrument"),
            labels=_terms_of(TermKind.INSTRUMENT),
            no_such=_("There is no legal instrument “%(value)s”."),
        ),
        Narrowing(
            name="theme",
            label=_("Theme"),
            labels=_terms_of(TermKind.THEME),
            no_such=_("There is no theme “%(value)s”."),
        ),
        Narrowing(name="tag", label=_("Tag"), labels=_tags, no_such=_("There is no tag “%(value)s”.")),
        Narrowing(
            name="evidence",
            label=_("Evidence"),
            labels=_levels,
            always=lambda: EvidenceLevel.values,
            no_such=_("There is no evidence level “%(value)s”."),
        ),
    ),
)


def listing(params: QueryDict, tokens: Collection[str]) -> Listing[PracticePage]:
    """The library as the address asks for it. Unknown values are left out and named in `hints`; nothing raises."""
    return PRACTICES.listing(params, tokens)


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A practice in a list, with links into the same list for its stages."""

    practice: PracticePage
    url: str
    stages: list[Link] = field(default_factory=list)


def cards(practices: Collection[PracticePage]) -> list[Card]:
    """Cards in the order of `practices`. One query."""
    stages = filing_terms()[TermKind.STAGE]
    filed = terms_by_practice([practice.pk for practice in practices], fields=("stages",))
    return [
        Card(
            practice,
            practice.get_url() or "",
            [Link(str(term), f"?stage={slug}") for slug, term in stages.items() if term.pk in filed[practice.pk]],
        )
        for practice in practices
    ]


def terms_by_practice(pks: Collection[int], *, fields: Iterable[str] = TERM_FIELDS.values()) -> dict[int, set[int]]:
    """Practice -> the keys of the terms it is filed under in `fields`. One query."""
    found: dict[int, set[int]] = {pk: set() for pk in pks}
    throughs = (getattr(PracticePage, name).through for name in fields)
    filed, *others = (
        through.objects.filter(practicepage__in=pks).order_by().values_list("practicepage_id", "term_id")
        for through in throughs
    )
    for practice, term in filed.union(*others, all=True) if pks else ():
        found[practice].add(term)
    return found


@dataclass(frozen=True, slots=True)
class Filed:
    """What one practice is filed under: kind -> slug -> term, and slug -> name of its tags."""

    terms: dict[str, dict[str, Term]]
    tags: dict[str, str]


def filed(practice: PracticePage) -> Filed:
    """What `practice` is filed under, as it is saved. Two queries."""
    held = terms_by_practice([practice.pk])[practice.pk]
    tagged = TaggedPractice.objects.filter(content_object=practice.pk).values_list("tag__slug", "tag__name")
    return Filed(
        {
            kind: {slug: term for slug, term in terms.items() if term.pk in held}
            for kind, terms in filing_terms().items()
        },
        _by_words(dict(tagged)),
    )


def similar(practice: PracticePage, under: Filed, tokens: Collection[str], number: int = 3) -> list[PracticePage]:
    """The practices that share most with one that is filed `under` something; none while the engine is away.

    Stages and groups weigh most, then tags, then themes and countries (`LIKENESS`). One query.
    """
    values: dict[str, Any] = {kind: list(terms) for kind, terms in under.terms.items()}
    values |= {"tag": list(under.tags), "country": list(practice.countries)}
    request = ListRequest(type=TYPE, audiences=frozenset(tokens), language=get_language() or "", size=number + 1)
    try:
        near = nearest(request, to=str(practice.pk), facets=values, weights=LIKENESS)
    except EngineUnavailableError:
        only_for_now()
        return []
    others = published(tokens).exclude(translation_key=practice.translation_key)
    return in_order_of(near, others)[:number]
