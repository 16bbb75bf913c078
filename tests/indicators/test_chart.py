import math

import pytest

from library.indicators.chart import Frame, Reading, draw, nice_ticks


def readings(*pairs: tuple[int, float]) -> list[Reading]:
    return [Reading(position, value) for position, value in pairs]


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        (34_550, (0, 10_000, 20_000, 30_000, 40_000)),
        (158_000, (0, 40_000, 80_000, 120_000, 160_000)),
        (9_800, (0, 2_500, 5_000, 7_500, 10_000)),
        (8, (0, 2, 4, 6, 8)),
        (3, (0, 1, 2, 3)),
        (1, (0, 1)),
        (0, (0, 1)),
    ],
)
def test_ticks_are_round_and_reach_the_highest_value(high: float, expected: tuple[float, ...]) -> None:
    assert nice_ticks(0, high) == expected


def test_ticks_of_shares_may_be_fractions_and_ticks_of_counts_never() -> None:
    assert nice_ticks(0, 0.9, whole=False) == (0, 0.25, 0.5, 0.75, 1)
    assert nice_ticks(0, 0.9) == (0, 1)


def test_ticks_pass_through_zero_when_values_lie_on_both_sides() -> None:
    ticks = nice_ticks(-30, 90)
    assert 0 in ticks
    assert ticks[0] <= -30
    assert ticks[-1] >= 90


@pytest.mark.parametrize("high", [1e-6, 7.3, 99, 12_345, 9.87e11])
def test_ticks_are_few_whatever_the_size(high: float) -> None:
    ticks = nice_ticks(0, high, whole=False)
    assert 2 <= len(ticks) <= 6
    assert ticks[-1] >= high


def test_ticks_of_what_is_no_number_are_refused() -> None:
    with pytest.raises(ValueError, match="nan"):
        nice_ticks(0, math.nan)


def test_neighbours_are_joined_and_a_gap_is_shaded_and_crossed_by_no_line() -> None:
    chart = draw(readings((1, 10), (2, 20), (4, 30), (5, 40)))
    assert [len(line.points) for line in chart.lines] == [2, 2]
    assert [(gap.first, gap.last) for gap in chart.gaps] == [(3, 3)]
    left, right = chart.gaps[0].x, chart.gaps[0].x + chart.gaps[0].width
    for line in chart.lines:
        assert all(not left < x < right for x, _y in line.points)


def test_a_gap_is_never_zero() -> None:
    chart = draw(readings((1, 10), (3, 10)))
    assert len(chart.marks) == 2
    assert all(mark.y < chart.axis_y for mark in chart.marks)


def test_a_reported_zero_is_a_mark_on_the_axis_and_no_gap() -> None:
    chart = draw(readings((1, 5), (2, 0), (3, 5)))
    assert chart.gaps == ()
    assert chart.marks[1].y == chart.axis_y
    assert len(chart.lines) == 1


def test_one_reading_stands_in_the_middle_without_line_or_gap() -> None:
    chart = draw(readings((2024, 7)))
    frame = chart.frame
    assert [mark.x for mark in chart.marks] == [(frame.left + frame.right) / 2]
    assert chart.lines == ()
    assert chart.gaps == ()
    assert chart.first == chart.last == 2024


def test_columns_without_any_reading_are_one_gap_over_the_whole_plot() -> None:
    chart = draw([], first=2020, last=2024)
    assert chart.marks == ()
    assert [(gap.first, gap.last) for gap in chart.gaps] == [(2020, 2024)]
    assert chart.gaps[0].x == chart.frame.left
    assert chart.gaps[0].width == chart.frame.right - chart.frame.left
    single = draw([], first=2020, last=2020).gaps[0]
    assert (single.x, single.width) == (chart.frame.left, chart.frame.right - chart.frame.left)


def test_a_chart_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the columns"):
        draw([])


def test_columns_that_leave_a_reading_out_or_run_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="outside the columns 2021 to 2024"):
        draw(readings((2020, 1)), first=2021, last=2024)
    with pytest.raises(ValueError, match="lies before the first"):
        draw([], first=2024, last=2020)


def test_values_that_differ_for_one_period_stand_in_doubt_and_nothing_is_joined_to_them() -> None:
    chart = draw(readings((1, 10), (2, 20), (2, 25), (3, 30)))
    assert [mark.doubt for mark in chart.marks] == [False, True, True, False]
    assert chart.lines == ()
    assert chart.gaps == ()


def test_sources_that_agree_on_a_period_are_one_mark() -> None:
    chart = draw(readings((1, 10), (1, 10), (2, 20)))
    assert len(chart.marks) == 2
    assert not any(mark.doubt for mark in chart.marks)
    assert len(chart.lines) == 1


def test_what_counts_another_thing_is_not_joined() -> None:
    chart = draw(
        [
            Reading(1, 10, "all"),
            Reading(2, 20, "all"),
            Reading(3, 30, "third countries"),
            Reading(4, 40, "third countries"),
        ]
    )
    assert [len(line.points) for line in chart.lines] == [2, 2]
    assert chart.gaps == ()


def test_charts_that_share_their_axes_have_the_same_ticks_and_columns() -> None:
    small = draw(readings((2021, 940)), first=2020, last=2024, high=9_800)
    assert small.ticks == draw(readings((2020, 9_800), (2024, 1))).ticks
    assert (small.first, small.last) == (2020, 2024)
    assert [(gap.first, gap.last) for gap in small.gaps] == [(2020, 2020), (2022, 2024)]


def test_negative_values_lie_below_the_axis() -> None:
    chart = draw(readings((1, -50), (2, 100)), low=-80)
    assert chart.marks[0].y > chart.axis_y > chart.marks[1].y
    assert chart.ticks[0].value <= -80


def test_everything_stays_within_the_plot_for_a_huge_range() -> None:
    frame = Frame()
    chart = draw(readings((0, 1), (1, 9_999_999_999), (1199, 3)))
    assert all(frame.left <= mark.x <= frame.right and frame.top <= mark.y <= frame.bottom for mark in chart.marks)
    assert [(gap.first, gap.last) for gap in chart.gaps] == [(2, 1198)]
    assert chart.gaps[0].lines == ()


def test_gaps_at_the_edges_do_not_stick_out_of_the_plot() -> None:
    chart = draw(readings((2022, 5)), first=2020, last=2024)
    assert chart.gaps[0].x == chart.frame.left
    assert chart.gaps[-1].x + chart.gaps[-1].width == pytest.approx(chart.frame.right)


def test_the_newest_mark_carries_the_value_off_the_line() -> None:
    rising = draw(readings((1, 10), (2, 20))).marks[-1]
    falling = draw(readings((1, 40), (2, 20))).marks[-1]
    assert rising.last
    assert rising.label_y < rising.y
    assert falling.label_y > falling.y
    assert (rising.anchor, draw(readings((1, 1), (2, 2), (3, 3)), last=9).marks[0].anchor) == ("end", "start")


def test_a_line_is_written_as_a_path() -> None:
    assert draw(readings((1, 0), (2, 4))).lines[0].path == "M6 132L250 24"
