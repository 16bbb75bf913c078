"""A member's own practices: who may enter, what comes back, what is kept."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from library.practices import services
from library.practices.models import PracticePage
from library.practices.safeguards import QUESTIONS
from network.members.enums import Role
from network.members.models import User, WorkingGroup
from portal.core.audience import tokens_of
from tests.factories.members import WorkingGroupFactory, person
from tests.factories.practices import library, posted, submitted, text
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db

SUBMIT = "/en/library/submit/"
MINE = "/en/library/mine/"


@pytest.fixture
def author(client: Client) -> User:
    library()
    user = person()
    client.force_login(user)
    return user


def edit(page: PracticePage) -> str:
    return reverse("practices:edit", args=[page.pk])


@pytest.mark.parametrize("address", [SUBMIT, MINE, "/en/library/mine/1/"])
def test_a_visitor_is_sent_to_log_in_and_back(client: Client, address: str) -> None:
    library()
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/en/accounts/login/?next={address}"


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED])
@pytest.mark.parametrize("address", [SUBMIT, MINE])
def test_who_is_not_a_member_is_shown_where_they_stand(client: Client, role: Role, address: str) -> None:
    library()
    client.force_login(person(role))
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("vetting:apply"))
    assert client.post(SUBMIT, posted(send="1")).status_code == 302
    assert not PracticePage.objects.exists()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.STAFF, Role.ADMINISTRATOR])
@pytest.mark.parametrize("address", [SUBMIT, MINE])
def test_members_and_staff_enter(client: Client, role: Role, address: str) -> None:
    library()
    client.force_login(person(role))
    assert client.get(address).status_code == 200


def test_a_complete_practice_is_sent_and_listed_as_in_review(client: Client, author: User) -> None:
    stage = TermFactory()
    answer = client.post(SUBMIT, posted(stage, send="1", other_countries=["FR"]))
    assert (answer.status_code, answer.headers["Location"]) == (302, MINE)
    page = PracticePage.objects.get()
    assert page.author == author
    assert page.countries == ["RS", "FR"]
    assert [block.value for block in page.steps] == ["First this", "Then that"]
    assert page.leading_figure["figure"] == "823"
    assert page.listed_sources[0].url == "https://example.org/report"
    assert sorted(tag.name for tag in page.tags.all()) == ["mobile teams", "outreach"]
    assert list(page.stages.all()) == [stage]
    assert tokens_of(page) == {"public"}
    listed = client.get(MINE).content.decode()
    assert "In review" in listed
    assert "Sent to the project staff" in listed


def test_a_draft_needs_a_title_only_and_opens_again_as_it_was(client: Client, author: User) -> None:
    answer = client.post(SUBMIT, {**posted(), "save": "1", "summary": "", "audience": "", "complaints": ""})
    page = PracticePage.objects.get()
    assert answer.headers["Location"] == edit(page)
    shown = client.get(edit(page)).content.decode()
    assert 'value="Mobilni timovi za povratak"' in shown
    assert "First this\nThen that" in shown
    assert 'value="823"' in shown
    assert 'value="mobile teams, outreach"' in shown
    assert f'name="revision" value="{page.latest_revision_id}"' in shown


def test_what_is_missing_is_named_beside_and_above_and_nothing_typed_is_lost(client: Client, author: User) -> None:
    wrong: dict[str, Any] = {
        "title": "T" * 120,
        "summary": "S" * 538,
        "countries": [],
        "did_not_work": "",
        "year_from": "2024",
        "year_to": "2019",
        "complaints": "",
        "complaints_why": "Because of something typed",
        "audience": "",
        "results-1-figure": "17",
        "sources-0-url": "no address",
    }
    answer = client.post(SUBMIT, posted(send="1", **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not PracticePage.objects.exists()
    for words in (
        "120 of at most 100 characters",
        "538 of at most 500 characters",
        "Choose at least one country",
        "Choose at least one stage",
        "Write at least one sentence, or tick the box below",
        "The last year (2019) comes before the first (2024)",
        "Choose yes, no or not applicable, and explain",
        "Choose who will see this practice",
        "Say what the figure 17 counts",
        "valid URL",
    ):
        assert page.count(words) >= 2, words
    assert "10 things to correct" in page
    assert 'href="#id_complaints"' in page
    for kept in ("T" * 120, "S" * 538, "Because of something typed", "no address", "First this\nThen that", "2019"):
        assert kept in page


def test_what_the_review_could_not_keep_is_refused_to_its_author(client: Client, author: User) -> None:
    wrong = {"tags": f"outreach, {'t' * 101}", "steps": f"First this\n{'s' * 601}"}
    for button in ("send", "save"):
        answer = client.post(SUBMIT, posted(TermFactory(), **wrong, **{button: "1"}))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "101 of at most 100 characters" in page
        assert "601 of at most 600 characters" in page
        assert "t" * 101 in page
        assert "s" * 601 in page
    assert not PracticePage.objects.exists()


def test_an_answer_without_an_explanation_is_asked_for_one(client: Client, author: User) -> None:
    page = client.post(SUBMIT, posted(TermFactory(), send="1", data_protection_why="")).content.decode()
    assert "Explain the answer in one or two sentences" in page


@pytest.mark.parametrize("value", ["silent", "perhaps"])
def test_a_member_can_not_answer_with_silence(client: Client, author: User, value: str) -> None:
    assert client.post(SUBMIT, posted(TermFactory(), send="1", complaints=value)).status_code == 422


def test_only_audiences_of_ones_own_are_offered_and_taken(client: Client, author: User) -> None:
    mine: WorkingGroup = WorkingGroupFactory(name="Readmission officers", slug="readmission")
    mine.people.add(author)
    WorkingGroupFactory(name="Somebody else's", slug="others")
    page = client.get(SUBMIT).content.decode()
    assert "Only Readmission officers" in page
    assert "Somebody else" not in page
    stage = TermFactory()
    assert client.post(SUBMIT, posted(stage, send="1", audience="group:others")).status_code == 422
    assert client.post(SUBMIT, posted(stage, send="1", audience="group:readmission")).status_code == 302
    assert tokens_of(PracticePage.objects.get()) == {"group:readmission"}


def test_the_draft_of_another_is_not_there(client: Client, author: User) -> None:
    page = services.save_draft(by=person(), text=text())
    assert client.get(edit(page)).status_code == 404
    assert client.post(edit(page), posted(save="1")).status_code == 404
    assert "Mobilni" not in client.get(MINE).content.decode()


def test_a_practice_that_does_not_exist_is_a_404(client: Client, author: User) -> None:
    assert client.get("/en/library/mine/999999/").status_code == 404


def test_in_review_the_text_is_locked_and_says_so(client: Client, author: User) -> None:
    page = submitted(author)
    answer = client.get(edit(page), follow=True)
    assert "can not be changed now: In review" in answer.content.decode()


def test_requested_changes_stand_with_the_reviewers_words_and_can_be_sent_again(client: Client, author: User) -> None:
    page = submitted(author)
    page.current_workflow_task_state.reject(user=person(Role.STAFF), comment="Which year was that?")
    for address in (MINE, edit(page)):
        assert "Which year was that?" in client.get(address).content.decode()
    revision = PracticePage.objects.get().latest_revision_id
    answer = client.post(edit(page), posted(TermFactory(), send="1", period="2024", revision=revision))
    assert answer.headers["Location"] == MINE
    assert "In review" in client.get(MINE).content.decode()


def test_a_draft_changed_in_another_window_shows_both_texts(client: Client, author: User) -> None:
    page = services.save_draft(by=author, text=text(problem="Before"))
    seen = page.latest_revision_id
    services.save_draft(by=author, text=text(problem="The other window"), practice=page)
    answer = client.post(edit(page), posted(save="1", problem="This window", revision=seen))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "changed while you were writing" in shown
    assert "The other window" in shown
    assert "This window" in shown
    now = PracticePage.objects.get()
    assert f'name="revision" value="{now.latest_revision_id}"' in shown
    assert now.problem == "The other window"
    client.post(edit(page), posted(save="1", problem="This window", revision=now.latest_revision_id))
    assert PracticePage.objects.get().problem == "This window"


def test_ones_own_list_costs_as_many_queries_with_many_as_with_few(client: Client, author: User) -> None:
    def asked(number: int) -> int:
        for _number in range(number):
            submitted(author)
        client.get(MINE)
        with CaptureQueriesContext(connection) as queries:
            client.get(MINE)
        return len(queries)

    assert asked(2) == asked(10)


def test_without_a_library_the_form_is_a_404_that_says_why(client: Client) -> None:
    client.force_login(person())
    answer = client.get(SUBMIT)
    assert answer.status_code == 404
    assert "no page yet" in answer.content.decode()


def test_every_question_has_a_named_field(client: Client, author: User) -> None:
    page = client.get(SUBMIT).content.decode()
    for question in QUESTIONS:
        assert page.count(f'name="{question.key}"') == 3
        assert f'name="{question.why_field}"' in page


def test_a_number_no_database_holds_is_a_404(client: Client) -> None:
    client.force_login(person())
    assert client.get(f"/en/library/mine/{'9' * 30}/").status_code == 404
