import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from library.indicators.enums import Frequency
from library.indicators.models import Figure
from tests.factories.indicators import FigureFactory, IndicatorFactory

pytestmark = pytest.mark.django_db


def test_days_and_frequency_follow_the_period_whoever_writes() -> None:
    figure = FigureFactory(period="2024-Q3", start=dt.date(1999, 1, 1))
    figure.refresh_from_db()
    assert (figure.start, figure.end, figure.frequency) == (
        dt.date(2024, 7, 1),
        dt.date(2024, 9, 30),
        Frequency.QUARTER,
    )


def test_words_for_a_period_need_a_first_day_of_their_own() -> None:
    with pytest.raises(ValidationError) as error:
        FigureFactory(period="2023 to early June")
    assert "“2023 to early June” is no period" in error.value.message_dict["period"][0]
    figure = FigureFactory(period="2023 to early June", start=dt.date(2023, 1, 1))
    assert (figure.frequency, figure.end) == (Frequency.SPAN, None)


def test_a_figure_without_a_value_and_without_words_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs a value"):
        FigureFactory.build(indicator=IndicatorFactory(), value=None).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureFactory(value=None)


def test_a_figure_of_an_unknown_area_is_refused_by_name() -> None:
    with pytest.raises(ValidationError) as error:
        FigureFactory.build(indicator=IndicatorFactory(), area="ZZ").full_clean()
    assert "“ZZ” is no area" in error.value.message_dict["area"][0]


def test_a_source_that_is_no_address_is_named() -> None:
    with pytest.raises(ValidationError) as error:
        IndicatorFactory.build(sources="https://example.org/\njavascript:alert(1)").full_clean()
    assert error.value.message_dict["sources"] == ["“javascript:alert(1)” is no web address."]


def test_a_figure_is_named_by_series_area_and_period() -> None:
    assert str(Figure(code="migr_eirtn1", area="EU", period="2024-Q1")) == "migr_eirtn1 EU 2024-Q1"


def test_the_source_is_shown_by_its_host() -> None:
    assert Figure(source="https://www.example.org/a/b").source_host == "example.org"
