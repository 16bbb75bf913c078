from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from library.indicators import demo
from library.indicators.enums import FigureOrigin, FigureStatus, Frequency
from library.indicators.models import Figure, Indicator
from portal.core.audience import PUBLIC
from portal.core.demo import DemoReport, read_facts

pytestmark = pytest.mark.django_db

FACTS = read_facts(Path(demo.__file__).parent / "facts" / "indicators.yaml")


@pytest.fixture
def loaded() -> DemoReport:
    report = DemoReport()
    demo.load_indicators(report)
    return report


def test_every_indicator_of_the_facts_keeps_its_code_and_words(loaded: DemoReport) -> None:
    defined = {indicator.code: indicator for indicator in Indicator.objects.exclude(definition="")}
    assert set(defined) == {record["code"] for record in FACTS["indicators"]}
    for record in FACTS["indicators"]:
        indicator = defined[record["code"]]
        assert (indicator.name, indicator.definition, indicator.unit) == (
            record["name"],
            record["definition"],
            record["unit"],
        )
        assert indicator.sources.splitlines() == record["sources"]
        assert indicator.gaps.splitlines() == record.get("gaps", [])
    assert {defined["WB-RAN 1"].slug, defined["migr_eiord"].slug} == {"wb-ran-1", "migr_eiord"}


def test_every_figure_of_the_facts_is_there_once_with_its_source_and_nothing_else_is(loaded: DemoReport) -> None:
    def as_published(figure: Figure) -> tuple[str, str, str, str, str]:
        unit = f"{figure.unit}, rounded" if figure.rounded else figure.unit
        value = figure.value_text or str(int(figure.value or 0))
        return figure.code, figure.period, value, "" if unit == "%" else unit, figure.source

    facts = Counter(
        (record["indicator"], str(record["period"]), str(record["value"]), record.get("unit", ""), record["source"])
        for record in FACTS["figures"]
    )
    assert Counter(map(as_published, Figure.objects.all())) == facts
    assert sum(facts.values()) == 112
    assert loaded.made == {"indicators": 12 + 31, "figures": 112}


def test_every_note_of_the_facts_is_kept(loaded: DemoReport) -> None:
    notes = Counter(record.get("note", "") for record in FACTS["figures"])
    assert Counter(Figure.objects.values_list("note", flat=True)) == notes


def test_series_that_are_a_table_of_an_indicator_stand_under_it(loaded: DemoReport) -> None:
    quarterly = Indicator.objects.get(slug="migr_eirtn").figures.filter(code="migr_eirtn1")
    assert quarterly.count() == 14
    assert Indicator.objects.get(slug="wb-ran-1").figures.count() == 4


def test_series_the_sources_do_not_define_have_no_definition_owner_code_or_unit_invented(loaded: DemoReport) -> None:
    collected = Indicator.objects.filter(definition="")
    assert collected.count() == 31
    for indicator in collected:
        assert indicator.figures.exists()
        assert (indicator.code, indicator.counting_rule, indicator.unit) == ("", "", "")


def test_areas_periods_and_shares_are_read(loaded: DemoReport) -> None:
    albania = Figure.objects.get(code="migr_eirtn1", period="2024-Q4", area="AL")
    assert albania.area_note == "citizens of Albania, returned from the EU"
    assert albania.frequency == Frequency.QUARTER
    share = Figure.objects.get(code="migr_eirtn1", period="2024-Q1", area="AL")
    assert (share.value, share.value_text, share.unit) == (Decimal(6), "6 %", "%")
    both = Figure.objects.get(code="migr_eirt voluntary share")
    assert (both.value, both.value_text) == (None, "57.1 % voluntary, 42.9 % enforced")
    assert set(Figure.objects.filter(period="2023 to early June").values_list("area", "end")) == {("HR-BA", None)}


def test_only_what_a_source_calls_preliminary_is_provisional(loaded: DemoReport) -> None:
    provisional = Figure.objects.filter(status=FigureStatus.PROVISIONAL)
    assert [(figure.code, figure.period) for figure in provisional] == [
        ("WB-RAN 1 / Western Balkans route", "2024-01/2024-06")
    ]


def test_a_press_report_is_never_shown_as_the_owners_own_page(loaded: DemoReport) -> None:
    hosts = {figure.source_host for figure in Figure.objects.filter(origin=FigureOrigin.OWNER)}
    assert hosts == {
        "ec.europa.eu",
        "reliefweb.int",
        "kirs.gov.rs",
        "migrantprotection.iom.int",
        "wirkungsmonitoring.gv.at",
        "fra.europa.eu",
    }


def test_every_indicator_is_public(loaded: DemoReport) -> None:
    assert {tuple(one.audiences.values_list("pk", flat=True)) for one in Indicator.objects.all()} == {(PUBLIC,)}


def test_loading_again_makes_nothing_and_keeps_what_a_person_changed(loaded: DemoReport) -> None:
    indicator = Indicator.objects.get(slug="migr_eirtn")
    indicator.figures.first().delete()
    Indicator.objects.filter(slug="wb-ran-1").update(definition="Our own words.")
    Indicator.objects.get(slug="arrivals").delete()
    report = DemoReport()
    demo.load_indicators(report)
    assert report.made == {"indicators": 1, "figures": 1}
    assert indicator.figures.count() == 25
    assert Indicator.objects.get(slug="wb-ran-1").definition == "Our own words."


def test_indicators_know_their_owner_and_terms_when_those_are_loaded() -> None:
    call_command("load_demo")
    indicator = Indicator.objects.get(slug="migr_eirtn")
    assert indicator.owner_agency is not None
    assert indicator.owner_agency.slug == "eu-eurostat"
    assert "migration-statistics-regulation" in set(indicator.terms.values_list("slug", flat=True))
    mapping = read_facts(Path(demo.__file__).parent / "facts" / "mapping.yaml")
    filed = {code: len(terms) for code, terms in mapping["terms"].items()}
    assert {one.code: one.terms.count() for one in Indicator.objects.exclude(terms=None)} == filed
