import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import MeetingPage, Recommendation
from network.members.enums import Role
from portal.core.audience import MEMBERS, PUBLIC
from tests.factories import events as make
from tests.factories.members import person
from tests.factories.vocabulary import TermFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]

#: Stated in docs/meetings.md.
MOST_QUERIES = 12


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_a_meeting_shows_what_the_sources_say_and_what_they_do_not(client: Client) -> None:
    make.meeting(
        organisations=[
            ("organiser", "Agency A", make.agency()),
            ("participant", "Visiting Experts", None),
            ("supporter", "A Friendly Fund", None),
        ],
        conclusions=["figures to be shared"],
        topics=["current data"],
        announced=["a second meeting"],
        gaps=["venue not named"],
        sources=["https://example.org/en/news/the-agencies-met-in-sarajevo/12", "not an address", "http://[brackets"],
        recommended=["Share figures."],
        terms=[TermFactory(kind="theme", label="Data exchange")],
        countries=["XK"],
    )
    page = text(client, "/en/meetings/sarajevo/")
    for words in (
        "Figures to be shared",
        "Current data",
        "A second meeting",
        "Venue not named",
        "The agencies met in sarajevo",
        "Share figures.",
        "Visiting Experts",
        "A Friendly Fund",
        "Data exchange",
        "Kosovo*",
        "not in the sources",
        "Public",
    ):
        assert words in page
    assert 'href="/en/organisations/agency-a/"' in page
    assert "not an address</a>" not in page
    assert "http://[brackets" in page
    assert "http://[brackets</a>" not in page


def test_a_draft_may_leave_open_how_exact_its_dates_are() -> None:
    draft = MeetingPage(start=dt.date(2025, 1, 28), date_precision="", city="Sarajevo")
    assert (draft.when, draft.heading) == ("", "Sarajevo")


def test_before_the_first_day_there_is_none() -> None:
    typed = MeetingPage(start=dt.date.min, date_precision="before")
    assert typed.day_in_order() == dt.date.min


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"date_precision": "before", "start": "2025-01-28", "city": ""}, "before 28 January 2025"),
        ({"date_precision": "reported", "start": "2022-03-08"}, "reported on 8 March 2022"),
        ({"date_precision": "month", "start": "2021-10-01"}, "October 2021"),
        ({"start": None, "end": "2022-02-22", "date_note": "two days"}, "ended on 22 February 2022"),
        ({"date_precision": "unknown", "start": None}, "not known"),
        ({"date_precision": "unknown", "start": None, "date_note": "in spring"}, "in spring"),
        ({"start": "2025-01-28", "end": "2025-01-30"}, "28\u2060–\u206030 January 2025"),
    ],
)
def test_a_date_is_no_more_exact_than_its_source(client: Client, fields: dict[str, Any], words: str) -> None:
    make.meeting("meeting", **fields)
    assert words in text(client, "/en/meetings/meeting/")


def test_a_meeting_without_place_is_headed_by_its_title(client: Client) -> None:
    make.meeting("final", title="Final conference", city="", country="")
    assert "<h1>Final conference</h1>" in text(client, "/en/meetings/final/")


def test_the_interface_speaks_german_around_english_content(client: Client) -> None:
    make.meeting(start="2025-01-28", conclusions=["figures to be shared"])
    page = text(client, "/de/meetings/sarajevo/")
    assert "28. Januar 2025" in page
    assert '<div class="prose" lang="en">' in page


def test_a_hidden_meeting_is_not_there_and_its_neighbours_do_not_name_it(client: Client) -> None:
    first = make.meeting("ohrid", start=make.days(-60))
    hidden = make.meeting("secretville", start=make.days(-40), audiences=(MEMBERS,), previous_meeting=first)
    make.meeting("budva", start=make.days(-20), previous_meeting=hidden)
    row = make.recommendation(first)
    make.follow_up(row, hidden, note="Told in confidence.")
    secret = make.recommendation(hidden, text="Keep it quiet.")
    assert client.get("/en/meetings/secretville/").status_code == 404
    assert client.get(f"/en/recommendations/{secret.pk}/").status_code == 404
    for path in (
        "/en/",
        "/en/meetings/",
        "/en/meetings/ohrid/",
        "/en/meetings/budva/",
        "/en/recommendations/",
        f"/en/recommendations/{row.pk}/",
    ):
        page = text(client, path)
        for words in ("Secretville", "secretville", "Told in confidence", "Keep it quiet"):
            assert words not in page, path
    client.force_login(make.member())
    assert "Secretville" in text(client, "/en/meetings/ohrid/")
    assert "Keep it quiet." in text(client, "/en/recommendations/")


def test_the_list_is_narrowed_by_series_country_and_year(client: Client) -> None:
    series = make.SeriesFactory(slug="jcp")
    make.meeting("vienna", title="Return conference", series=series, country="AT", start="2022-02-21", countries=["XK"])
    make.meeting("budva", title="Technical meeting", country="ME", start="2025-05-12")
    for query in ("series=jcp", "country=AT", "country=XK", "year=2022", "series=jcp&country=AT&year=2022"):
        page = text(client, f"/en/meetings/?{query}")
        assert "Return conference" in page, query
        assert "Technical meeting" not in page, query
    nothing = text(client, "/en/meetings/?series=jcp&year=2025")
    assert "No meeting matches all of these filters together." in nothing


@pytest.mark.parametrize(
    "query",
    ["series=nope", "country=ZZ", "year=abc", "year=99999999999", "page=77", "page=x", "series=%00", "page=-1"],
)
def test_a_filter_that_means_nothing_gets_a_hint_and_the_whole_list(client: Client, query: str) -> None:
    make.meeting()
    page = text(client, f"/en/meetings/?{query}")
    assert "alert--doubt" in page
    assert "Meeting sarajevo" in page


@pytest.mark.parametrize("query", ["status=nope", "owner=x", "series=x", "theme=x", "page=9", "status=%F0%9F%98%80"])
def test_a_board_filter_that_means_nothing_gets_a_hint_and_the_whole_board(client: Client, query: str) -> None:
    make.recommendation()
    page = text(client, f"/en/recommendations/?{query}")
    assert "alert--doubt" in page
    assert "Do thing 1." in page


@pytest.mark.parametrize("path", ["/en/recommendations/0/", f"/en/recommendations/{10**30}/", "/en/meetings/nowhere/"])
def test_what_is_not_there_is_a_helpful_404(client: Client, path: str) -> None:
    make.meeting()
    page = text(client, path, 404)
    assert "The board lists them all" in page or 'role="search"' in page


def test_addresses_below_a_meeting_are_404(client: Client) -> None:
    make.meeting()
    assert client.get("/en/meetings/sarajevo/minutes/").status_code == 404


def test_the_board_says_what_is_an_example_and_what_no_source_tells(client: Client) -> None:
    make.recommendation(is_example=True, due=make.days(-1), owner=make.agency())
    page = text(client, "/en/recommendations/")
    assert 'class="example"' in page
    assert "One is overdue" in page
    row = make.recommendation(make.meeting("budva"))
    assert "not set yet" in text(client, "/en/recommendations/")
    Recommendation.objects.filter(pk=row.pk).update(source_note="figures to be shared")
    assert "not in the sources" in text(client, "/en/recommendations/")


def test_empty_lists_say_why(client: Client) -> None:
    make.index_page()
    assert "None has been published yet." in text(client, "/en/meetings/")
    assert "They appear when the project staff publish" in text(client, "/en/recommendations/")


def test_what_a_meeting_inherited_stands_on_its_page(client: Client) -> None:
    row = make.recommendation(make.meeting(start=make.days(-60)), text="Share figures.")
    make.follow_up(row, make.meeting("budva", start=make.days(-30)), status="in_progress", note="Half way.")
    page = text(client, "/en/meetings/budva/")
    assert "Taken up from earlier meetings" in page
    assert "Share figures." in page
    assert "Half way." in page


def progress(row: Recommendation, **fields: Any) -> dict[str, Any]:
    return {"status": "in_progress", "follow_up": "", "note": "", "evidence": "", "reason": "", "version": 1, **fields}


def test_only_staff_and_the_owners_focal_point_get_the_form(client: Client) -> None:
    row = make.recommendation(owner=make.agency("owner"))
    path = row.get_absolute_url()
    people = {
        make.staff(): True,
        make.member("focal@example.org", of=make.agency("owner"), focal_point=True): True,
        make.member("member@example.org", of=make.agency("owner")): False,
        make.member("other@example.org", of=make.agency("other"), focal_point=True): False,
    }
    assert 'name="status"' not in text(client, path)
    assert client.post(path, progress(row)).headers["Location"].startswith("/en/accounts/login/")
    for user, allowed in people.items():
        client.force_login(user)
        assert ('name="status"' in text(client, path)) is allowed
        assert client.post(path, progress(row)).status_code == (302 if allowed else 403)
        Recommendation.objects.filter(pk=row.pk).update(version=1)


def test_progress_is_recorded_at_the_meeting_that_took_it_up(client: Client) -> None:
    row = make.recommendation(make.meeting(start=make.days(-60)))
    item = make.follow_up(row, make.meeting("budva", start=make.days(-30)))
    client.force_login(make.staff())
    answer = client.post(
        row.get_absolute_url(),
        progress(row, status="done", follow_up=item.pk, note="All report.", evidence="Six tables."),
        follow=True,
    )
    page = answer.content.decode()
    assert "Recorded." in page
    assert "Six tables." in page
    item.refresh_from_db()
    assert (item.status, item.note) == ("done", "All report.")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"status": "dropped"}, "Say why it is dropped."),
        ({"status": "nope"}, "nope"),
        ({"follow_up": "999"}, "999"),
        ({"version": "x"}, "whole number"),
        ({"evidence": "e" * 2001}, "2000"),
    ],
)
def test_an_error_names_the_problem_and_keeps_what_was_typed(
    client: Client, fields: dict[str, Any], error: str
) -> None:
    row = make.recommendation()
    client.force_login(make.staff())
    page = client.post(row.get_absolute_url(), progress(row, note="Typed with care.", **fields)).content.decode()
    assert error in page
    assert "Typed with care." in page
    row.refresh_from_db()
    assert row.version == 1


def test_a_conflict_shows_both_texts_and_sending_again_replaces_knowingly(client: Client) -> None:
    row = make.recommendation()
    client.force_login(make.staff())
    first = client.post(row.get_absolute_url(), progress(row, evidence="Their table."))
    assert first.status_code == 302
    stale = client.post(row.get_absolute_url(), progress(row, status="done", evidence="My table."))
    page = stale.content.decode()
    assert stale.status_code == 409
    assert "Their table." in page
    assert "My table." in page
    assert "Staff Person" in page
    assert 'name="version" value="2"' in page
    row.refresh_from_db()
    assert row.evidence == "Their table."
    client.post(row.get_absolute_url(), progress(row, status="done", evidence="Both tables.", version=2))
    row.refresh_from_db()
    assert (row.status, row.evidence) == ("done", "Both tables.")


def fill(number: int) -> None:
    """`number` more meetings with a recommendation each, all linked, carried and filed."""
    series, owner = make.SeriesFactory(), make.agency()
    theme = TermFactory(kind="theme")
    previous = None
    rows: list[Recommendation] = []
    for place in range(number):
        page = make.standing_meeting(
            f"place-{series.pk}-{place}",
            series=series,
            start=make.days(-400 + place),
            previous_meeting=previous,
            organisations=[("participant", "Agency A", owner), ("organiser", "Agency A", owner)],
            terms=[theme],
        )
        for row in rows[-3:]:
            make.follow_up(row, page)
        rows.append(make.recommendation(page, owner=owner, due=make.days(place - 5)))
        previous = page


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/en/meetings/", "/en/meetings/middle/", "/en/recommendations/"])
def test_queries_do_not_grow_with_the_rows(client: Client, path: str) -> None:
    fill(4)
    middle = make.meeting("middle", start=make.days(-100), recommended=["One.", "Two."], audiences=(PUBLIC,))
    middle.previous_meeting_id = middle.pk - 1
    middle.save_revision().publish()
    few = queries(client, path)
    fill(46)
    for row in Recommendation.objects.exclude(meeting=middle)[:40]:
        make.follow_up(row, middle)
    assert queries(client, path) == few
    assert few <= MOST_QUERIES


@pytest.mark.parametrize(
    ("path", "few"), [("/en/meetings/", 2), ("/en/meetings/sarajevo/", 2), ("/en/recommendations/", 0)]
)
def test_what_was_asked_for_before_costs_the_page_itself_and_its_audience(client: Client, path: str, few: int) -> None:
    make.recommendation(make.meeting())
    connection.run_on_commit.clear()  # as after the commit
    assert queries(client, path) == few


@pytest.mark.parametrize(
    ("fields", "heading"),
    [
        ({"start": "2021-10-01", "date_precision": "month"}, "Ohrid, October 2021"),
        ({"start": "2021-10-01"}, "Ohrid, 1 October 2021"),
        ({"start": "2021-10-01", "date_precision": "before"}, "Ohrid, before 1 October 2021"),
        ({"start": "2021-10-01", "date_precision": "reported"}, "Ohrid, reported on 1 October 2021"),
        ({"start": None, "end": "2021-10-01"}, "Ohrid, ended on 1 October 2021"),
        ({"start": "2021-10-01", "date_precision": "unknown"}, "Ohrid"),
    ],
)
def test_a_meeting_is_called_by_place_and_date_as_exact_as_they_are_known(fields: dict[str, Any], heading: str) -> None:
    assert make.meeting("ohrid", **fields).heading == heading


@pytest.mark.cms_indexes
def test_staff_find_a_meeting_in_the_cms_by_its_place_and_the_newest_first(client: Client) -> None:
    make.meeting("ohrid", title="A conference", start=make.days(-30))
    make.meeting("budva", title="A training", start=make.days(-3))
    client.force_login(person(Role.STAFF))
    listed = text(client, "/cms/meeting_list/")
    assert listed.index("A training") < listed.index("A conference")
    found = text(client, "/cms/meeting_list/?q=Ohrid")
    assert "A conference" in found
    assert "A training" not in found
