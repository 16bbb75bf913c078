from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from library.indicators import registrations
from network.members.models import Agency
from portal.core.audience import ANONYMOUS, MEMBERS, PUBLIC
from portal.core.navigation import sections
from tests.factories.indicators import FigureFactory, IndicatorFactory
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of(rf: RequestFactory) -> Any:
    def make(tokens: frozenset[str] = ANONYMOUS) -> Any:
        request = rf.get("/en/")
        request.audiences, request.user = tokens, AnonymousUser()
        return request

    return make


def names(panel: Any) -> list[str]:
    return [entry.indicator.name for entry in panel.context["entries"]] if panel else []


def test_figures_are_a_section_of_the_portal(request_of: Any) -> None:
    assert "/en/figures/" in [link.url for link in sections(request_of())]


def test_the_home_page_shows_the_three_newest_numbers_the_viewer_may_see(request_of: Any) -> None:
    for year in ("2020", "2021", "2022", "2023"):
        FigureFactory(indicator=IndicatorFactory(name=f"Of {year}"), period=year)
    FigureFactory(indicator=IndicatorFactory(name="Words"), words=True, period="2024")
    FigureFactory(indicator=IndicatorFactory(name="Not defined", collected=True), period="2024")
    FigureFactory(indicator=IndicatorFactory(name="Members'", audiences=[MEMBERS]), period="2025")
    IndicatorFactory(name="No figure")
    assert names(registrations.current_figures(request_of(), None)) == ["Of 2023", "Of 2022", "Of 2021"]
    members = request_of(frozenset({PUBLIC, MEMBERS}))
    assert names(registrations.current_figures(members, None))[0] == "Members'"


def test_nothing_stands_on_the_home_page_while_there_is_no_figure(request_of: Any) -> None:
    IndicatorFactory()
    assert registrations.current_figures(request_of(), None) is None


def test_a_term_shows_what_measures_it(client: Client) -> None:
    term = TermFactory(slug="forced-return")
    indicator = IndicatorFactory(name="Returned persons", slug="returned")
    indicator.terms.add(term)
    FigureFactory(indicator=indicator, period="2024", value=34550)
    IndicatorFactory(name="Something else")
    page = client.get("/en/terms/stage/forced-return/").content.decode()
    assert 'href="/en/figures/returned/"' in page
    assert "34,550 persons" in page
    assert "Something else" not in page


def test_an_agency_shows_what_it_counts(request_of: Any) -> None:
    agency = Agency.objects.create(slug="eu-eurostat", name="Statistical Office of the European Union")
    IndicatorFactory(name="Returned persons", owner_agency=agency)
    IndicatorFactory(name="Of another")
    IndicatorFactory(name="Hidden", owner_agency=agency, audiences=[MEMBERS])
    assert names(registrations.figures_of_agency(request_of(), agency)) == ["Returned persons"]


def test_a_place_that_is_about_something_else_stays_empty(request_of: Any) -> None:
    assert registrations.figures_of_agency(request_of(), None) is None
    assert registrations.figures_of_term(request_of(), None) is None
    assert registrations.figures_of_term(request_of(), TermFactory()) is None


def test_panels_cost_three_queries_for_5_and_for_50_indicators(request_of: Any) -> None:
    request = request_of()
    for wanted in (5, 50):
        for _ in range(wanted - IndicatorFactory._meta.model.objects.count()):
            FigureFactory(indicator=IndicatorFactory(), period="2024")
        with CaptureQueriesContext(connection) as captured:
            registrations.current_figures(request, None)
        assert len(captured) == 3
