"""Writing figures. What staff enter in the CMS passes the same models' checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from portal.core import audit
from portal.core.models import Audience
from portal.vocabulary.models import Term
from search import indexing

from .models import Figure, Indicator


@transaction.atomic
def create_indicator(
    *, indicator: Indicator, figures: Iterable[Figure], audiences: Iterable[str], terms: Iterable[Term] = (), by: Any
) -> Indicator:
    """Save a new indicator with its figures, in this order, for these audiences (tokens). `by` is None for the portal.

    Raises ValidationError naming the field whose area, period or source can not be read; nothing is saved then.
    """
    indicator.full_clean()
    indicator.save()
    for order, figure in enumerate(figures):
        figure.indicator, figure.order = indicator, order
        figure.full_clean()
        figure.save()
    indicator.audiences.set(Audience.objects.filter(pk__in=list(audiences)))
    indicator.terms.set(terms)
    audit.record(action="indicators.created", by=by, target=indicator)
    return indicator


def reindex_indicator_of(figure: Figure) -> None:
    """Have the search see the indicator of a figure that was saved or removed."""
    indexing.enqueue(figure.indicator)
