"""What the search sees of indicators."""

from __future__ import annotations

from portal.core.audience import tokens_of
from search.documents import SearchDocument

from .areas import countries_of
from .models import Figure, Indicator
from .series import newest_of


def indicator_document(indicator: Indicator) -> SearchDocument:
    """An indicator by name, codes and definition, with the countries and years of its figures."""
    figures = list(indicator.figures.all())
    newest = newest_of(figures)
    body = [indicator.owner, indicator.counting_rule, indicator.dimensions, indicator.legal_basis, indicator.notes]
    notes = [note for figure in figures for note in (figure.area_note, figure.note) if note]
    return SearchDocument(
        type="indicator",
        id=str(indicator.pk),
        slug=indicator.slug,
        title=indicator.name,
        summary=indicator.definition,
        body="\n".join(part for part in [*body, *dict.fromkeys(notes)] if part),
        path=f"figures/{indicator.slug}/",
        language="en",
        audiences=tokens_of(indicator),
        keywords=tuple(dict.fromkeys(code for code in (indicator.code, *(figure.code for figure in figures)) if code)),
        facets={
            "country": tuple(sorted({country for figure in figures for country in countries_of(figure.area)})),
            "year": tuple(sorted({str(year) for figure in figures for year in _years(figure)})),
        },
        date=(newest.end or newest.start) if newest else None,
    )


def _years(figure: Figure) -> range:
    """Every year a figure's period touches; of an open period, its first."""
    return range(figure.start.year, (figure.end or figure.start).year + 1)
