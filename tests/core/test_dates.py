import datetime as dt

import pytest
from django.utils import translation

from portal.core.dates import date_range_text, date_text, datetime_text, month_text

DAY = dt.date(2025, 1, 28)


@pytest.mark.parametrize(
    ("start", "end", "precision", "text"),
    [
        (DAY, dt.date(2025, 1, 30), "day", "28–30 January 2025"),
        (DAY, dt.date(2025, 2, 2), "day", "28 January – 2 February 2025"),
        (dt.date(2024, 12, 30), dt.date(2025, 1, 2), "day", "30 December 2024 – 2 January 2025"),
        (DAY, None, "day", "28 January 2025"),
        (DAY, DAY, "day", "28 January 2025"),
        (DAY, None, "month", "January 2025"),
        (DAY, dt.date(2025, 3, 1), "month", "January 2025 – March 2025"),
        (DAY, None, "year", "2025"),
        (dt.date(2024, 5, 1), DAY, "year", "2024–2025"),
        (DAY, None, "before", "Before 28 January 2025"),
        (DAY, None, "unknown", ""),
        (None, None, "day", ""),
    ],
)
def test_a_range_is_as_short_as_it_stays_clear_and_no_more_exact_than_the_source(
    start: dt.date | None, end: dt.date | None, precision: str, text: str
) -> None:
    assert date_range_text(start, end, precision) == text


def test_a_precision_nobody_knows_is_named() -> None:
    with pytest.raises(ValueError, match="'fortnight'"):
        date_range_text(DAY, None, "fortnight")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "28.–30. Januar 2025"),
        ("hr", "28.–30. siječnja 2025."),
        ("sr", "28.–30. јануар 2025."),
        ("sr-latn", "28.–30. januar 2025."),
        ("bs", "28.–30. januar 2025."),
        ("sq", "28–30 janar 2025"),
        ("mk", "28–30 јануари 2025"),
    ],
)
def test_each_language_keeps_its_own_stops(language: str, text: str) -> None:
    with translation.override(language):
        assert date_range_text(DAY, dt.date(2025, 1, 30)) == text


def test_a_moment_is_told_in_the_portals_time_zone() -> None:
    late = dt.datetime(2025, 1, 28, 23, 30, tzinfo=dt.UTC)
    assert datetime_text(late) == "29 January 2025, 00:30"
    assert date_text(late) == "29 January 2025"
    assert datetime_text(dt.datetime(2025, 1, 28, 9, 5)) == "28 January 2025, 09:05"  # noqa: DTZ001  a time without a zone stays as it is


def test_a_month_stands_alone() -> None:
    assert month_text(DAY) == "January 2025"
