from pathlib import Path
from typing import Any

import pytest

from portal.pages.styleguide import GROUPS

from .seeing import sticking_out

PARTS = [name for names in GROUPS.values() for name in names]


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_every_component_fits_the_window_and_is_photographed(width: int, visit: Any, shots: Path) -> None:
    folder = shots / "components"
    folder.mkdir(exist_ok=True)
    with visit(width=width) as page:
        page.goto("/styleguide/")
        assert page.locator("[data-component]").count() == len(PARTS)
        assert sticking_out(page) == []
        for scheme in ("light", "dark") if width in (360, 1440) else ():
            page.emulate_media(color_scheme=scheme)
            for name in PARTS:
                page.locator(f'[data-component="{name}"]').screenshot(path=folder / f"{name}-{width}-{scheme}.png")


def test_a_dialog_opens_and_closes_without_a_script(visit: Any) -> None:
    with visit(script=False) as page:
        page.goto("/styleguide/")
        page.get_by_role("button", name="Open as a layer").click()
        dialog = page.get_by_role("dialog", name="Close recommendation ME-2?")
        assert dialog.is_visible()
        dialog.get_by_role("button", name="Close it").click()
        assert not dialog.is_visible()
