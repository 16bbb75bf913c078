"""The board and the list of meetings follow what changes, and stand without the engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from events import lists, services
from events.lists import BoardFilters
from events.models import MeetingPage, Recommendation
from network.members.enums import Role
from portal.core.audience import ANONYMOUS, MEMBERS
from portal.core.models import Audience
from search import search
from search.query import SearchRequest
from tests.factories import events as make
from tests.factories.commits import as_after_the_commit, index_what_waits
from tests.factories.members import person
from tests.factories.search import SILENT
from tests.factories.vocabulary import TermFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]


def on_board(query: str = "", **filters: str) -> list[Recommendation]:
    index_what_waits()
    return lists.board(ANONYMOUS, BoardFilters(**filters), QueryDict(query)).items


def test_a_page_of_the_board_may_end_what_is_overdue_and_begin_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    page = make.meeting()
    late = [make.recommendation(page, due=make.days(-9 + number)) for number in range(3)]
    others = [make.recommendation(page, due=make.days(1 + number)) for number in range(2)]
    monkeypatch.setattr(lists, "BOARD", replace(lists.BOARD, per_page=2))
    assert on_board() == late[:2]
    assert on_board("page=2") == [late[2], others[0]]
    assert on_board("page=3") == on_board("page=9") == [others[1]]


def test_what_becomes_of_a_recommendation_reaches_the_board() -> None:
    row = make.recommendation(make.meeting(), text="Share figures.")
    assert on_board(status="open") == [row]
    services.report_progress(recommendation=row, version=1, status="done", evidence="Tables.", by=make.staff())
    assert (on_board(status="open"), on_board(status="done")) == ([], [row])


def test_a_recommendation_is_overdue_from_the_day_after_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    day = make.days(5)
    row = make.recommendation(make.meeting(), due=day)
    closed = make.recommendation(make.meeting("budva"), due=day, status="done")
    assert on_board(status="open") == [row]
    for later in (day, day + dt.timedelta(days=1)):
        monkeypatch.setattr(timezone, "localdate", lambda later=later: later)
        assert bool(on_board(status=lists.OVERDUE)) is (later > day)
    assert on_board() == [row, closed]
    assert lists.tally(ANONYMOUS) == {"overdue": 1, "in_progress": 0, "open": 0, "done": 1, "dropped": 0}


@pytest.mark.parametrize("change", ["audience", "series", "theme", "unpublished"])
def test_a_change_of_the_meeting_moves_what_it_recommends(change: str) -> None:
    page = make.meeting()
    row = make.recommendation(page)
    assert on_board() == [row]
    page = MeetingPage.objects.get(pk=page.pk)
    if change == "audience":
        page.audiences.set(Audience.objects.filter(pk=MEMBERS))
    elif change == "series":
        page.series = make.SeriesFactory(slug="jcp")
    elif change == "theme":
        page.terms.add(TermFactory(theme=True, slug="data"))
    if change == "unpublished":
        page.unpublish()
    else:
        page.save_revision().publish()
    expected = {"audience": [], "unpublished": [], "series": [row], "theme": [row]}[change]
    assert on_board() == expected
    assert on_board(series="jcp") == (expected if change == "series" else [])
    assert on_board(theme="data") == (expected if change == "theme" else [])


def test_a_recommendation_is_found_by_its_words_by_those_its_meeting_is_for() -> None:
    make.recommendation(make.meeting(), text="Publish quarterly tables.", code="SA25-1")
    make.recommendation(make.meeting("hidden", audiences=(MEMBERS,)), text="Keep quarterly notes.", code="HI25-1")
    index_what_waits()

    def found(*audiences: str) -> list[str]:
        request = SearchRequest(text="quarterly", audiences=frozenset(audiences), filters={"type": ("recommendation",)})
        return sorted(hit.slug for hit in search(request).hits)

    assert found("public") == ["SA25-1"]
    assert found("public", MEMBERS) == ["HI25-1", "SA25-1"]


class TestWithoutTheEngine:
    @pytest.fixture(autouse=True)
    def _away(self, settings: Any) -> None:
        series, owner = make.SeriesFactory(), make.agency()
        for number in range(3):
            page = make.meeting(f"place-{number}", series=series, start=make.days(-30 + number))
            make.recommendation(page, text=f"Do {number}.", owner=owner, due=make.days(-1))
        make.recommendation(make.meeting("hidden", audiences=(MEMBERS,)), text="Keep it quiet.")
        as_after_the_commit()
        settings.SEARCH = SILENT

    @pytest.mark.parametrize("path", ["/en/recommendations/?status=overdue", "/en/meetings/?year=1999"])
    def test_a_list_shows_the_newest_with_a_word(self, client: Client, path: str) -> None:
        page = client.get(path).content.decode()
        assert "Filters and sorting are unavailable at the moment" in page
        assert "<select" not in page.partition('id="main"')[2]
        words = ("Do 0.", "Do 2.") if "recommendations" in path else ("Meeting place-0", "Meeting place-2")
        assert all(word in page for word in words)
        assert "Keep it quiet" not in page

    def test_the_home_page_stands_without_its_counts(self, client: Client) -> None:
        page = client.get("/en/").content.decode()
        assert "The route so far" in page
        assert "What was agreed" not in page

    def test_an_agency_shows_what_it_is_to_do(self, client: Client) -> None:
        client.force_login(person(Role.MEMBER))
        page = client.get("/en/organisations/agency-a/").content.decode()
        assert "Do 2." in page
        assert "All on the board" in page


def test_an_agency_shows_the_first_of_much_and_where_the_rest_is(client: Client) -> None:
    owner, page = make.agency(), make.meeting()
    for _number in range(lists.IN_PANEL + 1):
        make.recommendation(page, owner=owner)
    shown = client.get("/en/organisations/agency-a/").content.decode()
    assert f"Do thing {lists.IN_PANEL}." in shown
    assert f"Do thing {lists.IN_PANEL + 1}." not in shown
    assert 'href="/en/recommendations/?owner=agency-a"' in shown
