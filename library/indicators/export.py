"""Figures as CSV: UTF-8 with a byte order mark (spreadsheets read Cyrillic by it), ISO dates, numbers with a point."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from .models import Figure, Indicator

COLUMNS = (
    "indicator_code",
    "indicator",
    "series_code",
    "area_code",
    "area_note",
    "period",
    "start",
    "end",
    "frequency",
    "value",
    "value_as_published",
    "unit",
    "rounded",
    "what_is_counted",
    "status",
    "origin",
    "note",
    "source",
)
#: A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def figures_csv(indicator: Indicator, figures: Iterable[Figure]) -> bytes:
    """One row a figure under `COLUMNS`. A number not published as one leaves `value` empty, never zero."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for figure in figures:
        words = (
            indicator.code,
            indicator.name,
            figure.code,
            figure.area,
            figure.area_note,
            figure.period,
            figure.start.isoformat(),
            figure.end.isoformat() if figure.end else "",
            figure.frequency,
        )
        value = "" if figure.value is None else _plain(figure.value)
        more = (
            figure.value_text,
            figure.unit,
            "yes" if figure.rounded else "",
            figure.coverage,
            figure.status,
            figure.origin,
            figure.note,
            figure.source,
        )
        writer.writerow([*map(safe, words), value, *map(safe, more)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def safe(text: str) -> str:
    """`text`, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: Decimal) -> str:
    """The number without zeros that say nothing, and without an exponent."""
    return f"{value.normalize():f}"
