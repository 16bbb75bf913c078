import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from library.indicators.areas import area_name, countries_of, is_area, reading_order, validate_area


def test_areas_have_names_in_the_readers_language() -> None:
    assert area_name("XK") == "Kosovo*"
    assert area_name("EU") == "European Union"
    assert area_name("HR-BA") == "Croatia to Bosnia and Herzegovina"
    with translation.override("de"):
        assert area_name("AT") == "Österreich"


def test_a_group_names_no_country_and_a_pair_names_two() -> None:
    assert countries_of("WB-ROUTE") == ()
    assert countries_of("HR-BA") == ("HR", "BA")
    assert countries_of("RS") == ("RS",)


@pytest.mark.parametrize("code", ["", "ZZ", "rs", "HR-", "HR-BA-RS", "WB-RS"])
def test_what_is_no_area_is_refused_by_name(code: str) -> None:
    assert not is_area(code)
    with pytest.raises(ValidationError) as error:
        validate_area(code)
    assert f"“{code}” is no area" in error.value.messages[0]


def test_groups_are_read_first_then_the_region_then_others() -> None:
    assert sorted(["HR-BA", "RS", "AL", "EU", "AT"], key=reading_order) == ["EU", "AL", "RS", "AT", "HR-BA"]
