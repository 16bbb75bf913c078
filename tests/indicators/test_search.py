from pathlib import Path
from typing import Any

import pytest
from django.core import serializers

from library.indicators.documents import indicator_document
from portal.core.audience import ANONYMOUS, MEMBERS, PUBLIC
from search import indexing, search
from search.query import SearchRequest
from tests.factories.indicators import FigureFactory, IndicatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_index(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH = {
        "BACKEND": "search.backends.embedded.EmbeddedBackend",
        "OPTIONS": {"path": str(tmp_path / "index")},
    }


def found(text: str, tokens: frozenset[str] = ANONYMOUS, **filters: tuple[str, ...]) -> list[str]:
    indexing.drain()
    return [hit.slug for hit in search(SearchRequest(audiences=tokens, text=text, filters=filters)).hits]


def test_an_indicator_is_found_by_name_code_and_the_code_of_a_series() -> None:
    indicator = IndicatorFactory(slug="returned", code="migr_eirtn", name="Nationals returned following an order")
    FigureFactory(indicator=indicator, code="migr_eirtn1")
    assert found("returned following") == found("migr_eirtn") == found("migr_eirtn1") == ["returned"]


def test_it_is_found_by_the_countries_and_years_of_its_figures() -> None:
    indicator = IndicatorFactory(name="Readmission requests")
    FigureFactory(indicator=indicator, area="HR-BA", period="2021/2023")
    FigureFactory(indicator=indicator, area="EU", period="2019")
    facets = indicator_document(indicator).facets
    assert facets["country"] == ("BA", "HR")
    assert facets["year"] == ("2019", "2021", "2022", "2023")


def test_a_new_figure_makes_its_indicator_findable_by_its_country() -> None:
    indicator = IndicatorFactory(slug="returned", name="Returned persons")
    indexing.drain()
    assert found("returned", country=("RS",)) == []
    figure = FigureFactory(indicator=indicator, area="RS")
    assert found("returned", country=("RS",)) == ["returned"]
    figure.delete()
    assert found("returned", country=("RS",)) == []


def test_an_indicator_for_members_is_found_by_members_alone_also_after_a_change_of_audience() -> None:
    indicator = IndicatorFactory(slug="hidden", name="Hidden series", audiences=[MEMBERS])
    assert found("hidden series") == []
    assert found("hidden series", frozenset({PUBLIC, MEMBERS})) == ["hidden"]
    indicator.audiences.set([PUBLIC])
    assert found("hidden series") == ["hidden"]


def test_an_indicator_without_figures_has_no_date_and_the_newest_figure_gives_it_one() -> None:
    indicator = IndicatorFactory()
    assert indicator_document(indicator).date is None
    FigureFactory(indicator=indicator, period="2024-Q1")
    document = indicator_document(indicator)
    assert str(document.date) == "2024-03-31"
    assert document.path == f"figures/{indicator.slug}/"


def test_a_figure_that_goes_with_its_indicator_leaves_nothing_to_index() -> None:
    indicator = IndicatorFactory(slug="returned", name="Returned persons")
    FigureFactory(indicator=indicator)
    assert found("returned") == ["returned"]
    indicator.delete()
    assert found("returned") == []
    assert indexing.backlog().waiting == 0


def test_a_fixture_that_holds_figures_before_their_indicator_is_loaded() -> None:
    figure = FigureFactory(indicator=IndicatorFactory(slug="returned", name="Returned persons"))
    dump = serializers.serialize("json", [figure, figure.indicator])
    figure.indicator.delete()
    for one in serializers.deserialize("json", dump):
        one.save()
    assert found("returned") == ["returned"]
