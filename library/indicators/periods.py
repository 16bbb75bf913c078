"""Periods as statistics write them: ``2024``, ``2024-Q3``, ``2024-06``, ``2024-06-30``, or two with a slash."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext

from portal.core.dates import date_range_text, month_text

from .enums import Frequency

_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_PRECISIONS = {Frequency.YEAR: "year", Frequency.QUARTER: "month", Frequency.MONTH: "month", Frequency.DAY: "day"}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, first and last day included; `precision` is how exactly its ends were written."""

    start: dt.date
    end: dt.date
    frequency: Frequency
    precision: str


def parse(text: str) -> Period:
    """The period `text` stands for. Raises ValueError naming `text` and what was expected."""
    first, slash, last = text.strip().partition("/")
    begin = _single(first, text)
    if not slash:
        return begin
    finish = _single(last, text)
    if finish.end < begin.start:
        raise ValueError(f"period {text!r}: the end lies before the beginning")
    finer = "day" if "day" in (begin.precision, finish.precision) else finish.precision
    precision = "month" if "month" in (begin.precision, finish.precision) and finer != "day" else finer
    return Period(begin.start, finish.end, Frequency.SPAN, precision)


def _single(text: str, whole: str) -> Period:
    try:
        if match := _YEAR.fullmatch(text):
            year = int(match[1])
            return _period(dt.date(year, 1, 1), dt.date(year, 12, 31), Frequency.YEAR)
        if match := _QUARTER.fullmatch(text):
            year, month = int(match[1]), 3 * int(match[2])
            return _period(dt.date(year, month - 2, 1), _month_end(year, month), Frequency.QUARTER)
        if match := _MONTH.fullmatch(text):
            year, month = int(match[1]), int(match[2])
            return _period(dt.date(year, month, 1), _month_end(year, month), Frequency.MONTH)
        if _DAY.fullmatch(text):
            day = dt.date.fromisoformat(text)
            return _period(day, day, Frequency.DAY)
    except ValueError:
        pass  # a month 13 or a 30 February: not a period either
    raise ValueError(
        f"period {whole!r}: expected a year (2024), a quarter (2024-Q3), a month (2024-06), a day (2024-06-30), "
        "or two of these with a slash between them (2024-01/2024-06)"
    )


def _period(start: dt.date, end: dt.date, frequency: Frequency) -> Period:
    return Period(start, end, frequency, _PRECISIONS[frequency])


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def label(text: str) -> str:
    """`text` for readers in the active language: ``2024 Q3``, ``June 2024``, ``January – June 2024``.

    What is no period by the rules above (``2023 to early June``) is returned as published.
    """
    try:
        period = parse(text)
    except ValueError:
        return text
    if period.frequency == Frequency.QUARTER:
        return gettext("%(year)s Q%(quarter)s") % {"year": period.start.year, "quarter": (period.start.month + 2) // 3}
    if period.precision == "month" and period.start.year == period.end.year and period.start.month != period.end.month:
        return f"{format_date(period.start, 'F')} – {month_text(period.end)}"
    return date_range_text(period.start, period.end, period.precision)


def is_label_translated(text: str) -> bool:
    """Whether `label` puts `text` into the reader's language; otherwise it stands as published, in English."""
    try:
        parse(text)
    except ValueError:
        return False
    return True


def position(day: dt.date, frequency: Frequency) -> int:
    """The number of the year, quarter or month `day` lies in, counted so that neighbours differ by one.

    Spans count by year: the same months of each year are neighbours. Raises ValueError for days, which have no axis.
    """
    if frequency in (Frequency.YEAR, Frequency.SPAN):
        return day.year
    if frequency == Frequency.QUARTER:
        return day.year * 4 + (day.month - 1) // 3
    if frequency == Frequency.MONTH:
        return day.year * 12 + day.month - 1
    raise ValueError(f"frequency {frequency!r} has no axis: expected year, quarter, month or span")


def at(number: int, frequency: Frequency) -> str:
    """The text of the period with this `position`: the inverse, as `parse` and `label` read it."""
    if frequency in (Frequency.YEAR, Frequency.SPAN):
        return f"{number:04d}"
    if frequency == Frequency.QUARTER:
        return f"{number // 4:04d}-Q{number % 4 + 1}"
    if frequency == Frequency.MONTH:
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    raise ValueError(f"frequency {frequency!r} has no axis: expected year, quarter, month or span")
