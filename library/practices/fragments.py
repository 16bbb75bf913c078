"""The heavy parts of the library's pages as markup, kept in the process until content changes.

A kept part is the same for every reader with the same audiences and language on the same day; members share them too,
whom the page cache in front of Django does not serve. Whatever a part depends on is an argument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.core.pagecache import Remembered, asked_for, until_content_changes

from . import catalogue, selectors
from .models import PracticePage

_practices: Remembered[SafeString] = Remembered()


@dataclass(frozen=True, slots=True)
class ListParts:
    """The list as markup: the filters, the results, and the page of the list for the links below it."""

    filters: SafeString
    results: SafeString
    page: Any


def list_parts(params: QueryDict, tokens: Collection[str], url: str) -> ListParts:
    """The library as the address asks for it; `url` is the library's own."""
    asked = asked_for(params, catalogue.PRACTICES.parameters)
    return _list_parts(asked, frozenset(tokens), url, get_language(), timezone.localdate())


@until_content_changes
def _list_parts(query: str, tokens: frozenset[str], url: str, language: str, day: dt.date) -> ListParts:
    found = catalogue.listing(QueryDict(query), tokens)
    context = {"listing": found, "cards": catalogue.cards(found.items), "library_url": url}
    return ListParts(
        filters=render_to_string("practices/list_filters.html", context),
        results=render_to_string("practices/list_results.html", context),
        page=found.page,
    )


def practice_parts(practice: PracticePage, tokens: Collection[str], *, draft: bool) -> SafeString:
    """Everything of a practice's page below the breadcrumb. A `draft` (a preview of the CMS) is never kept."""
    if draft:
        return _render(practice, tokens)
    key = (practice.pk, frozenset(tokens), get_language(), timezone.localdate())
    return _practices.get(key, lambda: _render(practice, tokens))


def _render(practice: PracticePage, tokens: Collection[str]) -> SafeString:
    context = {"page": practice, **selectors.page_context(practice, tokens)}
    return render_to_string("practices/practice_body.html", context)
