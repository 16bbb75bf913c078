"""Looking at a page once, for every test that asks something of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from .pages import PageToSee

#: WCAG 2.2 AA and axe's own good practice.
_AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: Elements that stick out of the window and are not inside a box that scrolls or cuts.
_STICKING_OUT = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.right <= innerWidth + 1) return false;
  for (let around = element.parentElement; around; around = around.parentElement)
    if (getComputedStyle(around).overflowX !== "visible") return false;
  return true;
}).slice(0, 5).map((element) => `${element.tagName.toLowerCase()}.${element.className}`)"""
WIDTHS = (1440, 1024, 768, 360, 320)


@dataclass
class Seen:
    """What was seen of a page: answer, weight on the wire, complaints; by width what sticks out; axe's findings."""

    status: int
    weight: float
    stylesheets: int
    complaints: list[str]
    sticking_out: dict[int, list[str]] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


def look_at(visit: Callable[..., Any], wanted: PageToSee, shots: Path) -> Seen:
    """Open the page as a first visit, then narrow the window and turn the lights off."""
    with visit(wanted.role) as page:
        path = address(page, wanted)
        sizes: list[float] = []
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        answer: Response | None = page.goto(path, wait_until="networkidle")
        assert answer is not None
        seen = Seen(answer.status, sum(sizes), page.locator('link[rel="stylesheet"]').count(), page.complaints)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            seen.sticking_out[width] = sticking_out(page)
            if width in (1440, 360):
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    page.screenshot(path=shots / f"{wanted.name}-{width}-{scheme}.png", full_page=True)
                    found = Axe().run(page, options=_AXE).response["violations"]
                    seen.violations += [told(violation, width, scheme) for violation in found]
    return seen


def address(page: Page, wanted: PageToSee) -> str:
    """The page's own address: behind a link where it has to be followed."""
    if not wanted.follow:
        return wanted.path
    page.goto(wanted.path)
    target = page.locator(wanted.follow).first.get_attribute("href")
    assert target, f"{wanted.path} has no {wanted.follow}"
    # The first load is measured: nothing of the page before may be kept.
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto("about:blank")
    return target


def sticking_out(page: Page) -> list[str]:
    """What makes the page scroll sideways; empty when it does not."""
    if page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        return []
    return list(page.evaluate(_STICKING_OUT)) or ["something"]


def told(violation: dict[str, Any], width: int, scheme: str) -> str:
    """One finding of axe, with the first places."""
    places = [f"    {node['html'][:200]}\n    {node['failureSummary'][:300]}" for node in violation["nodes"][:3]]
    return "\n".join([f"{width} px, {scheme}: {violation['id']}: {violation['help']}", *places])
