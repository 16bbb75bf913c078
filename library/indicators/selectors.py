"""Questions about figures. Every one asks who is asking: `tokens` are the viewer's audiences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from network.members.models import Agency
from portal.core.audience import visible_to
from portal.core.countries import WESTERN_BALKANS, country_name
from portal.core.pagecache import until_content_changes
from portal.vocabulary.models import Term

from .chart import Chart
from .models import Figure, Indicator
from .series import Series, newest_of, spark_of


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator in a list: its newest figure and a small drawing, where there are any."""

    indicator: Indicator
    newest: Figure | None
    spark: Chart | None


@dataclass(frozen=True, slots=True)
class OwnerGroup:
    """The indicators of one owner; `owner` is empty for published figures whose definition no source gives."""

    owner: str
    agency: Agency | None
    entries: list[Entry]


def visible(tokens: Collection[str]) -> QuerySet[Indicator]:
    """The indicators a viewer may see, with their owners."""
    return visible_to(Indicator.objects.select_related("owner_agency"), tokens)


def with_figures(indicators: QuerySet[Indicator]) -> QuerySet[Indicator]:
    """The figures and audiences beside each indicator: two queries more, however many there are."""
    return indicators.prefetch_related("audiences", Prefetch("figures", queryset=Figure.objects.all()))


def find(slug: str, tokens: Collection[str]) -> Indicator | None:
    """The indicator of this name with its figures; None for what is hidden and for what does not exist."""
    return with_figures(visible(tokens)).filter(slug=slug).first()


def entries(indicators: Iterable[Indicator]) -> list[Entry]:
    """Each indicator with its newest figure; no query when they come `with_figures`."""
    found = []
    for indicator in indicators:
        figures = list(indicator.figures.all())
        newest = newest_of(figures)
        found.append(Entry(indicator, newest, spark_of(figures, newest) if newest else None))
    return found


def groups(tokens: Collection[str]) -> list[OwnerGroup]:
    """Every indicator the viewer may see, by owner in the order of the list; those without a definition last."""
    defined: dict[str, OwnerGroup] = {}
    others = OwnerGroup("", None, [])
    for entry in entries(with_figures(visible(tokens))):
        indicator = entry.indicator
        if not indicator.definition:
            others.entries.append(entry)
            continue
        agency = indicator.owner_agency
        owner = (agency.acronym or agency.name) if agency else indicator.owner or gettext("Owner not in the sources")
        defined.setdefault(owner, OwnerGroup(owner, agency, [])).entries.append(entry)
    return [*defined.values(), *([others] if others.entries else [])]


def newest_entries(tokens: Collection[str], limit: int) -> list[Entry]:
    """The `limit` indicators with a definition whose newest number is the most recent. No query while remembered."""
    return _newest_entries(frozenset(tokens), limit)


@until_content_changes
def _newest_entries(tokens: frozenset[str], limit: int) -> list[Entry]:
    listed = entries(with_figures(visible(tokens).exclude(definition="")))
    with_number = [entry for entry in listed if entry.newest is not None and entry.newest.value is not None]
    with_number.sort(key=lambda entry: _end(entry.newest), reverse=True)
    return with_number[:limit]


def _end(figure: Figure | None) -> dt.date:
    day = (figure.end or figure.start) if figure else None
    return day or dt.date.min


def of_term(term: Term, tokens: Collection[str]) -> list[Entry]:
    """The indicators filed under a term."""
    return entries(with_figures(visible(tokens).filter(terms=term)))


def of_agency(agency: Agency, tokens: Collection[str]) -> list[Entry]:
    """The indicators an agency owns."""
    return entries(with_figures(visible(tokens).filter(owner_agency=agency)))


def silent_countries(indicator: Indicator, series: Iterable[Series]) -> list[str]:
    """The names of the region's countries an indicator has no figure for, where it has one for some of them.

    Nothing for a series that is only known from single figures: it was never meant to cover the region.
    """
    spoken = {one.key.area for one in series}
    if not indicator.definition or not spoken.intersection(WESTERN_BALKANS):
        return []
    return sorted(country_name(code) for code in WESTERN_BALKANS if code not in spoken)
