from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from portal.pages import styleguide

COMPONENTS = sorted(file.stem for file in (styleguide.TEMPLATES / "components").glob("*.html"))
#: Parts that stand on the sheet inside another component, or are the frame of the sheet itself.
INSIDE_OTHERS = {
    "account_links",
    "fact",
    "field",
    "field_error",
    "filter",
    "footer",
    "masthead",
    "route_stop",
    "unfold",
}

pytestmark = pytest.mark.django_db


def test_every_component_stands_on_the_sheet() -> None:
    shown = {name for names in styleguide.GROUPS.values() for name in names}
    assert set(COMPONENTS) - shown == INSIDE_OTHERS
    assert shown - set(COMPONENTS) == {"mark", "colour", "letters", "buttons"}


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_says_how_to_use_it(name: str) -> None:
    assert styleguide.usage(name)


def test_the_sheet_shows_each_component_with_its_use(client: Client) -> None:
    html = client.get("/styleguide/").content.decode()
    for names in styleguide.GROUPS.values():
        for name in names:
            assert f'data-component="{name}"' in html
    assert escape(styleguide.usage("empty")) in html
    assert html.count("<h1") == 1


def test_templates_carry_no_styles_scripts_or_handlers_of_their_own() -> None:
    found = [
        f"{file.relative_to(settings.BASE_DIR)}: {word}"
        for folder in ("events", "library", "network", "portal", "search")
        for file in (Path(settings.BASE_DIR) / folder).rglob("templates/**/*.html")
        for word in (" style=", "<style", " onclick=", " onchange=", " onsubmit=", "javascript:")
        if word in file.read_text("utf-8")
    ]
    assert found == []
