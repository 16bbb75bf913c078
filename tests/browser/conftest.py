"""A portal of its own for the browser: the real server with the starter content, in a folder that goes with the run."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from network.members.demo import PASSWORD

from .pages import PageToSee
from .seeing import Seen, look_at

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS_TO_START = 60
SHOTS = ROOT / "var" / "shots"
#: Named for the tests' world; the server has a world of its own.
NOT_FOR_THE_SERVER = {
    "PORTAL_TEST_WORLD",
    "DATABASE_URL",
    "REDIS_URL",
    "ELASTICSEARCH_URL",
    "EMAIL_URL",
    "PYTEST_CURRENT_TEST",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the portal did not start:\n{log.read_text(errors='replace')[-4000:]}", pytrace=False)


@pytest.fixture(scope="session")
def portal() -> Iterator[str]:
    """The address of a portal with the starter content."""
    with tempfile.TemporaryDirectory(prefix="portal-browser-") as folder:
        log = Path(folder) / "log"
        address = f"http://127.0.0.1:{free_port()}"
        env = {name: value for name, value in os.environ.items() if name not in NOT_FOR_THE_SERVER}
        env |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "IGNORE_DOTENV": "true",
            "VAR_DIR": folder,
            "BASE_URL": address,
            "DEMO_NOTES": f"{folder}/notes.txt",
        }
        with log.open("wb") as output:
            prepare = [sys.executable, "scripts/prepare.py", "database", "content", "search", "static"]
            if subprocess.run(prepare, cwd=ROOT, env=env, stdout=output, stderr=output, check=False).returncode:
                pytest.fail(f"the starter content did not load:\n{log.read_text()[-4000:]}", pytrace=False)
            serve = [sys.executable, "-m", "config.serve", "--port", address.rpartition(":")[2]]
            server = subprocess.Popen(
                [*serve, "--log-level", "warning"], cwd=ROOT, env=env, stdout=output, stderr=output
            )
            try:
                wait_until_it_answers(address, server, log)
                yield address
            finally:
                server.terminate()
                server.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def logged_in(chromium: Browser, portal: str) -> Callable[[str], Any]:
    """The cookies of an example account, by its role ("member", "staff", "applicant", …); None for a visitor."""
    states: dict[str, Any] = {"": None}

    def state(role: str) -> Any:
        if role not in states:
            context = chromium.new_context(base_url=portal)
            page = context.new_page()
            page.goto("/en/accounts/login/")
            page.get_by_label("Email").fill(f"{role}@example.org")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Log in").click()
            page.get_by_text("My account").first.wait_for(state="attached")
            states[role] = context.storage_state()
            context.close()
        return states[role]

    return state


OpenPage = Callable[..., Any]


@pytest.fixture(scope="session")
def visit(chromium: Browser, portal: str, logged_in: Callable[[str], Any]) -> OpenPage:
    """``with visit("member", width=360, scheme="dark") as page``: a fresh browser of that role.

    What the browser complained of stands in ``page.complaints``.
    """

    @contextmanager
    def opened(role: str = "", *, width: int = 1440, scheme: str = "light", script: bool = True) -> Iterator[Page]:
        context = chromium.new_context(
            base_url=portal,
            storage_state=logged_in(role),
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.complaints = []  # kept where the test looks for it
        page.on("console", lambda message: note(page, message.type, message.text))
        page.on("pageerror", lambda error: note(page, "error", str(error)))
        page.on("request", lambda request: note_stranger(page, portal, request.url))
        try:
            yield page
        finally:
            context.close()

    return opened


def note(page: Page, kind: str, text: str) -> None:
    # The answer's own status is what the test looks at.
    if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
        page.complaints.append(text)


def note_stranger(page: Page, portal: str, url: str) -> None:
    if not url.startswith((portal, "data:", "blob:", portal.replace("http", "ws", 1))):
        page.complaints.append(f"asked a stranger: {url}")


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where photographs go, to be looked at by people."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS


@pytest.fixture(scope="session")
def look(visit: OpenPage, shots: Path) -> Callable[[PageToSee], Seen]:
    """What is seen of a page; each is opened once a run."""
    return cache(lambda wanted: look_at(visit, wanted, shots))
