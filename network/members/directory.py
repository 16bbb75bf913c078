"""The directory of people: whom members find, by which words and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.core.countries import country_name
from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term
from search.analysis import words

from .enums import SpokenLanguage
from .models import Agency, Profile, searchable
from .selectors import current

PAGE_SIZE = 20


def search_text_of(profile: Profile) -> str:
    """Every word a person is found by, in the one spelling search uses for all scripts; each begins after a space."""
    user = profile.user
    membership = getattr(user, "membership", None)
    agency: Agency | None = membership.agency if membership is not None else None
    parts: list[str] = [user.name, profile.position, profile.can_help_with]
    if agency is not None:
        parts += [agency.name, agency.acronym, *agency.names_local.values()]
    return searchable(*parts)


def people() -> QuerySet[Profile]:
    """Profiles of current members and of staff, by name, with user, agency, languages and terms: four queries."""
    return (
        Profile.objects.filter(current("user__"))
        .select_related("user__membership__agency")
        .prefetch_related("languages", "stages", "themes")
        .order_by("user__name", "pk")
    )


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the directory: the path to a value, what values there are and what they are called."""

    name: str
    label: Any
    path: str
    labels: Callable[[Iterable[str]], Mapping[str, str]]


def _country_labels(values: Iterable[str]) -> Mapping[str, str]:
    return {code: country_name(code) for code in values}


def _language_labels(values: Iterable[str]) -> Mapping[str, str]:
    names = dict(SpokenLanguage.choices)
    return {code: str(names[code]) for code in values if code in names}


def _agency_labels(values: Iterable[str]) -> Mapping[str, str]:
    return dict(Agency.objects.filter(slug__in=list(values)).values_list("slug", "name"))


def _stage_labels(values: Iterable[str]) -> Mapping[str, str]:
    return {term.slug: str(term) for term in Term.objects.filter(kind=TermKind.STAGE, slug__in=list(values))}


FACETS = (
    Facet("country", _("Country"), "country", _country_labels),
    Facet("stage", _("Stage of return"), "stages__slug", _stage_labels),
    Facet("language", _("Language"), "languages__code", _language_labels),
    Facet("agency", _("Agency"), "user__membership__agency__slug", _agency_labels),
)


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet: how many people it would leave, and whether it is chosen."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetOptions:
    """A facet as the page shows it; `open` unfolds it."""

    name: str
    label: Any
    options: list[Option]
    open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds, with the address of the list without it."""

    key: Any
    label: str
    url: str


def _is_value(given: str) -> bool:
    """Whether a database can look for it: PostgreSQL refuses the null character."""
    return bool(given) and "\0" not in given


@dataclass(frozen=True, slots=True)
class PeopleRequest:
    """What is asked of the directory: words, and chosen values by facet."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_query(cls, query: QueryDict) -> PeopleRequest:
        """Read an address's query; unknown values are kept and find nobody."""
        chosen = {facet.name: tuple(dict.fromkeys(filter(_is_value, query.getlist(facet.name)))) for facet in FACETS}
        return cls(query.get("q", "").strip()[:200], {name: values for name, values in chosen.items() if values})

    def apply(self, queryset: QuerySet[Profile], *, leave_out: str = "") -> QuerySet[Profile]:
        """`queryset` narrowed by the words (each must begin some word) and by every facet but `leave_out`."""
        for word in words(self.text):
            queryset = queryset.filter(search_text__contains=f" {word}")
        for facet in FACETS:
            values = self.chosen.get(facet.name)
            if values and facet.name != leave_out:
                found = Profile.objects.filter(**{f"{facet.path}__in": values})
                queryset = queryset.filter(pk__in=found.values("pk"))
        return queryset

    def without(self, facet: str, value: str) -> str:
        """The query string less one chosen value."""
        query = QueryDict(mutable=True)
        if self.text:
            query["q"] = self.text
        for name, values in self.chosen.items():
            query.setlist(name, [each for each in values if (name, each) != (facet, value)])
        return f"?{query.urlencode()}"


@dataclass(frozen=True, slots=True)
class PeopleResult:
    """The answer: profiles, facets with counts, and the filters that hold."""

    profiles: QuerySet[Profile]
    facets: list[FacetOptions]
    chips: list[Chip]


def find_people(asked: PeopleRequest) -> PeopleResult:
    """Answer `asked`. A facet's counts respect the words and all other facets, not itself."""
    facets: list[FacetOptions] = []
    chips: list[Chip] = []
    for facet in FACETS:
        narrowed = Profile.objects.filter(current("user__"))
        rows = (
            asked.apply(narrowed, leave_out=facet.name)
            .annotate(facet_value=F(facet.path))
            .exclude(Q(facet_value=None) | Q(facet_value=""))
            .values_list("facet_value")
            .annotate(people=Count("pk", distinct=True))
            .order_by()
        )
        counts: dict[str, int] = dict(rows)
        chosen = asked.chosen.get(facet.name, ())
        labels = facet.labels([*counts, *chosen])
        options = [Option(value, labels[value], counts.get(value, 0), value in chosen) for value in labels]
        options.sort(key=lambda option: option.label.casefold())
        facets.append(
            FacetOptions(facet.name, facet.label, options, facet.name in ("country", "stage") or bool(chosen))
        )
        chips += [Chip(facet.label, labels.get(value, value), asked.without(facet.name, value)) for value in chosen]
    return PeopleResult(asked.apply(people()), facets, chips)
