"""Figures put into series: what can be compared stands together, and what is missing between shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext

from . import periods
from .areas import area_name, is_country, reading_order
from .chart import Chart, Frame, Reading, draw
from .enums import Frequency
from .models import Figure
from .numbers import number_text

#: The small drawing in lists.
SPARK = Frame(width=120, height=36, left=4, right=116, top=5, bottom=31)


@dataclass(frozen=True, slots=True)
class Months:
    """The same part of every year, such as January to June: spans that can be compared."""

    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What figures must share to be compared."""

    area: str
    area_note: str
    frequency: Frequency
    months: Months | None
    unit: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a figure, or a run of periods without one (`gap`: their words)."""

    figure: Figure | None
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Comparable figures, oldest first, and their chart where there are two periods or more."""

    key: SeriesKey
    figures: list[Figure]
    chart: Chart | None = None

    @property
    def title(self) -> str:
        """The area's name."""
        return area_name(self.key.area)

    @property
    def has_axis(self) -> bool:
        """Whether the periods are columns of one axis."""
        return self.key.frequency not in (Frequency.DAY, Frequency.SPAN) or self.key.months is not None

    @property
    def readings(self) -> list[Reading]:
        """The numbers, each in the column of its period; none for words and for periods without an axis."""
        if not self.has_axis:
            return []
        return [
            Reading(periods.position(figure.start, self.key.frequency), float(figure.value), figure.coverage)
            for figure in self.figures
            if figure.value is not None
        ]

    @property
    def columns(self) -> int:
        """How many different periods have a number."""
        return len({reading.position for reading in self.readings})

    @property
    def frequency_label(self) -> str:
        """Words for the kind of period: `Quarters`, or `January to June of each year`."""
        months = self.key.months
        if months is None:
            return str(self.key.frequency.label)
        return gettext("%(first)s to %(last)s of each year") % {
            "first": _month_day(months.first, opening=True),
            "last": _month_day(months.last, opening=False),
        }

    @property
    def sign(self) -> str:
        """What stands after each number of the chart: the sign of a share, or nothing."""
        return "\N{NO-BREAK SPACE}%" if self.key.unit == "%" else ""

    def column_label(self, position: int) -> str:
        """The words under a column."""
        return periods.label(periods.at(position, self.key.frequency))

    @property
    def first_label(self) -> str:
        """The words under the first column of the chart."""
        return self.column_label(self.chart.first) if self.chart else ""

    @property
    def last_label(self) -> str:
        """The words under the last column of the chart."""
        return self.column_label(self.chart.last) if self.chart else ""

    @property
    def in_words(self) -> str:
        """The chart for those who do not see it: every figure and every gap, oldest first."""
        parts = []
        for row in reversed(self.rows):
            if row.figure is None:
                parts.append(gettext("%(period)s: no figure") % {"period": row.gap})
            else:
                parts.append(f"{row.figure.period_label}: {value_text(row.figure)}")
        return "; ".join(parts)

    @property
    def coverages(self) -> list[tuple[str, str]]:
        """(what is counted, first to last period) for each change within the series; empty when it never changes."""
        runs: list[list[Figure]] = []
        for figure in self.figures:
            if runs and runs[-1][0].coverage == figure.coverage:
                runs[-1].append(figure)
            else:
                runs.append([figure])
        if len(runs) < 2:
            return []
        return [(run[0].coverage, _from_to(run[0].period_label, run[-1].period_label)) for run in runs]

    @property
    def disputed(self) -> bool:
        """Whether two sources give different values for one period."""
        return bool(self.chart and any(mark.doubt for mark in self.chart.marks))

    @property
    def rows(self) -> list[Row]:
        """The figures newest first, with the gaps between them."""
        newest_first = sorted(self.figures, key=lambda figure: (figure.start, -figure.order), reverse=True)
        if self.chart is None:
            return [Row(figure) for figure in newest_first]
        gaps = {gap.last: gap for gap in self.chart.gaps}
        ordered: list[tuple[int, Row]] = [
            (gap.last, Row(None, _from_to(self.column_label(gap.first), self.column_label(gap.last))))
            for gap in gaps.values()
        ]
        for figure in newest_first:
            column = periods.position(figure.start, self.key.frequency)
            ordered.append((column, Row(figure)))
        return [row for _column, row in sorted(ordered, key=lambda pair: pair[0], reverse=True)]


@dataclass(slots=True)
class _Axis:
    """What charts beside each other share."""

    high: float
    low: float
    first: int
    last: int
    series: list[Series] = field(default_factory=list)


def series_of(figures: Iterable[Figure]) -> list[Series]:
    """The series of `figures` with their charts, groups of countries first, then the region. No query.

    Countries counted in the same unit over the same kind of period share their axes: the charts can be compared.
    """
    found: dict[SeriesKey, list[Figure]] = {}
    for figure in figures:
        found.setdefault(key_of(figure), []).append(figure)
    listed = [Series(key, _oldest_first(members)) for key, members in found.items()]
    listed.sort(
        key=lambda series: (*reading_order(series.key.area), _frequency_order(series.key), -len(series.figures))
    )
    drawn = {id(series): series for series in listed}
    for axis in _axes(series for series in listed if series.columns > 1):
        for series in axis.series:
            chart = draw(series.readings, first=axis.first, last=axis.last, high=axis.high, low=axis.low)
            drawn[id(series)] = replace(series, chart=chart)
    return list(drawn.values())


def spark_of(figures: Sequence[Figure], newest: Figure) -> Chart | None:
    """The small drawing of the series `newest` belongs to; None when it has no second period."""
    key = key_of(newest)
    series = Series(key, _oldest_first([figure for figure in figures if key_of(figure) == key]))
    return draw(series.readings, frame=SPARK) if series.columns > 1 else None


def newest_of(figures: Iterable[Figure]) -> Figure | None:
    """The figure whose period ends last; of several, a number before words, then the order of the facts."""
    return max(
        figures,
        key=lambda figure: (figure.end or figure.start, figure.value is not None, -figure.order),
        default=None,
    )


def key_of(figure: Figure) -> SeriesKey:
    """What `figure` must share with others to be compared with them."""
    frequency = Frequency(figure.frequency)
    return SeriesKey(figure.area, figure.area_note, frequency, _months(figure, frequency), figure.unit)


def value_text(figure: Figure) -> str:
    """The value as it is to be read: the source's words where it gave words, otherwise the number."""
    if figure.value_text or figure.value is None:
        return figure.value_text
    return number_text(figure.value)


def unit_text(figure: Figure) -> str:
    """The unit, with the word that it was rounded; nothing where the value's own words hold it (``6 %``)."""
    if figure.unit and figure.unit in figure.value_text:
        return ""
    if not figure.rounded:
        return figure.unit
    return gettext("%(unit)s, rounded") % {"unit": figure.unit}


def _months(figure: Figure, frequency: Frequency) -> Months | None:
    start, end = figure.start, figure.end
    if frequency != Frequency.SPAN or start is None or end is None or start.year != end.year:
        return None
    return Months((start.month, start.day), (end.month, end.day))


def _frequency_order(key: SeriesKey) -> int:
    return list(Frequency).index(key.frequency)


def _oldest_first(figures: Iterable[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda figure: (figure.start, figure.end or figure.start, figure.order))


def _axes(charted: Iterable[Series]) -> list[_Axis]:
    """The series that share an axis, together; each group of countries has one of its own."""
    axes: dict[tuple[object, ...], _Axis] = {}
    for series in charted:
        key = series.key
        shared = (key.frequency, key.months, key.unit, "" if is_country(key.area) else (key.area, key.area_note))
        columns = [reading.position for reading in series.readings]
        values = [reading.value for reading in series.readings]
        axis = axes.setdefault(shared, _Axis(max(values), min(values), min(columns), max(columns)))
        axis.high, axis.low = max(axis.high, *values), min(axis.low, *values)
        axis.first, axis.last = min(axis.first, *columns), max(axis.last, *columns)
        axis.series.append(series)
    return list(axes.values())


def _from_to(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"


def _month_day(month_day: tuple[int, int], *, opening: bool) -> str:
    """`January` for a whole month's edge, `17 December` for a day within one."""
    month, day = month_day
    date = dt.date(2023, month, day)
    whole = day == 1 if opening else (date + dt.timedelta(days=1)).day == 1
    return str(format_date(date, "F" if whole else "j F"))
