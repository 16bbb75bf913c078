from decimal import Decimal

import pytest
from django.utils import translation

from library.indicators.numbers import number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("8135.0000"), "8,135"),
        (Decimal("2.4000"), "2.4"),
        (Decimal(100), "100"),
        (1e10, "10,000,000,000"),
        (0, "0"),
    ],
)
def test_a_number_is_written_with_thousands_apart_and_no_needless_zeros(value: Decimal | float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "34.550,5"),
        ("cnr", "34.550,5"),
        ("bs", "34.550,5"),
        ("sr", "34.550,5"),
        ("sq", "34\N{NO-BREAK SPACE}550,5"),
    ],
)
def test_each_language_writes_numbers_its_own_way(language: str, text: str) -> None:
    with translation.override(language):
        assert number_text(Decimal("34550.5")) == text
