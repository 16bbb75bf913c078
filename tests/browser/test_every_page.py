"""What is asked of every page. Each is looked at once."""

from typing import Any

import pytest

from .pages import PAGES, PageToSee

every_page = pytest.mark.parametrize("wanted", PAGES, ids=lambda wanted: wanted.name)
#: Bytes on the wire, everything included.
FIRST_LOAD = 150_000


@every_page
def test_the_page_is_the_one_wanted(wanted: PageToSee, look: Any) -> None:
    assert look(wanted).status == wanted.status


@every_page
def test_axe_finds_nothing_in_either_scheme_at_either_width(wanted: PageToSee, look: Any) -> None:
    violations = look(wanted).violations
    assert not violations, "\n".join(violations)


@every_page
def test_no_page_scrolls_sideways(wanted: PageToSee, look: Any) -> None:
    assert {width: found for width, found in look(wanted).sticking_out.items() if found} == {}


@every_page
def test_the_browser_has_nothing_to_complain_of(wanted: PageToSee, look: Any) -> None:
    assert look(wanted).complaints == []


@every_page
def test_the_first_load_is_light_and_waits_for_one_stylesheet(wanted: PageToSee, look: Any) -> None:
    seen = look(wanted)
    assert 1_000 < seen.weight <= FIRST_LOAD
    assert seen.stylesheets == (2 if wanted.name == "styleguide" else 1)
