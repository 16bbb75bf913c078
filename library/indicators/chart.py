"""The geometry of a chart: numbers in, points, lines, gaps and ticks out. No Django, no markup, no words.

The horizontal axis is a row of columns, one a period. A column without a reading is a gap: it is shaded, no line
crosses it, and it is never zero. Neighbouring readings are joined only where they count the same thing (`kind`) and
each period has one value; where two sources disagree both stand in doubt and nothing is joined to them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure: the column it stands in (any whole number, neighbours differ by one), its value, what it counts."""

    position: int
    value: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing's size and the plot within it, in units of the drawing; y grows downwards."""

    width: float = 300
    height: float = 156
    left: float = 6
    right: float = 250
    top: float = 24
    bottom: float = 132

    @property
    def labels(self) -> float:
        """Where the numbers of the vertical axis begin: to the right of the plot."""
        return self.right + 10


@dataclass(frozen=True, slots=True)
class Mark:
    """A reading on the drawing.

    `doubt`: another source gives another value for the same period. `anchor` and `below`: where the value is written so
    that it stays within the plot and off the line.
    """

    x: float
    y: float
    position: int
    value: float
    doubt: bool = False
    last: bool = False
    anchor: str = "middle"
    below: bool = False

    @property
    def label_y(self) -> float:
        """The base line of the value's number."""
        return round(self.y + (18 if self.below else -9), 1)


@dataclass(frozen=True, slots=True)
class Line:
    """Two or more joined marks."""

    points: tuple[tuple[float, float], ...]

    @property
    def path(self) -> str:
        """The line as the `d` of an SVG path."""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of columns without a figure: the shaded stretch, a thin line in each column, first and last column."""

    x: float
    width: float
    lines: tuple[float, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on the vertical axis."""

    y: float
    value: float

    @property
    def label_y(self) -> float:
        """Where its number is written: centred on the line."""
        return round(self.y + 4, 1)


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a template needs to draw. `ends`: the first and the last column (the same one when there is one)."""

    frame: Frame
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    ticks: tuple[Tick, ...]
    axis_y: float
    first: int
    last: int

    @property
    def plot_height(self) -> float:
        """The height of the plot."""
        return self.frame.bottom - self.frame.top


def nice_ticks(low: float, high: float, *, intervals: int = 4, whole: bool = True) -> tuple[float, ...]:
    """Round values from at or below `low` to at or above `high`, zero among them when it lies between, evenly spaced.

    At most `intervals` + 1 intervals; `whole` keeps every tick a whole number. Raises ValueError for what is no number.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"ticks from {low!r} to {high!r}: expected finite numbers")
    low, high = min(low, high), max(low, high)
    if low == high:
        high = low + 1 if low >= 0 else 0.0
    size = 10.0 ** math.floor(math.log10((high - low) / intervals))
    step = next(size * nice for nice in _STEPS if size * nice * intervals >= (high - low) * (1 - 1e-9))
    if whole:
        step = max(1.0, float(math.ceil(step)))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(number * step, 10) for number in range(first, last + 1))


def draw(
    readings: Iterable[Reading],
    *,
    first: int | None = None,
    last: int | None = None,
    high: float | None = None,
    low: float | None = None,
    frame: Frame | None = None,
) -> Chart:
    """The chart of `readings`, over the columns `first` to `last` and up to `high` where charts share their axes.

    The vertical axis always holds zero. Without a reading the columns must be given, and are one gap. Raises ValueError
    when there is nothing to span, when a reading lies outside the columns, or when a value is no number.
    """
    frame = frame or Frame()
    found = sorted(readings, key=lambda reading: (reading.position, reading.value))
    begin, finish = _span(found, first, last)
    values = [reading.value for reading in found]
    ticks = nice_ticks(
        min([0.0, *values, *([low] if low is not None else [])]),
        max([0.0, *values, *([high] if high is not None else [])]),
        whole=all(value == int(value) for value in values if math.isfinite(value)),
    )
    across = _Across(frame, begin, finish)

    def y(value: float) -> float:
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return round(frame.bottom - share * (frame.bottom - frame.top), 1)

    by_column: dict[int, list[Reading]] = {}
    for reading in found:
        # Two sources that agree are one mark.
        if reading.value not in (other.value for other in by_column.get(reading.position, [])):
            by_column.setdefault(reading.position, []).append(reading)
    marks = _marks(by_column, across, y, frame)
    return Chart(
        frame=frame,
        marks=marks,
        lines=_lines(by_column, across, y),
        gaps=_gaps(set(by_column), across),
        ticks=tuple(Tick(y(value), value) for value in ticks),
        axis_y=y(0.0),
        first=begin,
        last=finish,
    )


def _span(found: Sequence[Reading], first: int | None, last: int | None) -> tuple[int, int]:
    if not found and (first is None or last is None):
        raise ValueError("a chart without readings needs the columns it spans")
    begin = found[0].position if first is None else first
    finish = found[-1].position if last is None else last
    if begin > finish:
        raise ValueError(f"columns from {begin} to {finish}: the last lies before the first")
    if found and (found[0].position < begin or found[-1].position > finish):
        raise ValueError(f"a reading lies outside the columns {begin} to {finish}")
    return begin, finish


class _Across:
    """Columns to x. One column alone stands in the middle."""

    def __init__(self, frame: Frame, first: int, last: int) -> None:
        self.frame, self.first, self.last = frame, first, last
        self.step = (frame.right - frame.left) / max(last - first, 1)

    def __call__(self, position: float) -> float:
        if self.first == self.last:
            return round((self.frame.left + self.frame.right) / 2, 1)
        return round(self.frame.left + (position - self.first) * self.step, 1)

    def edges(self, first: int, last: int) -> tuple[float, float]:
        """Where the columns `first` to `last` begin and end, kept within the plot."""
        if self.first == self.last:
            return self.frame.left, self.frame.right
        return max(self.frame.left, self(first - 0.5)), min(self.frame.right, self(last + 0.5))


def _marks(
    by_column: dict[int, list[Reading]], across: _Across, y: Callable[[float], float], frame: Frame
) -> tuple[Mark, ...]:
    newest = max(by_column, default=None)
    third = (frame.right - frame.left) / 6
    marks: list[Mark] = []
    for position, readings in sorted(by_column.items()):
        x = across(position)
        anchor = "end" if x > frame.right - third else "start" if x < frame.left + third else "middle"
        doubt = len(readings) > 1
        for reading in readings:
            last = position == newest and reading is readings[-1]
            down = y(reading.value)
            falls = bool(marks) and marks[-1].position == position - 1 and marks[-1].y < down
            below = falls and down + 20 < frame.bottom
            marks.append(Mark(x, down, position, reading.value, doubt, last, anchor, below))
    return tuple(marks)


def _lines(by_column: dict[int, list[Reading]], across: _Across, y: Callable[[float], float]) -> tuple[Line, ...]:
    lines: list[list[tuple[float, float]]] = []
    before: Reading | None = None
    for position, readings in sorted(by_column.items()):
        if len(readings) > 1:
            before = None
            continue
        reading = readings[0]
        point = (across(position), y(reading.value))
        if before is not None and before.position == position - 1 and before.kind == reading.kind:
            lines[-1].append(point)
        else:
            lines.append([point])
        before = reading
    return tuple(Line(tuple(points)) for points in lines if len(points) > 1)


#: More gap columns than this in a drawing are shaded without a line in each: the lines would run together.
MOST_GAP_LINES = 30


def _gaps(filled: set[int], across: _Across) -> tuple[Gap, ...]:
    runs: list[list[int]] = []
    for position in range(across.first, across.last + 1):
        if position in filled:
            continue
        if runs and runs[-1][1] == position - 1:
            runs[-1][1] = position
        else:
            runs.append([position, position])
    ruled = sum(last - first + 1 for first, last in runs) <= MOST_GAP_LINES
    gaps = []
    for first, last in runs:
        left, right = across.edges(first, last)
        lines = tuple(across(position) for position in range(first, last + 1)) if ruled else ()
        gaps.append(Gap(left, round(right - left, 1), lines, first, last))
    return tuple(gaps)
