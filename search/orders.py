"""What lists are sorted by: texts that stand, letter by letter, in the order the list is read.

Both engines compare them byte by byte, so both put a list in the same order, on every page of it.
"""

from __future__ import annotations

import datetime as dt

from .analysis import words

#: The orders an index knows. Of every document: its title, and the newest first. Of those that are listed by it: `list`
#: (as their own list is read), `period`, `confirmed` (last), `due` (first).
NAMES = ("title", "newest", "list", "period", "confirmed", "due")
#: Stands before every letter and digit, so that a text comes before the longer ones that begin with it.
BORDER = "\x1f"
#: Stand before, and after, everything that is known.
FIRST, LAST = "", "~"

_LONGEST = 80
_FAR = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)


def alphabetical(text: str) -> str:
    """By the words of `text` in their one spelling: Latin as Cyrillic, č beside c, whatever the language."""
    return " ".join(words(text))[:_LONGEST]


def newest_first(when: dt.date | dt.datetime | None, *, unknown: str = LAST) -> str:
    """The latest day or moment first; `unknown` stands for none."""
    if when is None:
        return unknown
    moment = when if isinstance(when, dt.datetime) else dt.datetime(when.year, when.month, when.day, tzinfo=dt.UTC)
    return f"{(_FAR - moment) // dt.timedelta(microseconds=1):015x}"


def soonest_first(day: dt.date | None, *, unknown: str = LAST) -> str:
    """The earliest day first; `unknown` stands for none."""
    return unknown if day is None else day.isoformat()


def latest_year_first(year: int | None, *, unknown: str = LAST) -> str:
    """The latest year first; `unknown` stands for none."""
    return unknown if year is None else f"{9999 - min(max(year, 0), 9999):04d}"


def joined(*parts: str) -> str:
    """Sorted by the first part, among equals by the second, and so on."""
    return BORDER.join(parts)
