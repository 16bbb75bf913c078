"""The list: filters, counts, chips, hints, order, pages."""

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from library.practices.catalogue import PER_PAGE, listing
from library.practices.models import PracticePage
from portal.finding.lists import Listing
from tests.factories.commits import as_after_the_commit, index_what_waits
from tests.factories.pages import home_page
from tests.factories.practices import library, practice
from tests.factories.vocabulary import TermFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]

PUBLIC = frozenset({"public"})


def ask(query: str = "", tokens: frozenset[str] = PUBLIC) -> Listing[PracticePage]:
    index_what_waits()
    return listing(QueryDict(query), tokens)


def titles(found: Listing[PracticePage]) -> list[str]:
    return [practice.title for practice in found.items]


def counts(found: Listing[PracticePage], facet: str) -> dict[str, int]:
    options = next(group.options for group in found.groups if group.name == facet)
    return {option.value: option.count for option in options}


@pytest.fixture
def three() -> None:
    arrival = TermFactory(slug="arrival", label="Reception on arrival", order=1)
    readmission = TermFactory(slug="readmission", label="Readmission", order=2)
    children = TermFactory(group=True, slug="children", label="Children")
    practice(title="A", countries=["RS"], terms=[arrival, children], tags=["airport"], year_to=2020)
    practice(title="B", countries=["RS", "BA"], terms=[arrival, readmission], tags=["airport", "jobs"], year_to=2024)
    practice(title="C", countries=["BA", "AT"], terms=[readmission], running="ongoing", evidence="monitored")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["C", "B", "A"]),
        ("stage=arrival", ["B", "A"]),
        ("stage=arrival&stage=readmission", ["C", "B", "A"]),
        ("stage=arrival&country=BA", ["B"]),
        ("country=ba", ["C", "B"]),
        ("group=children", ["A"]),
        ("tag=jobs", ["B"]),
        ("evidence=monitored", ["C"]),
        ("tag=jobs&evidence=monitored", []),
        ("sort=title", ["A", "B", "C"]),
    ],
)
@pytest.mark.usefixtures("three")
def test_the_list_shows_what_the_filters_ask_for_in_order(query: str, expected: list[str]) -> None:
    assert titles(ask(query)) == expected


@pytest.mark.usefixtures("three")
def test_counts_ignore_their_own_facet_and_respect_the_others() -> None:
    found = ask("stage=arrival")
    assert counts(found, "stage") == {"arrival": 2, "readmission": 2}
    assert {code: number for code, number in counts(found, "country").items() if number} == {"RS": 2, "BA": 1}
    assert (found.found, found.total) == (2, 3)


@pytest.mark.usefixtures("three")
def test_the_regions_countries_and_all_stages_stand_there_even_with_nothing() -> None:
    TermFactory(slug="decision", label="Decision", order=3)
    found = ask()
    assert counts(found, "country")["AL"] == 0
    assert counts(found, "country")["AT"] == 1
    assert list(counts(found, "stage")) == ["arrival", "readmission", "decision"]
    assert "theme" not in [group.name for group in found.groups if group.options]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("stage=nonsense", "There is no stage of return “nonsense”"),
        ("tag=secret", "There is no tag “secret”"),
        ("country=QQ", "“QQ”"),
        ("sort=score", "can not be sorted by “score”"),
        ("page=99", "There is no page “99”: this is page 1 of 1"),
        ("page=x", "There is no page “x”"),
    ],
)
@pytest.mark.usefixtures("three")
def test_what_the_address_gets_wrong_is_named_and_left_out(client: Client, query: str, words: str) -> None:
    answer = client.get(f"/en/library/?{query}")
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert titles(ask(query)) == ["C", "B", "A"]


@pytest.mark.usefixtures("three")
def test_what_is_typed_into_the_address_is_never_markup(client: Client) -> None:
    page = client.get("/en/library/", {"stage": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


@pytest.mark.usefixtures("three")
def test_every_active_filter_has_a_chip_that_takes_it_away(client: Client) -> None:
    found = ask("stage=arrival&stage=readmission&sort=title&page=1")
    assert [chip.label for chip in found.chips] == ["Reception on arrival", "Readmission"]
    assert found.chips[0].url == "?stage=readmission&sort=title"
    page = client.get("/en/library/?stage=arrival&tag=jobs&sort=title").content.decode()
    assert "Clear all" in page
    assert re.search(r'value="arrival"[^>]* checked', page)
    assert page.count('<input type="hidden" name="sort" value="title">') == 1


@pytest.mark.usefixtures("three")
def test_filters_that_leave_nothing_say_what_to_do(client: Client) -> None:
    assert "No practice has all of that" in client.get("/en/library/?tag=jobs&evidence=monitored").content.decode()


def test_an_empty_library_says_how_it_fills(client: Client) -> None:
    library()
    assert "The library is still empty" in client.get("/en/library/").content.decode()


def test_the_list_is_cut_into_pages_that_keep_the_filters(client: Client) -> None:
    for _number in range(PER_PAGE + 1):
        practice()
    first = client.get("/en/library/?country=RS").content.decode()
    assert first.count('class="entry entry--wide"') == PER_PAGE
    assert "?country=RS&amp;page=2" in first
    second = client.get("/en/library/?country=RS&page=2").content.decode()
    assert second.count('class="entry entry--wide"') == 1
    assert ", page 2" in second


def test_a_card_leads_with_its_figure_and_says_how_current_it_is(client: Client) -> None:
    practice(title="Guardians", results=[("", "words"), ("823", "certificates")], is_collected=True)
    page = client.get("/en/library/").content.decode()
    assert re.search(r'figure__n">823<', page)
    assert "Unconfirmed since it was collected" in page
    assert "Public" in page


def test_the_library_stands_under_every_language(client: Client) -> None:
    TermFactory(slug="arrival", label="Arrival", labels={"de": "Ankunft"})
    practice()
    page = client.get("/de/library/").content.decode()
    assert "Ankunft" in page
    assert 'href="/de/library/practice-' in page


@pytest.mark.parametrize(("address", "most"), [("/en/library/", 12), ("/en/library/practice-of-{}/", 18)])
def test_a_page_costs_as_many_queries_with_fifty_practices_as_with_five(
    client: Client, address: str, most: int
) -> None:
    terms = [TermFactory(), TermFactory(group=True), TermFactory(instrument=True), TermFactory(theme=True)]

    def queries(number: int) -> int:
        for _number in range(number):
            practice(terms=terms, tags=["airport"])
        if "{}" in address:
            practice(slug=f"practice-of-{number}", terms=terms, tags=["airport"])
        url = address.format(number)
        as_after_the_commit()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    few = queries(5)
    assert few == queries(45)
    assert few <= most, few


@pytest.mark.parametrize("address", ["/en/library/", "/en/library/guardians/"])
def test_what_was_asked_for_before_costs_the_page_itself_and_its_audience(client: Client, address: str) -> None:
    practice(slug="guardians")
    as_after_the_commit()
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) == 2


def test_of_a_practice_and_its_translation_the_reader_gets_one(client: Client) -> None:
    page = practice(title="Guardians at once", tags=["guardians"], terms=[TermFactory(slug="arrival")])
    practice(title="Only in English")
    german, _made = Locale.objects.get_or_create(language_code="de")
    for original in (home_page(), library(), page):
        translated = original.copy_for_translation(german)
        translated.title = f"{original.title} (de)"
        translated.save_revision().publish()
    assert sorted(titles(ask())) == ["Guardians at once", "Only in English"]
    shown = client.get("/de/library/").content.decode()
    assert "Guardians at once (de)" in shown
    assert "Only in English" in shown
    assert shown.count('class="entry entry--wide"') == 2
    assert "2</span> of 2" in shown
    assert 'href="/de/library/?tag=guardians"' in client.get(f"/de/library/{page.slug}/").content.decode()
    assert client.get("/mk/library/").content.decode().count('class="entry entry--wide"') == 2
