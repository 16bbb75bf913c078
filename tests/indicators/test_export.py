import csv
import io

import pytest
from django.test import Client

from library.indicators.export import COLUMNS, safe
from tests.factories.indicators import FigureFactory, IndicatorFactory


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


@pytest.mark.django_db
def test_the_file_holds_every_figure_with_its_codes(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned", code="migr_eirtn", name="Returned – враћени")
    FigureFactory(indicator=indicator, code="migr_eirtn1", area="EU", period="2024-Q1", value="30570", rounded=True)
    FigureFactory(indicator=indicator, words=True, period="2024")
    answer = client.get("/en/figures/returned/figures.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="returned.csv"'
    first, second = rows(answer.content)
    assert tuple(first) == COLUMNS
    assert first["indicator"] == "Returned – враћени"
    assert (first["indicator_code"], first["series_code"], first["area_code"]) == ("migr_eirtn", "migr_eirtn1", "EU")
    assert (first["start"], first["end"], first["frequency"]) == ("2024-01-01", "2024-03-31", "quarter")
    assert (first["value"], first["unit"], first["rounded"]) == ("30570", "persons", "yes")
    assert (second["value"], second["value_as_published"]) == ("", "about half")


@pytest.mark.django_db
def test_the_file_holds_what_the_filters_of_the_page_leave(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    FigureFactory(indicator=indicator, area="AL", period="2023")
    FigureFactory(indicator=indicator, area="RS", period="2023")
    answer = client.get("/en/figures/returned/figures.csv?area=AL")
    assert [row["area_code"] for row in rows(answer.content)] == ["AL"]


@pytest.mark.django_db
def test_a_filter_that_is_not_understood_is_named_and_no_file_is_made(client: Client) -> None:
    FigureFactory(indicator=IndicatorFactory(slug="returned"))
    answer = client.get("/en/figures/returned/figures.csv?area=XX&since=abc")
    assert answer.status_code == 400
    assert "No figure here is about “XX”." in answer.content.decode()
    assert "“abc”" in answer.content.decode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_words(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.django_db
def test_no_formula_leaves_in_a_file_and_a_negative_number_stays_a_number(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned", name="=HYPERLINK(1)")
    FigureFactory(indicator=indicator, note="@cmd", value="-12.5")
    row = rows(client.get("/en/figures/returned/figures.csv").content)[0]
    assert (row["indicator"], row["note"], row["value"]) == ("'=HYPERLINK(1)", "'@cmd", "-12.5")
