"""The library's list: filters with counts, chips, order and pages.

Everything comes from the database in a fixed number of queries, however many practices there are: the visible
practices, what they are filed under, the terms, the tags, and the practices of one page with their audiences.
Counting is done in memory. A facet's counts ignore its own choices and respect all others; what the viewer may not
see is in none of them. The search engine offers the same facets; the library does not ask it, so that it stands
while an index is rebuilt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.paginator import Page as PageOfList
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from portal.core.audience import visible_to
from portal.core.countries import WESTERN_BALKANS, country_name
from portal.core.pagecache import until_content_changes
from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term

from .enums import EvidenceLevel, RunningState
from .models import PracticePage, TaggedPractice

PER_PAGE = 12
#: What runs on sorts as the most recent.
STILL_RUNS = 9999

#: Facet -> its words, in the order they are shown. The first four are the vocabulary's kinds.
FACETS: dict[str, Promise] = {
    "stage": _("Stage of return"),
    "country": _("Country"),
    "group": _("Target group"),
    "instrument": _("Legal instrument"),
    "theme": _("Theme"),
    "tag": _("Tag"),
    "evidence": _("Evidence"),
}
#: Unfolded from the start.
OPEN = frozenset({"stage", "country"})
#: Vocabulary kind -> the field of a practice that points at its terms.
TERM_FIELDS = {
    TermKind.STAGE: "stages",
    TermKind.GROUP: "groups",
    TermKind.INSTRUMENT: "instruments",
    TermKind.THEME: "themes",
}


@dataclass(slots=True)
class Row:
    """One visible practice, as light as filtering needs it. `values`: facet -> what the practice holds of it."""

    pk: int
    title: str
    sorts: dict[str, Any]
    values: dict[str, set[str]]


@dataclass(slots=True)
class Catalogue:
    """Every practice a viewer may see, with the words of what they are filed under."""

    rows: dict[int, Row]
    terms: dict[str, dict[str, Term]]
    tags: dict[str, str]

    def matching(self, chosen: dict[str, list[str]], *, leaving_out: str = "") -> list[Row]:
        """The rows that hold one of the chosen values of every facet, `leaving_out` one facet."""
        asked = [(name, set(values)) for name, values in chosen.items() if values and name != leaving_out]
        return [
            row for row in self.rows.values() if all(not row.values[name].isdisjoint(wanted) for name, wanted in asked)
        ]

    def counts(self, facet: str, chosen: dict[str, list[str]]) -> Counter[str]:
        """Value -> number of practices, for one facet."""
        return Counter(value for row in self.matching(chosen, leaving_out=facet) for value in row.values[facet])


def published(tokens: Collection[str], *, also: int | None = None) -> QuerySet[PracticePage]:
    """The published practices a viewer may see: of one and its translations the one in the reader's language.

    Without one in that language it is the one in the portal's first language, without that all there are. `also` is the
    key of a page that is shown whatever its language.
    """
    seen = visible_to(PracticePage.objects.live(), tokens)
    here, first = Q(locale__language_code=get_language()), Q(locale__language_code=settings.LANGUAGE_CODE)
    same = seen.filter(translation_key=OuterRef("translation_key")).order_by()
    return seen.filter(here | ~Exists(same.filter(here)) & (first | ~Exists(same.filter(first))) | Q(pk=also))


@until_content_changes
def _filing_terms() -> list[Term]:
    """The terms that practices are filed under, with their labels."""
    return list(Term.objects.filter(kind__in=TERM_FIELDS).only("kind", "slug", "label", "labels", "order"))


def load(tokens: Collection[str], *, also: int | None = None) -> Catalogue:
    """The catalogue of a viewer who holds `tokens`. Four queries, three while the terms are remembered."""
    rows = {
        pk: Row(
            pk,
            title,
            {
                "period": -(year_to or (STILL_RUNS if running == RunningState.ONGOING else year_from) or 0),
                "title": title.casefold(),
                "confirmed": -(confirmed.toordinal() if confirmed else 0),
                "new": -(since.timestamp() if since else 0),
            },
            {name: set() for name in FACETS} | {"country": set(countries), "evidence": {evidence}},
        )
        for pk, title, countries, evidence, running, year_from, year_to, confirmed, since in published(
            tokens, also=also
        ).values_list(
            "pk",
            "title",
            "countries",
            "evidence",
            "running",
            "year_from",
            "year_to",
            "confirmed_on",
            "first_published_at",
        )
    }
    terms: dict[str, dict[str, Term]] = {kind: {} for kind in TERM_FIELDS}
    by_pk: dict[int, Term] = {}
    for term in _filing_terms():
        terms[term.kind][term.slug] = by_pk[term.pk] = term
    throughs = [getattr(PracticePage, name).through for name in TERM_FIELDS.values()]
    filed, *others = (through.objects.order_by().values_list("practicepage_id", "term_id") for through in throughs)
    for page_pk, term_pk in filed.union(*others, all=True):
        if page_pk in rows and term_pk in by_pk:
            rows[page_pk].values[by_pk[term_pk].kind].add(by_pk[term_pk].slug)
    tags: dict[str, str] = {}
    for page_pk, slug, name in TaggedPractice.objects.values_list("content_object_id", "tag__slug", "tag__name"):
        if page_pk in rows:
            rows[page_pk].values["tag"].add(slug)
            tags[slug] = name
    return Catalogue(rows, terms, tags)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One group of boxes."""

    name: str
    label: str
    options: list[Choice]
    open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds, and the list without it."""

    key: str
    label: str
    url: str


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


@dataclass(frozen=True, slots=True)
class Order:
    """A way to sort."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """All the library page shows. `hints` say what of the address was left out, and why."""

    page: PageOfList[Any]
    cards: list[Card]
    found: int
    total: int
    facets: list[Facet]
    chips: list[Chip]
    orders: list[Order]
    hints: list[str]


ORDERS: dict[str, Promise] = {
    "period": _("Most recent period"),
    "new": _("Newest here"),
    "title": _("Title"),
    "confirmed": _("Last confirmed"),
}
_NO_SUCH: dict[str, Promise] = {
    "stage": _("There is no stage of return “%(value)s”."),
    "country": _("No practice you can see is from a country “%(value)s”."),
    "group": _("There is no target group “%(value)s”."),
    "instrument": _("There is no legal instrument “%(value)s”."),
    "theme": _("There is no theme “%(value)s”."),
    "tag": _("There is no tag “%(value)s”."),
    "evidence": _("There is no evidence level “%(value)s”."),
}


def listing(params: QueryDict, tokens: Collection[str]) -> Listing:
    """The library as the address asks for it. Unknown values are left out and named in `hints`; nothing raises."""
    catalogue = load(tokens)
    labels = {name: _labels(catalogue, name) for name in FACETS}
    hints: list[str] = []
    chosen = {name: _known(params.getlist(name), labels[name], name, hints) for name in FACETS}
    order = params.get("sort") or "period"
    if order not in ORDERS:
        hints.append(gettext("The list can not be sorted by “%(value)s”.") % {"value": order[:60]})
        order = "period"
    rows = sorted(catalogue.matching(chosen), key=lambda row: (row.sorts[order], row.sorts["title"]))
    page = _page(rows, params.get("page"), hints)
    return Listing(
        page=page,
        cards=_cards(list(page), catalogue),
        found=len(rows),
        total=len(catalogue.rows),
        facets=[_facet(catalogue, name, labels[name], chosen) for name in FACETS],
        chips=_chips(params, chosen, labels),
        orders=[Order(value, str(label), value == order) for value, label in ORDERS.items()],
        hints=hints,
    )


def _labels(catalogue: Catalogue, facet: str) -> dict[str, str]:
    """The values a facet offers, in order: all stages and the region's countries; others when a practice has them."""
    held = {value for row in catalogue.rows.values() for value in row.values[facet]}
    if facet == "country":
        others = sorted((code for code in held if code not in WESTERN_BALKANS), key=country_name)
        return {code: country_name(code) for code in [*WESTERN_BALKANS, *others]}
    if facet == "evidence":
        return {level.value: str(level.label) for level in EvidenceLevel}
    if facet == "tag":
        return {slug: name for slug, name in _by_label(catalogue.tags) if slug in held}
    terms = {slug: str(term) for slug, term in catalogue.terms[facet].items()}
    return terms if facet == "stage" else {slug: label for slug, label in _by_label(terms) if slug in held}


def _by_label(labels: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(labels.items(), key=lambda pair: pair[1].casefold())


def _known(values: list[str], labels: dict[str, str], facet: str, hints: list[str]) -> list[str]:
    """The values the facet knows, once each; a hint for every other."""
    asked = dict.fromkeys(value.upper() if facet == "country" else value for value in values if value)
    hints.extend(str(_NO_SUCH[facet]) % {"value": value[:60]} for value in asked if value not in labels)
    return [value for value in asked if value in labels]


def _page(rows: list[Row], asked: str | None, hints: list[str]) -> PageOfList[Any]:
    paginator = Paginator(rows, PER_PAGE)
    page = paginator.get_page(asked)
    if asked and asked != str(page.number):
        hints.append(
            gettext("There is no page “%(asked)s”: this is page %(shown)s of %(last)s.")
            % {"asked": asked[:20], "shown": page.number, "last": paginator.num_pages}
        )
    return page


def _facet(catalogue: Catalogue, name: str, labels: dict[str, str], chosen: dict[str, list[str]]) -> Facet:
    counts = catalogue.counts(name, chosen)
    options = [Choice(value, label, counts[value], value in chosen[name]) for value, label in labels.items()]
    return Facet(name, str(FACETS[name]), options, name in OPEN or bool(chosen[name]))


def _chips(params: QueryDict, chosen: dict[str, list[str]], labels: dict[str, dict[str, str]]) -> list[Chip]:
    found = []
    for name, values in chosen.items():
        for value in values:
            rest = params.copy()
            rest.pop("page", None)
            rest.setlist(name, [other for other in values if other != value])
            found.append(Chip(str(FACETS[name]), labels[name][value], f"?{rest.urlencode()}"))
    return found


def _cards(rows: list[Row], catalogue: Catalogue) -> list[Card]:
    """The practices of these rows, in their order. Two queries."""
    practices = in_list().in_bulk([row.pk for row in rows])
    stages = catalogue.terms["stage"]
    return [
        Card(
            practices[row.pk],
            practices[row.pk].get_url() or "",
            [Link(str(term), f"?stage={slug}") for slug, term in stages.items() if slug in row.values["stage"]],
        )
        for row in rows
    ]


def in_list() -> Any:
    """Practices with what a card shows of them: one query, and one for the audiences."""
    return PracticePage.objects.select_related("lead_agency").prefetch_related("audiences")


def similar(catalogue: Catalogue, row: Row, number: int = 3) -> list[int]:
    """The keys of the practices that share most with `row`: stages and groups weigh most, then tags, then countries."""
    weights = {"stage": 3, "group": 3, "tag": 2, "theme": 1, "country": 1}

    def shared(other: Row) -> int:
        return sum(weight * len(row.values[name] & other.values[name]) for name, weight in weights.items())

    others = [other for other in catalogue.rows.values() if other.pk != row.pk]
    scored = [(-shared(other), other.sorts["title"], other.pk) for other in others]
    return [pk for score, _title, pk in sorted(scored)[:number] if score]
