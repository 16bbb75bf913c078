"""The result page as a reader meets it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import strip_tags

from portal.finding import views
from search import backends, registry
from search.backends.base import Change, SearchBackend
from search.documents import SearchDocument
from search.results import SearchResults
from search.signals import index_changed
from tests.factories.members import person
from tests.factories.search import SILENT, document

pytestmark = pytest.mark.django_db

Get = Callable[..., Any]


def put(*documents: SearchDocument) -> None:
    assert backends.current().apply([Change(one.key, one) for one in documents]) == {}


class Page:
    """A result page: its status, markup and words."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.html = response.content.decode()
        self.words = " ".join(strip_tags(self.html).split())
        self.context = response.context
        self.headers = response.headers

    def hrefs(self) -> list[str]:
        import re

        return [address.replace("&amp;", "&") for address in re.findall(r'href="([^"]*)"', self.html)]


@pytest.fixture
def get(client: Client) -> Get:
    def run(query: str = "", language: str = "en", status: int = 200) -> Page:
        page = Page(client.get(f"/{language}/search/{query}"))
        assert page.status == status
        return page

    return run


@pytest.fixture(autouse=True)
def _library(own_registry: None, own_index: SearchBackend) -> None:
    registry.register_facet("country", "Country", {"RS": "Serbia", "BA": "Bosnia and Herzegovina"}.__getitem__, 10)
    registry.register_facet("stage", "Stage", {"return": "Return"}.__getitem__, 20)
    registry._types["practice"] = registry.TypeLabel("Practice", "Practices")
    registry._types["meeting"] = registry.TypeLabel("Meeting", "Meetings")
    put(
        document(
            "Forced return monitors", facets={"country": ["RS", "BA"], "stage": ["return"]}, path="library/monitors/"
        ),
        document("Повратак", language="sr", summary="О добровољном повратку.", facets={"country": ["RS"]}),
        document("Sarajevo", type="meeting", summary="A return network.", date=dt.date(2025, 1, 28)),
        document("Hidden return", audiences={"members"}, facets={"country": ["AL"]}),
    )


def test_hits_have_their_kind_address_and_marked_words(get: Get) -> None:
    page = get("?q=return")
    assert "2 results for “return”" in page.words
    assert '<a href="/en/library/monitors/">Forced <mark>return</mark> monitors</a>' in page.html
    assert "A <mark>return</mark> network." in page.html
    assert "Hidden" not in page.html


def test_another_script_is_marked_in_its_own_and_says_its_language(get: Get) -> None:
    page = get("?q=povratak")
    assert "<mark>Повратак</mark>" in page.html
    assert 'lang="sr-Cyrl"' in page.html


def test_addresses_are_in_the_language_of_the_page(get: Get) -> None:
    assert 'href="/sr-latn/library/monitors/"' in get("?q=return", language="sr-latn").html


def test_tabs_count_the_kinds(get: Get) -> None:
    page = get("?q=return")
    assert [(str(tab.label), tab.count, tab.current) for tab in page.context["tabs"]] == [
        ("All", 2, True),
        ("Meetings", 1, False),
        ("Practices", 1, False),
    ]
    chosen = get("?q=return&type=meeting")
    assert "1 result for “return”" in chosen.words
    assert [tab.current for tab in chosen.context["tabs"]] == [False, True, False]


def test_filters_are_ticked_named_and_can_be_removed(get: Get) -> None:
    page = get("?q=return&country=RS&country=BA&page=1")
    assert "1 result for" in page.words
    assert 'name="country" value="RS" checked' in page.html
    assert "Remove filter: Country Serbia" in page.words
    assert "?q=return&country=BA" in page.hrefs()
    assert "?q=return" in page.hrefs()


def test_a_filter_typed_into_the_text_can_be_removed_too(get: Get) -> None:
    page = get("?q=return+country:RS")
    assert "Remove filter: Country Serbia" in page.words
    assert "?q=return" in page.hrefs()


def test_the_filter_form_keeps_the_question(get: Get) -> None:
    page = get("?q=return&type=practice&sort=newest&exact=1")
    for name, value in (("q", "return"), ("type", "practice"), ("sort", "newest"), ("exact", "1")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page.html


def test_hidden_values_are_not_among_the_filters(get: Get) -> None:
    assert "Albania" not in get("?q=return").words
    assert 'value="AL"' not in get("?q=return").html


def test_a_member_finds_what_is_for_members(client: Client, get: Get) -> None:
    assert get("?q=return").context["results"].total == 2
    client.force_login(person())
    assert client.get("/en/search/?q=return").context["results"].total == 3


def test_what_was_asked_before_is_not_searched_again_until_the_index_changes(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    search = views.search
    monkeypatch.setattr(views, "search", lambda request: asked.append(request.text) or search(request))
    connection.run_on_commit.clear()
    assert "Sarajevo" in get("?q=sarajevo").words
    assert "Sarajevo" in get("?q=sarajevo").words
    assert asked == ["sarajevo"]
    put(document("Sarajevo once more"))
    index_changed.send(sender=None)
    assert "Sarajevo once more" in get("?q=sarajevo").words


def test_newest_first(get: Get) -> None:
    page = get("?q=return&sort=newest")
    titles = [card.hit.document.title for card in page.context["cards"]]
    assert titles == ["Sarajevo", "Forced return monitors"]


def test_a_typing_error_leads_to_a_suggestion(get: Get) -> None:
    page = get("?q=moniotrs")
    assert "Did you mean monitors (1 result)?" in page.words
    assert "these results have similar words" in page.words
    assert "?q=monitors" in page.hrefs()


def test_synonyms_are_said_and_can_be_left_out(get: Get) -> None:
    registry.register_synonyms(lambda: [["return", "povratak"]])
    page = get("?q=return")
    assert "Also searched: povratak only these words" in page.words
    assert "?q=return&exact=1" in page.hrefs()
    exact = get("?q=return&exact=1")
    assert "Searched for these words only." in exact.words
    assert "Повратак" not in exact.words


def test_some_of_the_words_will_do(get: Get) -> None:
    assert "Nothing has all of these words" in get("?q=monitors+sarajevo").words


def test_nothing_found_helps_on(get: Get) -> None:
    page = get("?q=qwertzuiop&country=RS&exact=1")
    assert "0 results" in page.words
    assert "Nothing found" in page.words
    assert "Search without the filters" in page.words
    assert "Search for forms, synonyms and other languages too" in page.words


def test_an_empty_question_shows_everything(get: Get) -> None:
    page = get()
    assert "3 results" in page.words
    assert 'name="robots"' not in page.html
    assert '<meta name="robots" content="noindex">' in get("?q=return").html


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?q=return&colour=red", "There is no filter “colour”"),
        ("?q=return&country=XX", "“XX” is not known for the filter “Country”"),
        ("?q=return&type=nonsense", "“nonsense” is not known for the filter “kind of result”"),
        ("?q=return&page=abc", "There is no page “abc”: this is page 1 of 1."),
        ("?q=return&page=0", "There is no page “0”"),
        ("?q=return&page=-1", "There is no page “-1”"),
        ("?q=return&page=%D9%A1", "There is no page “١”"),
        ("?q=return&page=99999999999999999999", "There is no page “99999999999999999999”"),
        ("?q=return&page=7", "There is no page “7”: this is page 1 of 1."),
        ("?q=return&page=90000", "There is no page “90000”: this is page 1 of 1."),
        ("?q=return&sort=random", "Results can not be sorted by “random”"),
        ("?q=%22return", "A quotation mark has no partner"),
        ("?q=***", "The search text has no letters or digits."),
    ],
)
def test_what_can_not_be_used_is_said_and_the_rest_answered(get: Get, query: str, said: str) -> None:
    page = get(query)
    assert said in page.words
    assert 'aria-describedby="search-hints"' in page.html


def test_a_text_that_is_too_long_is_kept_and_refused(get: Get) -> None:
    page = get(f"?q={'x' * 301}")
    assert "The search text has 301 characters; 300 are the most." in page.words
    assert "x" * 301 in page.html
    assert "results" not in page.context


@pytest.mark.parametrize(
    "query", ["?q=%00return", "?q=%ff%fe", "?q=<script>alert(1)</script>", "?country=", "?q=" + "%22" * 20]
)
def test_strange_input_is_answered(get: Get, query: str) -> None:
    assert "<script>alert" not in get(query).html


def test_without_the_engine_the_page_says_so(get: Get, settings: Any) -> None:
    settings.SEARCH = SILENT
    page = get("?q=return", status=503)
    assert "Search does not answer at the moment" in page.words
    assert 'value="return"' in page.html


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/en/search/", {"q": "return"}).status_code == 405
    assert client.head("/en/search/?q=return").status_code == 200


def test_a_visitor_gets_no_token_and_no_cookie(get: Get) -> None:
    page = get("?q=return")
    assert "csrf" not in page.html
    assert "Set-Cookie" not in page.headers


def test_the_filters_shown_are_few_and_the_chosen_one_is_among_them(get: Get) -> None:
    registry.register_facet("tag", "Tag", str, 30)
    put(*(document("Tagged", facets={"tag": [f"tag-{number:02d}"]}) for number in range(30)))
    groups = {group.name: group for group in get("?q=tagged&tag=tag-29").context["groups"]}
    assert len(groups["tag"].options) == 13
    assert [option.value for option in groups["tag"].options if option.selected] == ["tag-29"]


def test_a_hit_says_who_else_may_see_it(client: Client) -> None:
    client.force_login(person())
    page = Page(client.get("/en/search/?q=return"))
    assert [card.audience.text for card in page.context["cards"] if "Hidden" in card.hit.title.html] == ["Members"]


@pytest.mark.parametrize("rows", [5, 50])
def test_the_page_costs_no_query_however_many_hits(client: Client, rows: int, django_assert_num_queries: Any) -> None:
    """The engine answers it all; a visitor without a session costs no query of the frame either."""
    put(*(document("Escorts", facets={"country": ["RS"]}, summary="On board.") for _ in range(rows)))
    client.get("/en/search/?q=escorts")
    with django_assert_num_queries(0):
        page = Page(client.get("/en/search/?q=escorts"))
    assert f"{rows} results" in page.words


def test_pages_can_be_turned(get: Get) -> None:
    put(*(document("Escorts") for _ in range(45)))
    page = get("?q=escorts&page=2")
    assert "11–20 of 45" in page.words
    assert "?q=escorts" in page.hrefs()
    assert "?q=escorts&page=3" in page.hrefs()


def test_results_know_their_pages() -> None:
    assert SearchResults(total=0, page=1, size=20).pages == 1
    assert SearchResults(total=41, page=1, size=20).pages == 3
