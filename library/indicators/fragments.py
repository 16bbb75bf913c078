"""The heavy parts of the figures' pages as markup, kept in the process until content changes.

A kept part is the same for every reader with the same audiences and language; members share them too, whom the page
cache in front of Django does not serve. Whatever a part depends on is an argument, and all it shows is read in it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.core.pagecache import asked_for, until_content_changes

from . import selectors
from .forms import PARAMETERS, FigureFilter
from .models import Indicator
from .series import newest_of, series_of

#: So many figures are seen at once: nothing to filter.
FEW = 3


@dataclass(frozen=True, slots=True)
class IndicatorParts:
    """An indicator's page: what stands in its title, and everything below the breadcrumb."""

    name: str
    definition: str
    body: SafeString


def list_of_all(tokens: Collection[str]) -> SafeString:
    """All indicators by owner, each with its newest figure."""
    return _list_of_all(frozenset(tokens), get_language())


def indicator_parts(slug: str, params: QueryDict, tokens: Collection[str]) -> IndicatorParts | None:
    """One indicator as the address asks for it; None where the viewer sees none of this name."""
    return _indicator_parts(slug, asked_for(params, PARAMETERS), frozenset(tokens), get_language())


@until_content_changes
def _list_of_all(tokens: frozenset[str], language: str | None) -> SafeString:
    return render_to_string("indicators/index_body.html", {"groups": selectors.groups(tokens)})


@until_content_changes
def _indicator_parts(slug: str, query: str, tokens: frozenset[str], language: str | None) -> IndicatorParts | None:
    subject = selectors.find(slug, tokens)
    if subject is None:
        return None
    body = render_to_string("indicators/indicator_body.html", _context(subject, QueryDict(query)))
    return IndicatorParts(subject.name, subject.definition, body)


def _context(subject: Indicator, params: QueryDict) -> dict[str, Any]:
    """What the body shows. What the filters do not know is named, and everything is shown."""
    figures = list(subject.figures.all())
    form = FigureFilter(params, figures)
    series = series_of(form.shown())
    return {
        "indicator": subject,
        "terms": subject.terms.all(),
        "figures": figures,
        "newest": newest_of(figures),
        "form": form,
        "filters": form.is_used or len(figures) > FEW,
        "charted": [one for one in series if one.chart],
        "single": [figure for one in series if not one.chart for figure in one.figures],
        "series": series,
        "silent": [] if form.is_used else selectors.silent_countries(subject, series),
        "csv_query": "" if form.errors else urlencode(form.data),
    }
