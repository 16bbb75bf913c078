"""The directory of people: whom members find, by which words and filters. See `portal.finding.lists`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.core.countries import country_name
from portal.finding.lists import FacetedList, Narrowing
from portal.vocabulary.enums import TermKind
from portal.vocabulary.selectors import labels_among

from .enums import SpokenLanguage
from .models import Agency, Profile
from .selectors import current

#: The type of their search documents.
TYPE = "person"
PAGE_SIZE = 20


def people() -> QuerySet[Profile]:
    """Profiles of current members and of staff, with user, agency, languages and terms: four queries."""
    return (
        Profile.objects.filter(current("user__"))
        .select_related("user__membership__agency")
        .prefetch_related("languages", "stages", "themes")
    )


def _by_words(labels: Mapping[str, Any]) -> dict[str, str]:
    return dict(sorted(((value, str(text)) for value, text in labels.items()), key=lambda pair: pair[1].casefold()))


def _countries(codes: Collection[str]) -> dict[str, str]:
    return _by_words({code: country_name(code) for code in codes})


def _languages(codes: Collection[str]) -> dict[str, str]:
    return _by_words({code: name for code, name in SpokenLanguage.choices if code in codes})


def _agencies(slugs: Collection[str]) -> dict[str, str]:
    return _by_words(dict(Agency.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {})


def _stages(slugs: Collection[str]) -> dict[str, str]:
    return _by_words(labels_among(TermKind.STAGE, slugs))


PEOPLE: FacetedList[Profile] = FacetedList(
    type=TYPE,
    rows=lambda _tokens: people(),
    orders={"name": _("Name")},
    by={"name": "title"},
    per_page=PAGE_SIZE,
    is_searched=True,
    narrowings=(
        Narrowing(name="country", label=_("Country"), labels=_countries, open=True),
        Narrowing(name="stage", label=_("Stage of return"), labels=_stages, open=True),
        Narrowing(name="language", label=_("Language"), labels=_languages, facet="speaks"),
        Narrowing(name="agency", label=_("Agency"), labels=_agencies),
    ),
)
