"""THE OUTAGE DRILL: each real server is killed, and every kind of page does what docs/operations.md says.

One portal over a PostgreSQL, a Redis and an Elasticsearch of its own, with the starter content, asked by visitors and
by a member while one server after the other is killed and started again. The portal itself is never restarted.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
import server
import services
from console import PlainError

from network.members.demo import PASSWORD
from tests.rooms.redis_server import RedisServer

from .conftest import ROOT, free_port, person_environment
from .engines import OwnElasticsearch, distribution

pytestmark = [pytest.mark.slow, pytest.mark.grown_only]

SECONDS = 60
#: Every kind of page. A number behind the question mark keeps a visitor's page out of the page cache.
VISITORS = (
    "/en/",
    "/en/about/",
    "/en/library/",
    "/en/library/?stage=reintegration",
    "/en/library/at-single-return-counselling/",
    "/en/meetings/",
    "/en/meetings/sarajevo-2025-01-operational/",
    "/en/recommendations/",
    "/en/figures/",
    "/en/terms/",
    "/en/organisations/",
    "/en/search/?q=povratak",
    "/en/accounts/login/",
    "/sitemap.xml",
)
MEMBERS = ("/en/", "/en/library/", "/en/directory/", "/en/rooms/", "/en/rooms/readmission-officers/", "/en/profile/")
ROOM = "/en/rooms/readmission-officers/"
_numbers = count()


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Portal:
    """The portal under the drill, and a member's cookies."""

    port: int
    log: Path
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, *, member: bool = False, form: dict[str, str] | None = None) -> Answer:
        headers = {"Host": "localhost", "Accept-Encoding": "identity"}
        if member:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        else:
            path += f"{'&' if '?' in path else '?'}n={next(_numbers)}"
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as client:
            if form is None:
                client.request("GET", path, headers=headers)
            else:
                headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost"}
                client.request("POST", path, body=urlencode(form), headers=headers)
            answer = client.getresponse()
            for name, value in answer.getheaders():
                if member and name.lower() == "set-cookie":
                    cookie, _, kept = value.partition(";")[0].partition("=")
                    self.cookies[cookie] = kept
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read().decode())

    def token(self, path: str) -> str:
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.ask(path, member=True).text)
        assert found
        return found[1]

    def log_in(self) -> None:
        form = {"csrfmiddlewaretoken": self.token("/en/accounts/login/")}
        form |= {"login": "member@example.org", "password": PASSWORD}
        assert self.ask("/en/accounts/login/", member=True, form=form).status == 302

    def post(self, token: str, text: str) -> Answer:
        numbers = f"{next(_numbers):012d}"
        form = {"csrfmiddlewaretoken": token, "client_id": f"0b0e6f0e-7d5c-4b1e-9a77-{numbers}", "body": text}
        return self.ask(f"{ROOM}post/", member=True, form=form)

    def answers(self) -> dict[str, int]:
        """Who asked for which page -> what was answered; all kinds of pages once."""
        found = {f"visitor {path}": self.ask(path).status for path in VISITORS}
        return found | {f"member {path}": self.ask(path, member=True).status for path in MEMBERS}

    def is_well(self) -> bool:
        return self.ask("/health/ready").status == 200

    def said(self) -> str:
        return self.log.read_text("utf-8")


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.2)


def others(answers: dict[str, int], *expected: int) -> dict[str, int]:
    return {page: status for page, status in answers.items() if status not in expected}


def kill(service: server.Service) -> None:
    number = service.process()
    assert number
    os.kill(number, signal.SIGKILL)
    until(lambda: not service.answers(), f"{service.name} still answers")


def starts(service: server.Service) -> bool:
    """Start it; not yet, while processes of the killed one still hold its memory."""
    try:
        service.start()
    except PlainError:
        return False
    return True


def test_every_outage_is_as_the_handbook_says(drill: tuple[Portal, Servers] | None) -> None:
    if drill is None:
        return
    portal, servers = drill
    assert others(portal.answers(), 200) == {}
    token = portal.token(ROOM)
    assert portal.post(token, "Before the drill").status == 302

    # Redis: pages are slower, limits do not count, messages are kept.
    servers.redis.kill()
    assert others(portal.answers(), 200) == {}
    assert portal.post(token, "Without Redis").status == 302
    assert "Without Redis" in portal.ask(ROOM, member=True).text
    assert not portal.is_well()
    assert portal.said().count("Redis is away") == 1
    servers.redis.start()
    until(portal.is_well, "not well after Redis came back")
    assert others(portal.answers(), 200) == {}

    # Elasticsearch: search says so, the library shows the newest, everything else works.
    kill(servers.elasticsearch)
    assert others(portal.answers(), 200) == {"visitor /en/search/?q=povratak": 503}
    assert "does not answer at the moment" in portal.ask("/en/search/?q=kthimi").text
    assert portal.post(token, "Without Elasticsearch").status == 302
    servers.elasticsearch.start()
    until(portal.is_well, "not well after Elasticsearch came back")
    assert portal.ask("/en/search/?q=kthimi").status == 200

    # PostgreSQL: nothing without records, in words, and nothing typed is lost.
    kill(servers.postgresql)
    answers = portal.answers()
    assert others(answers, 200, 503) == {}
    # What is remembered whole may still be shown to visitors.
    assert {status for page, status in answers.items() if page.startswith("member")} == {503}
    assert [status for page, status in answers.items() if page.startswith("visitor")].count(503) > len(VISITORS) / 2
    refused = portal.post(token, "Without PostgreSQL")
    assert refused.status == 503
    assert refused.headers["retry-after"] == "30"
    assert "Without PostgreSQL" in refused.text
    assert portal.ask("/health/live").status == 200
    assert portal.ask("/health/ready").status == 503
    until(lambda: starts(servers.postgresql), "PostgreSQL did not start again")
    until(portal.is_well, "not well after PostgreSQL came back")
    assert others(portal.answers(), 200) == {}
    assert portal.post(token, "After the drill").status == 302
    shown = portal.ask(ROOM, member=True).text
    assert all(text in shown for text in ("Before the drill", "Without Redis", "Without Elastic", "After the drill"))


@dataclass
class Servers:
    """The servers to kill."""

    postgresql: services.PostgreSQL
    redis: RedisServer
    elasticsearch: OwnElasticsearch


@pytest.fixture
def drill(left_out: Callable[[str], None]) -> Iterator[tuple[Portal, Servers] | None]:
    """A portal with the starter content over servers of its own; None, with the reason said, where there are none."""
    program = distribution()
    if program is None:
        left_out("Elasticsearch is not unpacked here: run make services")
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="portal-drill-"))
    home.chmod(0o755)
    server.make_user()
    servers = Servers(services.PostgreSQL(home), RedisServer(home), OwnElasticsearch(home, program))
    process = None
    try:
        servers.redis.start()
        servers.elasticsearch.start()
        servers.postgresql.start()
        env = person_environment(
            DJANGO_SETTINGS_MODULE="config.settings.dev",
            IGNORE_DOTENV="true",
            VAR_DIR=str(home / "var"),
            DATABASE_URL=servers.postgresql.url,
            REDIS_URL=servers.redis.url,
            ELASTICSEARCH_URL=servers.elasticsearch.url,
            DEMO_NOTES=str(home / "notes.txt"),
        )
        prepare = [sys.executable, "scripts/prepare.py", "database", "content", "search", "static"]
        subprocess.run(prepare, cwd=ROOT, env=env, check=True, capture_output=True)
        portal = Portal(free_port(), home / "portal.log")
        with portal.log.open("wb") as log:
            serve = [sys.executable, "-m", "config.serve", f"--port={portal.port}", "--seconds-to-stop=1"]
            process = subprocess.Popen(serve, cwd=ROOT, env=env, stdout=log, stderr=log)
        until(lambda: _lives(portal), "the portal did not start")
        portal.log_in()
        yield portal, servers
    finally:
        if process is not None:
            process.terminate()
            process.wait(30)
        servers.redis.kill()
        servers.elasticsearch.stop()
        servers.postgresql.stop()
        shutil.rmtree(home, ignore_errors=True)


def _lives(portal: Portal) -> bool:
    try:
        return portal.ask("/health/live").status == 200
    except OSError:
        return False
