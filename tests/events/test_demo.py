import pytest
from django.test import Client

from events.demo import load_meetings
from events.models import FollowUp, MeetingIndexPage, MeetingPage, MeetingSeries, Recommendation
from portal.core.demo import DemoReport
from portal.core.models import OutgoingMail
from tests.factories.pages import home_page
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


def load() -> DemoReport:
    report = DemoReport()
    load_meetings(report)
    return report


def state() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (MeetingSeries, MeetingPage, MeetingIndexPage, Recommendation, FollowUp)
    ]


def test_the_whole_real_chain_is_there_and_says_what_is_an_example(client: Client) -> None:
    home_page()
    TermFactory(kind="theme", slug="data-exchange")
    load()
    assert MeetingPage.objects.live().count() == 26
    assert MeetingSeries.objects.count() == 5
    sarajevo = MeetingPage.objects.get(slug="sarajevo-2025-01-operational")
    assert sarajevo.heading == "Sarajevo, 28–30 January 2025"
    assert sarajevo.previous_meeting.slug == "montenegro-operational-before-2025-01"
    assert sarajevo.next_meeting.slug == "ljubljana-2025-03-operational"
    assert sarajevo.organisers_inferred
    assert [row.text for row in sarajevo.recommendations.all()] == [
        "Exchange up-to-date information in time.",
        "Coordinate efforts between the countries of the route.",
        "Define a clear approach to the protection and treatment of women, children and unaccompanied minors.",
    ]
    assert sarajevo.previous_meeting.heading == "Montenegro, before 28 January 2025"
    assert list(sarajevo.terms.values_list("slug", flat=True)) == ["data-exchange"]
    for row in Recommendation.objects.select_related("owner"):
        assert row.source_note
        assert (row.owner is not None) == row.is_example == (row.due is not None)
        assert row.owner is None or row.owner.is_example, "no duty is pinned on a real agency"
    # What no source tells was not carried anywhere; what one tells is done.
    carried = FollowUp.objects.exclude(recommendation__is_example=True)
    assert {row.status for row in carried} == {"done"}
    assert not OutgoingMail.objects.exists()
    assert client.get("/en/meetings/").status_code == 200
    assert client.get("/sr/recommendations/").status_code == 200
    for page in MeetingPage.objects.all():
        assert client.get(f"/mk/meetings/{page.slug}/").status_code == 200


def test_loading_again_changes_nothing_and_brings_back_only_what_is_missing() -> None:
    home_page()
    load()
    before = state()
    assert load().made == {}
    assert state() == before
    page = MeetingPage.objects.get(slug="sarajevo-2025-01-operational")
    page.title = "Changed by a person"
    page.save_revision().publish()
    MeetingSeries.objects.filter(slug="rgrs").update(title="Changed too")
    MeetingPage.objects.get(slug="konjic-2021-06-sfa-field-offices").delete()
    assert load().made == {"meetings": 1}
    assert MeetingPage.objects.get(slug="sarajevo-2025-01-operational").title == "Changed by a person"
    assert MeetingSeries.objects.get(slug="rgrs").title == "Changed too"
    assert page.recommendations.count() == 3


def test_without_a_home_page_it_says_so() -> None:
    assert "no home page" in load().notes[0]
