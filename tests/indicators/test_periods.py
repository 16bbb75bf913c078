import datetime as dt

import pytest
from django.utils import translation

from library.indicators import periods
from library.indicators.enums import Frequency


@pytest.mark.parametrize(
    ("text", "start", "end", "frequency"),
    [
        ("2024", "2024-01-01", "2024-12-31", Frequency.YEAR),
        ("2024-Q1", "2024-01-01", "2024-03-31", Frequency.QUARTER),
        ("2024-Q4", "2024-10-01", "2024-12-31", Frequency.QUARTER),
        ("2024-02", "2024-02-01", "2024-02-29", Frequency.MONTH),
        ("2023-01-30", "2023-01-30", "2023-01-30", Frequency.DAY),
        ("2024-01/2024-06", "2024-01-01", "2024-06-30", Frequency.SPAN),
        ("2018/2021-05", "2018-01-01", "2021-05-31", Frequency.SPAN),
        ("1999/2008", "1999-01-01", "2008-12-31", Frequency.SPAN),
        ("2023-01-01/2023-12-17", "2023-01-01", "2023-12-17", Frequency.SPAN),
    ],
)
def test_a_period_is_read(text: str, start: str, end: str, frequency: Frequency) -> None:
    period = periods.parse(text)
    assert (period.start.isoformat(), period.end.isoformat(), period.frequency) == (start, end, frequency)


@pytest.mark.parametrize(
    "text", ["", "24", "2024-13", "2024-Q5", "2023-02-30", "2023 to early June", "2024/", "0000", "/2024"]
)
def test_what_is_no_period_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="expected a year") as error:
        periods.parse(text)
    assert repr(text) in str(error.value)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before the beginning"):
        periods.parse("2024/2023")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2024", "2024"),
        ("2024-Q3", "2024 Q3"),
        ("2024-06", "June 2024"),
        ("2023-01-30", "30 January 2023"),
        ("2024-01/2024-06", "January – June 2024"),
        ("2018/2021-05", "January 2018 – May 2021"),
        ("1999/2008", "1999–2008"),
        ("2023-01-01/2023-12-17", "1 January – 17 December 2023"),
        ("2023 to early June", "2023 to early June"),
    ],
)
def test_a_period_is_written_for_readers(text: str, label: str) -> None:
    assert periods.label(text) == label


def test_a_period_is_written_in_the_readers_language_and_words_stay_as_published() -> None:
    with translation.override("de"):
        assert periods.label("2024-06") == "Juni 2024"
        assert periods.label("2023 to early June") == "2023 to early June"
    assert periods.is_label_translated("2024-06")
    assert not periods.is_label_translated("2023 to early June")


@pytest.mark.parametrize("text", ["2024", "2023-Q4", "2024-Q1", "2023-12", "2024-01"])
def test_a_column_and_its_period_lead_to_each_other(text: str) -> None:
    period = periods.parse(text)
    assert periods.at(periods.position(period.start, period.frequency), period.frequency) == text


def test_neighbouring_periods_are_neighbouring_columns_across_the_year() -> None:
    for frequency, before, after in [
        (Frequency.QUARTER, dt.date(2023, 10, 1), dt.date(2024, 1, 1)),
        (Frequency.MONTH, dt.date(2023, 12, 1), dt.date(2024, 1, 1)),
        (Frequency.YEAR, dt.date(2023, 1, 1), dt.date(2024, 1, 1)),
        (Frequency.SPAN, dt.date(2023, 1, 1), dt.date(2024, 1, 1)),
    ]:
        assert periods.position(after, frequency) - periods.position(before, frequency) == 1


def test_days_have_no_columns() -> None:
    with pytest.raises(ValueError, match="no axis"):
        periods.position(dt.date(2024, 1, 1), Frequency.DAY)
    with pytest.raises(ValueError, match="no axis"):
        periods.at(1, Frequency.DAY)
