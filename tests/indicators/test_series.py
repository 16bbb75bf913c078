from decimal import Decimal

import pytest

from library.indicators.models import Figure, Indicator
from library.indicators.series import newest_of, series_of, spark_of, unit_text, value_text


def figure(period: str, value: float | None = 1, **fields: object) -> Figure:
    given = {"area": "RS", "unit": "persons", "source": "https://example.org/", **fields}
    made = Figure(indicator=Indicator(), period=period, value=None if value is None else Decimal(str(value)), **given)
    made.clean()
    return made


def test_figures_of_one_area_kind_of_period_and_unit_are_one_series() -> None:
    found = series_of(
        [
            figure("2023", 5),
            figure("2024", 6),
            figure("2024-Q1", 2),
            figure("2024", 7, area="AL"),
            figure("2024", 8, unit="requests"),
            figure("2024", 9, area_note="citizens abroad"),
        ]
    )
    assert [(one.title, one.frequency_label, one.key.unit, len(one.figures)) for one in found] == [
        ("Albania", "Years", "persons", 1),
        ("Serbia", "Years", "persons", 2),
        ("Serbia", "Years", "requests", 1),
        ("Serbia", "Years", "persons", 1),
        ("Serbia", "Quarters", "persons", 1),
    ]


def test_only_series_of_two_periods_or_more_are_drawn() -> None:
    drawn = {
        len(one.figures): one.chart is not None
        for one in series_of([figure("2023"), figure("2024"), figure("2024", area="AL")])
    }
    assert drawn == {2: True, 1: False}


def test_the_same_months_of_each_year_are_compared_and_other_spans_are_not() -> None:
    found = series_of(
        [figure("2020-01/2020-06", 20), figure("2021-01/2021-06", 13), figure("2018/2021-05"), figure("1999/2008")]
    )
    drawn = [one for one in found if one.chart]
    assert [one.frequency_label for one in drawn] == ["January to June of each year"]
    assert (drawn[0].first_label, drawn[0].last_label) == ("2020", "2021")
    assert [len(one.figures) for one in found if not one.chart] == [2]


def test_a_day_within_a_month_is_named_in_the_kind_of_period() -> None:
    found = series_of([figure("2022-01-01/2022-12-17"), figure("2023-01-01/2023-12-17")])
    assert found[0].frequency_label == "January to 17 December of each year"


def test_single_days_are_shown_and_not_drawn() -> None:
    found = series_of([figure("2023-01-30", 3059), figure("2024-01-24", 1412)])
    assert [(one.chart, len(one.figures)) for one in found] == [(None, 2)]


def test_rows_are_newest_first_with_a_line_for_every_run_of_gaps() -> None:
    rows = series_of([figure("2024", 4), figure("2018", 1), figure("2019", 2)])[0].rows
    assert [row.figure.period if row.figure else row.gap for row in rows] == ["2024", "2020 – 2023", "2019", "2018"]


def test_the_drawing_says_every_figure_and_gap_in_words() -> None:
    words = series_of([figure("2023-Q4", 28900), figure("2024-Q2", 27740)])[0].in_words
    assert words == "2023 Q4: 28,900; 2024 Q1: no figure; 2024 Q2: 27,740"


def test_countries_share_their_axes_and_groups_of_countries_do_not() -> None:
    found = series_of(
        [
            figure("2020", 142300, area="EU"),
            figure("2021", 70200, area="EU"),
            figure("2020", 9800, area="AL"),
            figure("2024", 8202, area="AL"),
            figure("2020", 1445, area="MK"),
            figure("2021", 940, area="MK"),
        ]
    )
    europe, albania, macedonia = [one.chart for one in found]
    assert europe is not None
    assert albania is not None
    assert macedonia is not None
    assert macedonia.ticks == albania.ticks != europe.ticks
    assert (macedonia.first, macedonia.last) == (2020, 2024)


def test_a_change_of_what_is_counted_breaks_the_line_and_is_named() -> None:
    one = series_of([figure("2018", 1, coverage="EU-28"), figure("2019", 2), figure("2020", 3)])[0]
    assert one.chart is not None
    assert [len(line.points) for line in one.chart.lines] == [2]
    assert one.coverages == [("EU-28", "2018"), ("", "2019 – 2020")]
    assert series_of([figure("2019"), figure("2020")])[0].coverages == []


def test_sources_that_disagree_are_marked() -> None:
    assert series_of([figure("2022", 1), figure("2023", 8135), figure("2023", 7870)])[0].disputed
    assert not series_of([figure("2022", 1), figure("2023", 8135)])[0].disputed


def test_words_stand_in_the_table_and_not_in_the_chart() -> None:
    one = series_of([figure("2022", 1), figure("2023", 2), figure("2024", None, value_text="about half")])[0]
    assert one.chart is not None
    assert [mark.position for mark in one.chart.marks] == [2022, 2023]
    assert [value_text(row.figure) for row in one.rows if row.figure] == ["about half", "2", "1"]


def test_a_series_without_any_number_is_not_drawn() -> None:
    one = series_of([figure("2023", None, value_text="few"), figure("2024", None, value_text="many")])[0]
    assert one.chart is None
    assert (one.first_label, one.last_label, one.sign) == ("", "", "")


def test_a_share_keeps_its_words_and_its_sign_stands_once() -> None:
    share = figure("2024-Q1", 6, value_text="6 %", unit="%")
    assert (value_text(share), unit_text(share)) == ("6 %", "")
    assert series_of([share])[0].sign == "\N{NO-BREAK SPACE}%"


def test_a_rounded_unit_says_so() -> None:
    assert unit_text(figure("2024", rounded=True)) == "persons, rounded"
    assert unit_text(figure("2024")) == "persons"


def test_the_newest_figure_is_the_one_whose_period_ends_last() -> None:
    old, half, newest = figure("2023"), figure("2024-01/2024-06"), figure("2024")
    assert newest_of([newest, old, half]) is newest
    assert newest_of([]) is None


def test_of_figures_that_end_together_a_number_comes_before_words() -> None:
    number, words = figure("2024", 5), figure("2024", None, value_text="some", order=0)
    assert newest_of([words, number]) is number


def test_the_small_drawing_shows_the_series_of_the_newest_figure() -> None:
    figures = [figure("2023", 5), figure("2025", 6), figure("2020", 1, area="AL")]
    spark = spark_of(figures, figures[1])
    assert spark is not None
    assert [mark.position for mark in spark.marks] == [2023, 2025]
    assert len(spark.gaps) == 1
    assert spark_of(figures, figures[2]) is None


@pytest.mark.parametrize("period", ["2023 to early June", "2016/start of the Norwegian project"])
def test_a_period_in_words_keeps_its_figure_out_of_the_chart(period: str) -> None:
    import datetime as dt

    one = series_of([figure(period, start=dt.date(2023, 1, 1)), figure("2022"), figure("2023")])
    assert [(entry.chart is not None, len(entry.figures)) for entry in one] == [(True, 2), (False, 1)]
