"""Every page is valid HTML: html-validate looks at what the server sends, with the rules of tests/markup/rules.cjs."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import packages
import pytest
from playwright.sync_api import Browser

from .conftest import OpenPage
from .pages import PAGES, PageToSee
from .seeing import address

MARKUP = Path(__file__).parents[1] / "markup"
VALIDATOR = MARKUP / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
#: Rows that become cards on a narrow screen keep the roles that their display takes from them.
ROLE_OF_A_CARD = re.compile(r'role "(table|rowgroup|row|columnheader|rowheader|cell)"')
TABLE_OF_CARDS = re.compile(r'<table class="table table--cards[^>]*>.*?</table>', re.DOTALL)


@pytest.fixture(scope="session")
def markup(
    chromium: Browser,
    portal: str,
    logged_in: Callable[[str], Any],
    visit: OpenPage,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with one file a page: every kind of page as its role sees it, and all that the sitemap names."""
    folder = tmp_path_factory.mktemp("markup")
    for wanted in PAGES:
        path = wanted.path
        if wanted.follow:
            with visit(wanted.role) as page:
                path = address(page, wanted)
        context = chromium.new_context(base_url=portal, storage_state=logged_in(wanted.role))
        (folder / f"{wanted.name}.html").write_text(context.request.get(path).text(), "utf-8")
        if wanted.name == "home":
            found = re.findall(r"<loc>([^<]+)</loc>", context.request.get("/sitemap.xml").text())
            for number, each in enumerate(found):
                (folder / f"sitemap-{number}.html").write_text(context.request.get(each).text(), "utf-8")
        context.close()
    return folder


@pytest.fixture(scope="session")
def findings(markup: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """File name -> what the validator refuses on that page, each with its place."""
    packages.install_node_packages(MARKUP, tmp_path_factory.mktemp("npm") / "log")
    report = markup / "report.json"  # a file: what it writes to a pipe, Node cuts when it ends
    command = ["node", VALIDATOR, "--config", MARKUP / "rules.cjs", "--formatter", f"json={report}", markup]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode in (0, 1), said.stderr
    return {Path(page["filePath"]).stem: list(told(page)) for page in json.loads(report.read_text("utf-8"))}


def told(page: dict[str, Any]) -> Iterator[str]:
    text = Path(page["filePath"]).read_text("utf-8")
    cards = [match.span() for match in TABLE_OF_CARDS.finditer(text)]
    for message in page["messages"]:
        inside = any(first <= message["offset"] < last for first, last in cards)
        if not (message["ruleId"] == "no-redundant-role" and inside and ROLE_OF_A_CARD.search(message["message"])):
            line = text.splitlines()[message["line"] - 1].strip()[:200]
            yield f"{message['ruleId']}: {message['message']} ({message['selector']}): {line}"


@pytest.mark.parametrize("wanted", PAGES, ids=lambda wanted: wanted.name)
def test_every_kind_of_page_is_valid(wanted: PageToSee, findings: dict[str, list[str]]) -> None:
    found = findings.get(wanted.name, [])
    assert not found, "\n".join(found)


def test_every_page_of_the_sitemap_is_valid(markup: Path, findings: dict[str, list[str]]) -> None:
    pages = {path.stem for path in markup.glob("sitemap-*.html")}
    found = {line for name in pages for line in findings.get(name, [])}
    assert len(pages) > 40
    assert not found, "\n".join(sorted(found))
