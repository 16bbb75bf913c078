import pytest
from django.http import QueryDict

from events import lists, route
from portal.core.audience import ANONYMOUS
from tests.factories import events as make
from tests.factories.commits import index_what_waits

pytestmark = pytest.mark.django_db


def rows() -> list:
    index_what_waits()
    return lists.board(ANONYMOUS, lists.BoardFilters(), QueryDict()).items


def legs(line: route.Line) -> list[str]:
    return [cell.leg + (">" if cell.onward else "") for cell in line.cells]


def test_the_map_draws_issued_carried_closed_late_and_travelling_on() -> None:
    series = make.SeriesFactory()
    one = make.meeting("ohrid", series=series, start=make.days(-90))
    two = make.meeting("sarajevo", series=series, start=make.days(-60))
    three = make.meeting("budva", series=series, start=make.days(-30))
    late = make.recommendation(one, code="A", due=make.days(-1))
    make.follow_up(late, two)
    make.follow_up(late, three)
    closed = make.recommendation(one, code="B", status="done")
    make.follow_up(closed, two, status="done")
    make.recommendation(two, code="C")
    make.recommendation(two, code="D", status="dropped", reason="Overtaken.")
    make.recommendation(three, code="E")
    drawn = route.carry_map(rows())
    assert drawn is not None
    assert [station.label for station in drawn.stations] == ["Ohrid", "Sarajevo", "Budva", "Next"]
    assert {line.code: legs(line) for line in drawn.rows} == {
        "A": ["start", "through", "through>", "late"],
        "B": ["start", "end", "", ""],
        "C": ["", "start>", "pass>", "onward"],
        "D": ["", "start", "end", ""],
        "E": ["", "", "start>", "onward"],
    }


def test_the_coming_meeting_is_the_last_station() -> None:
    series = make.SeriesFactory()
    row = make.recommendation(make.meeting("sarajevo", series=series, start=make.days(-60)))
    make.follow_up(row, make.meeting("vienna", series=series, start=make.days(30)))
    drawn = route.carry_map(rows())
    assert drawn is not None
    assert [station.label for station in drawn.stations] == ["Sarajevo", "Vienna"]
    assert legs(drawn.rows[0]) == ["start>", "onward"]


def test_there_is_no_map_without_a_series() -> None:
    make.recommendation(make.meeting())
    assert route.carry_map(rows()) is None


def test_the_map_shows_the_last_meetings_and_what_still_passes_them() -> None:
    series = make.SeriesFactory()
    pages = [make.meeting(f"m{n}", series=series, start=make.days(-100 + 10 * n)) for n in range(7)]
    old_open = make.recommendation(pages[0], code="OPEN")
    make.follow_up(old_open, pages[5])
    old_done = make.recommendation(pages[0], code="DONE", status="done")
    make.follow_up(old_done, pages[2], status="done")
    for page in pages[2:]:
        make.recommendation(page, code=page.slug)
    drawn = route.carry_map(rows())
    assert drawn is not None
    assert [line.code for line in drawn.rows] == ["OPEN", "m2", "m3", "m4", "m5", "m6"]
    assert legs(drawn.rows[0])[:5] == ["pass", "pass", "pass", "through>", "pass>"]


def test_a_life_ends_where_it_was_closed() -> None:
    row = make.recommendation(make.meeting(start=make.days(-60)), status="dropped", reason="Overtaken by a treaty.")
    make.follow_up(row, make.meeting("budva", start=make.days(-30)), status="in_progress", note="Half way.")
    (found,) = rows()
    stops = route.life(found)
    assert [(stop.name, stop.state) for stop in stops] == [("Sarajevo", ""), ("Budva", ""), ("Dropped", "dropped")]
    assert stops[1].what == "Half way."
    assert stops[2].what == "Overtaken by a treaty."


def test_a_life_closed_at_a_meeting_ends_there() -> None:
    row = make.recommendation(make.meeting(start=make.days(-60)), status="done")
    make.follow_up(row, make.meeting("budva", start=make.days(-30)), status="done")
    (found,) = rows()
    assert [(stop.name, stop.state) for stop in route.life(found)] == [("Sarajevo", ""), ("Budva", "end")]
    assert route.shown(found).states == ["past", "past", "end"]


def test_an_overdue_life_shows_the_missed_day_and_the_way_on() -> None:
    make.recommendation(make.meeting(), due=make.days(-1))
    (found,) = rows()
    assert [stop.state for stop in route.life(found)] == ["", "missed", "next"]
    assert route.shown(found).states == ["past", "late"]


def test_the_route_to_come_is_planned() -> None:
    stops = route.so_far([make.meeting()], make.meeting("vienna", start=make.days(10)))
    assert [(stop.name, stop.state, stop.leg) for stop in stops] == [
        ("Sarajevo", "here", "planned"),
        ("Vienna", "next", ""),
    ]
