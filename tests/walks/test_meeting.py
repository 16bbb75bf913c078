"""Staff publish a meeting's outcome in the CMS; what it recommends lives on until it is done."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from events.models import FollowUp, MeetingPage, Recommendation
from network.members.enums import Role
from network.members.staff_group import ensure_staff_group
from portal.core.models import AuditEntry, OutgoingMail
from search import search
from search.query import SearchRequest
from tests.factories import events as make


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH = {
        "BACKEND": "search.backends.embedded.EmbeddedBackend",
        "OPTIONS": {"path": str(tmp_path / "index")},
    }


def page_form(**fields: Any) -> dict[str, Any]:
    """What the page editor sends."""
    recommended = [("recommendation", block) for block in fields.pop("recommended", [])]
    organisations = fields.pop("organisations", [])
    nested = {
        "recommended": streamfield(recommended),
        "organisations": inline_formset(organisations),
        "comments": inline_formset([]),
    }
    plain = {"title": "A meeting", "slug": "a-meeting", "audiences": ["public"], "date_precision": "day"}
    return {**nested_form_data(nested), **plain, **fields, "action-publish": "1"}


def block(text: str, number: str = "", owner: str = "", due: str = "") -> dict[str, str]:
    return {"number": number, "text": text, "owner": owner, "due": due}


def complaints(answer: Any) -> str:
    """What the CMS has against a form."""
    soup = BeautifulSoup(answer.content, "html.parser")
    return " | ".join(found.get_text(" ", strip=True) for found in soup.select(".error-message, .messages li"))


def board_of(client: Client) -> str:
    """The board, without the map above it."""
    return client.get("/en/recommendations/").content.decode().partition('id="board"')[2]


def found(text: str) -> list[str]:
    return [hit.slug for hit in search(SearchRequest(text=text, audiences=frozenset({"public"}))).hits]


@pytest.fixture
def _page_tree(transactional_db: None) -> None:
    """The root that Wagtail's migrations make, where an earlier test's flush took it away."""
    if Page.get_first_root_node() is None:
        locale, _made = Locale.objects.get_or_create(language_code="en")
        Page.add_root(instance=Page(title="Root", slug="root", locale=locale))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_page_tree")
def test_an_outcome_is_published_told_carried_followed_up_and_found(client: Client) -> None:
    index, series = make.index_page(), make.SeriesFactory(title="Return talks")
    owner = make.agency()
    focal_point = make.member("focal@example.org", of=owner, focal_point=True)
    staff = make.staff()
    ensure_staff_group()
    client.force_login(staff)

    # The outcome is written in the page editor and published.
    answer = client.post(
        f"/cms/pages/add/events/meetingpage/{index.pk}/",
        page_form(
            title="Operational meeting",
            slug="sarajevo",
            city="Sarajevo",
            start=make.days(-10).isoformat(),
            end=make.days(-8).isoformat(),
            series=series.pk,
            conclusions="interpreters to be pooled\nfigures to be shared\n\n",
            organisations=[{"role": "organiser", "name": "Agency A", "agency": owner.pk}],
            recommended=[
                block("Pool the interpreters.", owner=owner.slug, due=make.days(-1).isoformat()),
                block("Share figures monthly."),
            ],
        ),
    )
    assert answer.status_code == 302, complaints(answer)
    meeting = MeetingPage.objects.get(slug="sarajevo")
    assert meeting.conclusions == ["interpreters to be pooled", "figures to be shared"]
    first, second = meeting.recommendations.all()
    assert (first.number, first.owner, first.due, first.changed_by) == (1, owner, make.days(-1), staff)
    assert (second.number, second.text) == (2, "Share figures monthly.")

    # It is on the site and found at once; the owner's focal point has a letter.
    visitor = Client()
    assert "Interpreters to be pooled" in visitor.get("/en/meetings/sarajevo/").content.decode()
    assert set(found("interpreters")) == {"SA26-1", "sarajevo"}  # the recommendation and its meeting
    letter = OutgoingMail.objects.get()
    assert letter.to == focal_point.email
    assert "Pool the interpreters." in letter.body
    board = board_of(visitor)
    assert board.index("Pool the interpreters.") < board.index("Share figures monthly.")
    assert "status--late" in board

    # Publishing again, with the numbers the editor now shows, issues nothing twice and tells nobody again.
    edit = client.get(f"/cms/pages/{meeting.pk}/edit/")
    assert edit.status_code == 200
    sent = page_form(
        title="Operational meeting",
        slug="sarajevo",
        city="Sarajevo",
        start=make.days(-10).isoformat(),
        series=series.pk,
        recommended=[
            block("Pool the interpreters of all.", "1"),
            block("Share figures monthly."),
            block("Meet again."),
        ],
    )
    answer = client.post(f"/cms/pages/{meeting.pk}/edit/", sent)
    assert answer.status_code == 302, complaints(answer)
    assert list(meeting.recommendations.values_list("number", "text")) == [
        (1, "Pool the interpreters of all."),
        (2, "Share figures monthly."),
        (3, "Meet again."),
    ]
    assert OutgoingMail.objects.count() == 1

    # The next meeting of the series inherits what is open.
    answer = client.post(
        f"/cms/pages/add/events/meetingpage/{index.pk}/",
        page_form(
            title="Next operational meeting",
            slug="ljubljana",
            city="Ljubljana",
            start=make.days(30).isoformat(),
            series=series.pk,
            previous_meeting=meeting.pk,
        ),
    )
    assert answer.status_code == 302, complaints(answer)
    following = MeetingPage.objects.get(slug="ljubljana")
    assert following.follow_ups.count() == 3
    assert "Pool the interpreters of all." in visitor.get("/en/meetings/ljubljana/").content.decode()
    assert "Ljubljana" in visitor.get("/en/meetings/sarajevo/").content.decode()
    assert "Ljubljana" in OutgoingMail.objects.last().subject

    # The owner's focal point says what came of it.
    client.force_login(focal_point)
    item = FollowUp.objects.get(recommendation=first, meeting=following)
    version = Recommendation.objects.get(pk=first.pk).version
    report = {
        "status": "done",
        "follow_up": item.pk,
        "note": "All pooled.",
        "evidence": "Thirty interpreters.",
        "reason": "",
    }
    answer = client.post(first.get_absolute_url(), {**report, "version": version})
    assert answer.status_code == 302
    board = board_of(visitor)
    assert board.index("Share figures monthly.") < board.index("Pool the interpreters of all.")
    assert "status--late" not in board
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {
        "events.recommendation_issued",
        "events.recommendation_reworded",
        "events.recommendations_carried",
        "events.follow_up_recorded",
    } <= actions


@pytest.mark.django_db
def test_a_number_given_twice_or_a_last_day_before_the_first_is_refused_and_nothing_typed_is_lost(
    client: Client,
) -> None:
    index = make.index_page()
    make.staff()
    ensure_staff_group()
    client.force_login(make.staff("other@example.org"))
    answer = client.post(
        f"/cms/pages/add/events/meetingpage/{index.pk}/",
        page_form(
            start=make.days(0).isoformat(),
            end=make.days(-3).isoformat(),
            recommended=[block("Typed with care.", "1"), block("Typed too.", "1")],
        ),
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The last day is before the first day." in page
    assert "given twice" in page
    assert "Typed with care." in page
    assert not MeetingPage.objects.exists()
    answer = client.post(
        f"/cms/pages/add/events/meetingpage/{index.pk}/", page_form(date_precision="before", start="", end="")
    )
    assert "needs a day here" in answer.content.decode()


@pytest.mark.django_db
def test_only_staff_keep_meetings_in_the_cms(client: Client) -> None:
    index, page = make.index_page(), make.meeting()
    row = make.recommendation(page)
    ensure_staff_group()
    member = make.member()
    places = (
        f"/cms/pages/add/events/meetingpage/{index.pk}/",
        f"/cms/pages/{page.pk}/edit/",
        "/cms/snippets/events/recommendation/",
        f"/cms/snippets/events/recommendation/edit/{row.pk}/",
        "/cms/snippets/events/meetingseries/",
    )
    client.force_login(member)
    for place in places:
        assert client.get(place).status_code in (302, 403, 404), place
    client.force_login(make.staff())
    ensure_staff_group()
    for place in places:
        assert client.get(place).status_code == 200, place


@pytest.mark.django_db
def test_staff_give_owner_and_date_in_the_cms_and_a_conflict_is_shown(client: Client) -> None:
    owner, row = make.agency(), make.recommendation()
    make.member(of=owner, focal_point=True)
    client.force_login(make.staff())
    ensure_staff_group()
    place = f"/cms/snippets/events/recommendation/edit/{row.pk}/"
    form = {"owner": owner.pk, "due": make.days(9).isoformat(), "priority": "high", "status": "open", "seen_version": 1}
    form |= {"reason": "", "evidence": "", "source_note": ""}
    answer = client.post(place, form)
    assert answer.status_code == 302, complaints(answer)
    row.refresh_from_db()
    assert (row.owner, row.due, row.priority, row.version) == (owner, make.days(9), "high", 2)
    assert OutgoingMail.objects.count() == 1
    stale = client.post(place, {**form, "evidence": "Typed with care."})
    page = stale.content.decode()
    assert "changed this meanwhile" in page
    assert "Typed with care." in page
    row.refresh_from_db()
    assert row.evidence == ""
    dropped = client.post(place, {**form, "seen_version": 2, "status": "dropped"})
    assert "Say why it was dropped." in dropped.content.decode()


@pytest.mark.django_db
def test_what_recommendations_rest_on_is_not_deleted(client: Client) -> None:
    page = make.meeting(recommended=["One."], series=make.SeriesFactory())
    row = page.recommendations.get()
    make.follow_up(row, make.meeting("budva"))
    client.force_login(make.person(Role.ADMINISTRATOR))
    refusals = {
        f"/cms/pages/{page.pk}/delete/": "Unpublish it instead",
        f"/cms/bulk/wagtailcore/page/delete/?id={make.index_page().pk}&next=/cms/": "Unpublish it instead",
        f"/cms/snippets/events/recommendation/delete/{row.pk}/": "close it instead of deleting it",
        f"/cms/snippets/events/meetingseries/delete/{page.series_id}/": "it stays",
    }
    for place, words in refusals.items():
        assert words in client.post(place, follow=True).content.decode(), place
    assert MeetingPage.objects.filter(pk=page.pk).exists()
    assert Recommendation.objects.filter(pk=row.pk).exists()
    page.series.refresh_from_db()


@pytest.mark.django_db
def test_what_nothing_rests_on_can_be_deleted(client: Client) -> None:
    row, series = make.recommendation(), make.SeriesFactory()
    empty, other = make.meeting("budva"), make.meeting("ohrid")
    client.force_login(make.person(Role.ADMINISTRATOR))
    for place in (
        f"/cms/snippets/events/recommendation/delete/{row.pk}/",
        f"/cms/snippets/events/meetingseries/delete/{series.pk}/",
        f"/cms/bulk/wagtailcore/page/delete/?id={empty.pk}&next=/cms/",
        f"/cms/pages/{other.pk}/delete/",
    ):
        assert client.post(place).status_code == 302, place
    assert not Recommendation.objects.exists()
    assert not MeetingPage.objects.filter(slug__in=["budva", "ohrid"]).exists()


@pytest.mark.django_db
def test_a_scheduled_outcome_issues_nothing_before_its_time() -> None:
    page = make.meeting()
    page.recommended = make.blocks("Later.")
    page.go_live_at = timezone.now() + dt.timedelta(days=1)
    page.save_revision().publish()
    call_command("publish_scheduled")
    assert not page.recommendations.exists()
