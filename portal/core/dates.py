"""How a date is written: one formatter for pages, mail, search and files.

The month is written out, days come before it, and each language keeps its own stops (`28. Januar 2025`,
`28. siječnja 2025.`). A date whose day or month the source does not give is never made more exact than it is.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.dateformat import time_format
from django.utils.translation import get_language, gettext

#: language -> (day, day and month, day month and year, month and year) in Django's date letters
_FORMATS = {
    "en": ("j", "j F", "j F Y", "F Y"),
    "bs": ("j.", "j. F", "j. F Y.", "F Y."),
    "cnr": ("j.", "j. F", "j. F Y.", "F Y."),
    "de": ("j.", "j. F", "j. F Y", "F Y"),
    "hr": ("j.", "j. E", "j. E Y.", "F Y."),
    "mk": ("j", "j F", "j F Y", "F Y"),
    "sq": ("j", "j F", "j F Y", "F Y"),
    "sr-latn": ("j.", "j. F", "j. F Y.", "F Y."),
    "sr": ("j.", "j. F", "j. F Y.", "F Y."),
}


#: Django's catalogues write some months with a capital; only these languages do.
_CAPITALS = {"en", "de"}


def _written(value: dt.date, letters: str) -> str:
    """`value` in Django's date `letters`, with the month as the active language writes it."""
    text = str(format_date(value, letters))
    return text if (get_language() or "en") in _CAPITALS else text.lower()


def _formats() -> tuple[str, str, str, str]:
    return _FORMATS.get(get_language() or "en", _FORMATS["en"])


def _as_date(value: dt.date) -> dt.date:
    """The day of `value`; of an aware moment, the day in the active time zone."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def date_text(value: dt.date) -> str:
    """`28 January 2025` in the active language."""
    return _written(_as_date(value), _formats()[2])


def datetime_text(value: dt.datetime) -> str:
    """`28 January 2025, 09:41` in the active language and time zone."""
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{_written(moment.date(), _formats()[2])}, {time_format(moment.time(), 'H:i')}"


def month_text(value: dt.date) -> str:
    """`January 2025` in the active language."""
    return _written(_as_date(value), _formats()[3])


def date_range_text(start: dt.date | None, end: dt.date | None = None, precision: str = "day") -> str:
    """`28–30 January 2025`: as short as it stays clear, and no more exact than `precision`.

    `precision` is ``day``, ``month``, ``year``, ``before`` (the source only gives a day that was later) or ``unknown``.
    Without a start, or for ``unknown``: an empty string, and the page says that it is not known.
    """
    if start is None or precision == "unknown":
        return ""
    day, day_month, full, month_year = _formats()
    first = _as_date(start)
    last = _as_date(end) if end is not None else first
    if precision == "before":
        return gettext("Before %(date)s") % {"date": _written(first, full)}
    if precision == "year":
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if precision == "month":
        if (first.year, first.month) == (last.year, last.month):
            return _written(first, month_year)
        return f"{_written(first, month_year)} – {_written(last, month_year)}"
    if precision != "day":
        raise ValueError(f"precision {precision!r}: expected day, month, year, before or unknown")
    if first == last:
        return _written(first, full)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_written(first, day)}–{_written(last, full)}"
    if first.year == last.year:
        return f"{_written(first, day_month)} – {_written(last, full)}"
    return f"{_written(first, full)} – {_written(last, full)}"
