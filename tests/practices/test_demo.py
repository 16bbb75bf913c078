"""The starter content is the facts, whole and unembellished."""

import pytest
from django.test import Client

from library.practices.demo import FACTS, load_practices
from library.practices.models import MAX_TITLE, PracticePage
from network.members.demo import load_agencies
from portal.core.demo import DemoReport, read_facts
from portal.vocabulary.demo import load_terms
from tests.factories.members import person
from tests.factories.pages import home_page

pytestmark = pytest.mark.django_db


def load() -> DemoReport:
    report = DemoReport()
    load_practices(report)
    return report


@pytest.fixture
def loaded() -> DemoReport:
    home_page()
    load_terms(DemoReport())
    load_agencies(DemoReport())
    person(is_example=True, email="member@example.org")
    return load()


def test_every_record_is_a_page_with_its_id_as_slug_and_all_its_sources(loaded: DemoReport, client: Client) -> None:
    records = read_facts(FACTS / "practices.yaml")["practices"]
    assert loaded.made == {"practices": 21, "example practices": 2}
    pages = {page.slug: page for page in PracticePage.objects.live()}
    for record in records:
        page = pages[record["id"]]
        assert page.title == record["title"]
        assert len(page.title) <= MAX_TITLE
        assert 0 < len(page.summary) <= 500
        assert [source.url for source in page.listed_sources] == record["sources"]
        assert [block.value.casefold() for block in page.steps] == [step.casefold() for step in record["what_is_done"]]
        assert {term.slug for term in page.stages.all()} == set(record["stages"])
        assert page.is_collected
        assert page.is_unconfirmed
        assert page.tags.exists()
        assert client.get(page.url).status_code == 200


def test_figures_of_the_cards_are_figures_of_the_record(loaded: DemoReport) -> None:
    records = {record["id"]: record for record in read_facts(FACTS / "practices.yaml")["practices"]}
    words = {"six": "6", "seven": "7", "five": "5", "nine": "9"}
    for page in PracticePage.objects.live().filter(is_collected=True):
        record = records[page.slug]
        said = str([record["results"], record["what_is_done"]]).casefold()
        for word, figure in words.items():
            said = said.replace(word, f"{word} {figure}")
        for result in page.figures:
            assert result["figure"].removesuffix("+").casefold() in said, (page.slug, result["figure"])


def test_loading_again_makes_nothing_and_touches_nothing(loaded: DemoReport) -> None:
    page = PracticePage.objects.get(slug="rs-urgent-guardian")
    page.title = "As a person changed it"
    page.save_revision().publish()
    assert load().made == {}
    assert PracticePage.objects.get(slug="rs-urgent-guardian").title == "As a person changed it"


def test_the_examples_are_marked_and_show_review_and_audience(loaded: DemoReport, client: Client) -> None:
    waiting = PracticePage.objects.get(slug="example-practice-in-review")
    assert waiting.current_workflow_task_state is not None
    members_only = PracticePage.objects.get(slug="example-practice-for-members")
    assert members_only.live
    assert client.get("/en/library/example-practice-for-members/").status_code == 404
    client.force_login(person())
    assert 'class="example"' in client.get(members_only.url).content.decode()
    assert all(page.is_example for page in (waiting, members_only))


def test_without_people_or_a_home_page_it_says_what_it_left_out() -> None:
    from portal.pages.models import HomePage

    assert not HomePage.objects.exists()
    assert "no home page" in load().notes[0]
