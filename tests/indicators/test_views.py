import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.members.models import User
from portal.core.audience import MEMBERS, PUBLIC
from tests.factories.indicators import FigureFactory, IndicatorFactory
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_user("staff@example.org", "x", is_staff=True))
    return client


def text(page: str) -> str:
    return re.sub(r"\s+(?=[ ,.])", "", re.sub(r"<[^>]+>|\s", " ", page))


def test_the_list_stands_by_owner_with_the_newest_figure_of_each(client: Client) -> None:
    indicator = IndicatorFactory(
        name="Returned", owner="Eurostat", order=1, code="migr_eirtn", definition="persons who left"
    )
    FigureFactory(indicator=indicator, period="2023", value=1)
    FigureFactory(indicator=indicator, period="2024", value=34550)
    IndicatorFactory(name="Detections", owner="Frontex", order=2)
    page = client.get("/en/figures/").content.decode()
    assert page.index("Eurostat") < page.index("Returned") < page.index("Frontex") < page.index("Detections")
    assert "Persons who left" in page
    assert "34,550 persons, Serbia, 2024" in text(page)
    assert 'class="spark"' in page


def test_an_indicator_no_source_has_a_figure_for_says_so(client: Client) -> None:
    IndicatorFactory(slug="assisted")
    assert "no figure in the sources" in client.get("/en/figures/").content.decode()
    page = client.get("/en/figures/assisted/").content.decode()
    assert "No figure in the sources" in page
    assert "figures.csv" not in page


def test_figures_without_a_definition_stand_apart_and_say_what_is_not_known(client: Client) -> None:
    FigureFactory(indicator=IndicatorFactory(collected=True, slug="arrivals", name="Arrivals in Serbia"), period="2024")
    assert "Other published figures" in client.get("/en/figures/").content.decode()
    page = client.get("/en/figures/arrivals/").content.decode()
    assert text(page).count("not in the sources") >= 4


def test_an_empty_list_says_who_fills_it(client: Client) -> None:
    assert "No figures yet" in client.get("/en/figures/").content.decode()


def test_an_indicator_shows_definition_rules_gaps_sources_and_terms(client: Client) -> None:
    indicator = IndicatorFactory(
        slug="returned",
        definition="persons who left",
        counting_rule="each person once",
        stock_flow="flow",
        dimensions="age\nsex",
        legal_basis="Regulation 862/2007",
        notes="Cyprus is missing",
        gaps="detail to be checked",
        sources="https://example.org/method",
    )
    indicator.terms.add(TermFactory(label="Forced return", slug="forced-return"))
    page = client.get("/en/figures/returned/").content.decode()
    for words in (
        "Persons who left.",
        "Each person once",
        "Flow",
        "Age",
        "Sex",
        "Regulation 862/2007",
        "Cyprus is missing",
        "Detail to be checked",
        'href="https://example.org/method"',
        'href="/en/terms/stage/forced-return/"',
    ):
        assert words in page


def test_every_figure_stands_in_the_table_with_its_source_note_and_origin(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    FigureFactory(
        indicator=indicator, area="XK", area_note="from Germany", period="2012", value=3300, note="more than",
        source="https://press.example.org/a", rounded=True, status="provisional",
    )  # fmt: skip
    FigureFactory(indicator=indicator, words=True, period="2013", origin="owner")
    page = client.get("/en/figures/returned/").content.decode()
    assert 'href="https://press.example.org/a"' in page
    table = text(page[page.index("<table") :])
    assert (
        "2012 Kosovo*, from Germany 3,300 persons, rounded Provisional. more than press.example.org Reported by others"
        in table
    )
    assert "2013 Serbia about half" in table
    assert "From the owner" in table


def test_a_gap_is_shaded_in_the_chart_and_named_in_the_table_and_is_never_zero(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    for period, value in [("2018", 10), ("2019", 20), ("2024", 30)]:
        FigureFactory(indicator=indicator, period=period, value=value)
    page = client.get("/en/figures/returned/").content.decode()
    assert page.count('<rect class="gap"') == 1
    assert page.count('<path class="line"') == 1
    assert "2020 – 2023: no figure" in page
    assert re.search(r"2020 – 2023 Serbia no figure", text(page[page.index("<table") :]))


def test_no_style_or_script_is_written_into_the_page(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    FigureFactory(indicator=indicator, period="2023")
    FigureFactory(indicator=indicator, period="2024")
    page = client.get("/en/figures/returned/").content.decode()
    assert "<svg" in page
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=", page)


def test_coordinates_are_the_same_in_every_language_and_numbers_are_not(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    FigureFactory(indicator=indicator, period="2022", value=1234)
    FigureFactory(indicator=indicator, period="2023", value=1777)
    FigureFactory(indicator=indicator, period="2024", value=34550)
    english, german = (client.get(f"/{code}/figures/returned/").content.decode() for code in ("en", "de"))
    shape = re.compile(r'(?:cx|cy|x|y|d|viewBox)="([^"]*)"')
    assert shape.findall(english[english.index("<svg viewBox") :]) == shape.findall(
        german[german.index("<svg viewBox") :]
    )
    assert "34,550" in english
    assert "34.550" in german


def test_content_says_its_language_where_the_page_speaks_another(client: Client) -> None:
    FigureFactory(indicator=IndicatorFactory(slug="returned", name="Returned persons"), period="2024")
    assert '<h1 lang="en">Returned persons</h1>' in client.get("/sq/figures/returned/").content.decode()
    assert "<h1>Returned persons</h1>" in client.get("/en/figures/returned/").content.decode()


def test_countries_of_the_region_without_a_figure_are_named(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    FigureFactory(indicator=indicator, area="AL")
    assert client.get("/en/figures/returned/").content.decode().count("chart--none") == 5
    assert "chart--none" not in client.get("/en/figures/returned/?area=AL").content.decode()


@pytest.fixture
def filtered() -> None:
    indicator = IndicatorFactory(slug="returned")
    for area, period, value in [
        ("AL", "2020", 111),
        ("AL", "2023", 222),
        ("RS", "2023-Q1", 333),
        ("RS", "2021/2022", 444),
    ]:
        FigureFactory(indicator=indicator, area=area, period=period, value=value)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {111, 222, 333, 444}),
        ("area=AL", {111, 222}),
        ("since=2021", {222, 333, 444}),
        ("until=2021", {111, 444}),
        ("since=2021&until=2022", {444}),
        ("area=AL&since=2023", {222}),
        ("area=AL&unknown=1", {111, 222}),
    ],
)
@pytest.mark.usefixtures("filtered")
def test_figures_are_filtered_by_area_and_years(client: Client, query: str, shown: set[int]) -> None:
    page = client.get(f"/en/figures/returned/?{query}").content.decode()
    assert {int(value) for value in re.findall(r'data-label="Value">(\d+)<', page)} == shown


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("area=ZZ", "No figure here is about “ZZ”."),
        ("area=%3Cscript%3E", "No figure here is about “&lt;script&gt;”."),
        ("since=1900", "No figure here is of the year “1900”."),
        ("until=next", "No figure here is of the year “next”."),
        ("since=2023&until=2020", "The last year lies before the first."),
        ("since=%00", "No figure here is of the year"),
    ],
)
@pytest.mark.usefixtures("filtered")
def test_a_filter_that_is_not_understood_gets_a_hint_and_the_figures_stay(
    client: Client, query: str, hint: str
) -> None:
    answer = client.get(f"/en/figures/returned/?{query}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert hint in page
    assert 'data-label="Value"' in page


@pytest.mark.usefixtures("filtered")
def test_a_choice_that_leaves_nothing_leads_back(client: Client) -> None:
    page = client.get("/en/figures/returned/?area=RS&until=2020").content.decode()
    assert "No figure for this choice" in page
    assert "Show all figures" in page


@pytest.mark.parametrize(("figures", "offered"), [(3, False), (4, True)])
def test_a_handful_of_figures_needs_no_filter(client: Client, figures: int, offered: bool) -> None:
    indicator = IndicatorFactory(slug="returned")
    for number in range(figures):
        FigureFactory(indicator=indicator, period=str(2000 + number))
    assert ('name="area"' in client.get("/en/figures/returned/").content.decode()) is offered


@pytest.mark.usefixtures("filtered")
def test_the_download_follows_the_choice(client: Client) -> None:
    page = client.get("/en/figures/returned/?area=AL").content.decode()
    assert 'href="/en/figures/returned/figures.csv?area=AL"' in page


@pytest.mark.parametrize("path", ["/en/figures/nonsense/", "/en/figures/nonsense/figures.csv"])
def test_an_unknown_indicator_is_a_404_that_names_it(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "nonsense" in answer.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_figures_are_only_read_here(client: Client, method: str) -> None:
    IndicatorFactory(slug="returned")
    assert getattr(client, method)("/en/figures/returned/").status_code == 405


class TestAnIndicatorForMembersOnly:
    @pytest.fixture(autouse=True)
    def hidden(self) -> None:
        indicator = IndicatorFactory(audiences=[MEMBERS], slug="hidden", name="Hidden series", owner="Hidden owner")
        indicator.terms.add(TermFactory(slug="forced-return"))
        FigureFactory(indicator=indicator, period="2024", value=777)

    @pytest.mark.parametrize("path", ["/en/figures/hidden/", "/en/figures/hidden/figures.csv"])
    def test_is_a_404_for_a_visitor_and_the_same_as_what_does_not_exist(self, client: Client, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        missing = client.get(path.replace("hidden", "absent"))
        assert (
            answer.content.decode().replace("/hidden/", "/absent/").replace("“hidden”", "“absent”")
            == missing.content.decode()
        )

    @pytest.mark.parametrize("path", ["/en/figures/", "/en/terms/stage/forced-return/"])
    def test_is_in_no_list_owner_or_panel_of_a_visitor(self, client: Client, path: str) -> None:
        page = client.get(path).content.decode()
        assert "Hidden" not in page
        assert "777" not in page

    @pytest.mark.parametrize("path", ["/en/figures/", "/en/figures/hidden/", "/en/terms/stage/forced-return/"])
    def test_is_shown_to_those_who_hold_its_audience(self, staff: Client, path: str) -> None:
        answer = staff.get(path)
        assert answer.status_code == 200
        assert "Hidden series" in answer.content.decode()

    def test_comes_into_the_open_with_its_audience(self, client: Client) -> None:
        from library.indicators.models import Indicator

        Indicator.objects.get(slug="hidden").audiences.set([PUBLIC])
        assert client.get("/en/figures/hidden/").status_code == 200


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_list_costs_three_queries_for_5_and_for_50_indicators(client: Client) -> None:
    for wanted in (5, 50):
        for _ in range(wanted - IndicatorFactory._meta.model.objects.count()):
            indicator = IndicatorFactory()
            FigureFactory(indicator=indicator, period="2023")
            FigureFactory(indicator=indicator, period="2024")
        client.get("/en/figures/")
        assert queries(client, "/en/figures/") == 3


def test_an_indicator_costs_four_queries_for_5_and_for_50_figures(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    for wanted in (5, 50):
        for number in range(indicator.figures.count(), wanted):
            FigureFactory(indicator=indicator, period=str(1950 + number))
        indicator.terms.add(TermFactory())
        assert queries(client, "/en/figures/returned/") == 4
        assert queries(client, "/en/figures/returned/figures.csv") == 3
