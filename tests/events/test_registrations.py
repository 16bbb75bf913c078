from typing import Any

import pytest
from django.test import Client

from events import lists
from events.documents import meeting_document
from events.models import MeetingPage
from portal.core.audience import MEMBERS
from search import search
from search.indexing import drain
from search.query import SearchRequest
from search.registry import facets
from tests.factories import events as make
from tests.factories.vocabulary import TermFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]


def found(text: str, *audiences: str, of_type: str = "meeting") -> list[str]:
    drain()
    request = SearchRequest(
        text=text, audiences=frozenset(audiences or ("public",)), filters={"type": (of_type,)} if of_type else {}
    )
    return [hit.slug for hit in search(request).hits]


def test_home_shows_the_route_and_what_was_agreed(client: Client) -> None:
    make.recommendation(make.meeting("budva"), due=make.days(-1))
    page = client.get("/en/").content.decode()
    assert "The route so far" in page
    assert "Budva" in page
    assert "Next meeting" in page
    assert "What was agreed" in page
    assert 'href="/en/recommendations/?status=overdue"' in page


def test_home_is_silent_without_meetings(client: Client) -> None:
    make.index_page()
    page = client.get("/en/").content.decode()
    assert "The route so far" not in page
    assert "What was agreed" not in page


def test_a_term_and_an_agency_list_their_meetings_and_an_agency_its_recommendations(client: Client) -> None:
    owner, term = make.agency(), TermFactory(kind="theme", slug="data")
    named = [("organiser", "Agency A", owner), ("participant", "Agency A, a department", owner)]
    page = make.meeting(organisations=named, terms=[term])
    make.recommendation(page, owner=owner, text="Share figures.")
    at_term = client.get("/en/terms/theme/data/").content.decode()
    at_agency = client.get("/en/organisations/agency-a/").content.decode()
    assert "Meeting sarajevo" in at_term
    assert at_agency.count("Meeting sarajevo") == 1
    assert "Share figures." in at_agency


def test_a_hidden_meeting_is_on_no_term_and_no_agency(client: Client) -> None:
    owner, term = make.agency(), TermFactory(kind="theme", slug="data")
    page = make.meeting(organisations=[("organiser", "A", owner)], terms=[term], audiences=(MEMBERS,))
    make.recommendation(page, owner=owner)
    for path in ("/en/terms/theme/data/", "/en/organisations/agency-a/"):
        page_text = client.get(path).content.decode()
        assert "Meeting sarajevo" not in page_text
        assert "Do thing" not in page_text


def test_a_meeting_is_found_by_its_words_and_those_of_its_recommendations() -> None:
    make.meeting(
        conclusions=["interpreters are scarce"],
        organisations=[("participant", "Lighthouse Authority", None)],
        recommended=["Publish quarterly tables."],
    )
    for words in ("sarajevo", "interpreters", "lighthouse", "quarterly"):
        assert found(words) == ["sarajevo"], words


def test_a_members_meeting_is_found_by_members_only_and_a_draft_by_nobody() -> None:
    make.meeting("hidden", title="Zirconium talks", audiences=(MEMBERS,))
    draft = make.meeting("draft", title="Zirconium draft")
    draft.unpublish()
    assert found("zirconium") == []
    assert found("zirconium", "public", MEMBERS) == ["hidden"]


def test_the_document_carries_facets_and_no_follow_up() -> None:
    series = make.SeriesFactory(slug="jcp", title="JCP conference")
    page = make.meeting(
        series=series, start="2025-01-28", countries=["ME"], terms=[TermFactory(kind="theme", slug="data")]
    )
    row = make.recommendation(make.meeting("ohrid", start="2024-06-11"))
    make.follow_up(row, page, note="Told in confidence.")
    document = meeting_document(MeetingPage.objects.get(pk=page.pk))
    assert document is not None
    assert document.facets["country"] == ("BA", "ME")
    assert document.facets["year"] == ("2025",)
    assert document.facets["series"] == ("jcp",)
    assert document.facets["theme"] == ("data",)
    assert document.path == "meetings/sarajevo/"
    assert "confidence" not in document.body


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"start": "2025-01-28"}, ("Sarajevo, 28 January 2025", "Sarajevo, January 2025")),
        ({"start": "2025-01-01", "date_precision": "year"}, ("Sarajevo, 2025",)),
        ({"city": "", "country": ""}, ()),
    ],
)
def test_a_meeting_is_found_by_what_people_call_it(fields: dict[str, Any], names: tuple[str, ...]) -> None:
    document = meeting_document(make.meeting(**fields))
    assert document is not None
    assert document.keywords == names


@pytest.mark.parametrize("name", ["Albania", "Albanija", "Албанија", "Albanien", "Shqipëria"])
def test_a_country_is_found_by_its_name_in_any_language(name: str) -> None:
    make.meeting("tirana", country="AL")
    make.meeting("sarajevo")
    assert found(name) == ["tirana"]


def test_a_meeting_whose_page_hangs_nowhere_is_not_found() -> None:
    page = make.meeting()
    page.live = False
    assert meeting_document(page) is None


def test_series_have_words_in_the_facets() -> None:
    make.SeriesFactory(slug="jcp", title="JCP conference")
    facet = facets()["series"]
    assert facet.value_label("jcp") == "JCP conference"
    assert facet.value_label("nope") == ""


def test_the_overview_knows_every_country_of_a_meeting() -> None:
    make.meeting(country="AT", countries=["BA", "XK"])
    drain()
    held = lists.MEETINGS.held(frozenset({"public"})).counts
    assert set(held["country"]) == {"AT", "BA", "XK"}
