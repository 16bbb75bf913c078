"""The grown-up split: pages under gunicorn, sockets under uvicorn, the project's own nginx configuration in front.

Three real programs over PostgreSQL and Redis, under production settings, spoken to over TLS as a browser would.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from urllib.parse import urlencode

import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.test import Client
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from network.rooms.models import Room
from tests.factories.rooms import RoomFactory, person

from .conftest import NGINX, ROOT, free_port, person_environment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECONDS_TO_START = 60


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass(frozen=True)
class Installation:
    """Where the three programs listen."""

    https: int
    http: int
    pages: int
    sockets: int
    certificate: Path
    logs: Path

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def ask(self, path: str, *, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """A page through the proxy, or a form sent to it; redirects are not followed."""
        with closing(http.client.HTTPSConnection("localhost", self.https, context=self.trust, timeout=20)) as client:
            if form is None:
                client.request("GET", path, headers=headers)
            else:
                sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin, **headers}
                client.request("POST", path, body=urlencode(form), headers=sent)
            answer = client.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.https}"


def environment(world: Path) -> dict[str, str]:
    """Production's variables, pointed at this test's database, Redis keys and index."""
    database = connection.settings_dict
    server = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return person_environment(
        DJANGO_SETTINGS_MODULE="config.settings.production",
        IGNORE_DOTENV="true",
        VAR_DIR=str(world),
        SECRET_KEY=settings.SECRET_KEY,
        ALLOWED_HOSTS="localhost",
        BASE_URL="https://localhost",
        DATABASE_URL=f"postgres://{database['USER']}:{database['PASSWORD']}@{server}",
        EMAIL_URL="smtp://127.0.0.1:1",
        TRUSTED_PROXIES="127.0.0.1",
        **{
            name: os.environ[name] for name in ("REDIS_URL", "REDIS_PREFIX", "ELASTICSEARCH_URL", "ELASTICSEARCH_INDEX")
        },
    )


def make_certificate(folder: Path) -> Path:
    """A self-signed certificate for localhost, as the proxy wants it."""
    tls = folder / "tls"
    tls.mkdir()
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", tls / "privkey.pem", "-out", tls / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )
    return tls / "fullchain.pem"


def proxy_configuration(folder: Path, **values: str) -> Path:
    """The project's own template, filled in as the official image does, inside the least nginx needs around it."""
    template = (ROOT / "deploy" / "nginx" / "portal.conf.template").read_text("utf-8")
    (folder / "portal.conf").write_text(Template(template).safe_substitute(values), "utf-8")
    main = folder / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder / kind};" for kind in kinds)
    main.write_text(
        f"pid {folder / 'nginx.pid'}; error_log {folder / 'nginx.log'}; daemon off; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} include {folder / 'portal.conf'}; }}\n",
        "utf-8",
    )
    return main


def composed(service: str, **here: str) -> list[str]:
    """The command of a service in compose.yaml, with what is different `here`."""
    program, *options = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"][service]["command"]
    for there, value in here.items():
        assert any(there in option for option in options)
        options = [option.replace(there, value) for option in options]
    return [sys.executable, *options] if program == "python" else [sys.executable, "-m", program, *options]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Installation]:
    """gunicorn, uvicorn and nginx, started as compose.yaml does, stopped afterwards."""
    tmp_path = tmp_path_factory.mktemp("split")
    ports = {name: free_port() for name in ("https", "http", "pages", "sockets")}
    certificate = make_certificate(tmp_path)
    env = environment(tmp_path / "var")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"], cwd=ROOT, env=env, check=True
    )
    configuration = proxy_configuration(
        tmp_path,
        PAGES=f"127.0.0.1:{ports['pages']}",
        SOCKETS=f"127.0.0.1:{ports['sockets']}",
        HTTP_PORT=str(ports["http"]),
        HTTPS_PORT=str(ports["https"]),
        TLS_FOLDER=str(certificate.parent),
    )
    commands = {
        "pages": composed("pages", **{"0.0.0.0:8000": f"127.0.0.1:{ports['pages']}", "${PAGE_WORKERS:-3}": "2"}),
        # A line for every answer tells the tests who gave it.
        "sockets": [
            *composed("sockets", **{"0.0.0.0": "127.0.0.1", "8000": str(ports["sockets"])}),
            "--log-level=info",
        ],
        "proxy": [str(NGINX), "-c", str(configuration)],
    }
    running = []
    for name, command in commands.items():
        with (tmp_path / f"{name}.log").open("w") as log:
            running.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log))
    started = Installation(**ports, certificate=certificate, logs=tmp_path)
    try:
        for name in ("pages", "sockets"):
            wait_for(ports[name], tmp_path / f"{name}.log")
        yield started
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)


def wait_for(port: int, log: Path) -> None:
    """Return when the portal on `port` says that it lives."""
    limit = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < limit:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            client.request("GET", "/health/live", headers={"Host": "localhost"})
            if client.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            client.close()
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture
def member_in_a_room(transactional_db: None) -> tuple[str, Room]:
    """A member's session and a room, committed, for processes of their own to see."""
    client = Client()
    client.force_login(person())
    return str(client.session.session_key), RoomFactory(title="Travel documents")


def test_both_halves_are_well_behind_the_proxy(installation: Installation) -> None:
    answer = installation.ask("/health/live")
    assert (answer.status, answer.text) == (200, "live\n")

    parts = json.loads(installation.ask("/health/ready").text)["parts"]
    for name in ("database", "channel_layer", "cache"):
        assert parts[name]["ok"], parts


def test_the_health_check_of_the_containers_finds_both_alive(installation: Installation) -> None:
    for port in (installation.pages, installation.sockets):
        command = [sys.executable, str(ROOT / "deploy" / "healthcheck.py"), str(port)]
        assert subprocess.run(command, env={"ALLOWED_HOSTS": "localhost"}, check=False).returncode == 0


def test_plain_http_is_sent_to_https_at_the_same_address(installation: Installation) -> None:
    with closing(http.client.HTTPConnection("localhost", installation.http, timeout=10)) as client:
        client.request("GET", "/en/search/?q=return")
        answer = client.getresponse()

        assert answer.status == 308
        assert answer.headers["Location"] == "https://localhost/en/search/?q=return"


def test_a_page_comes_from_gunicorn_with_productions_headers(installation: Installation) -> None:
    answer = installation.ask("/en/accounts/login/")

    assert answer.status == 200
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    stylesheet = re.search(r"/static/portal/css/look\.[0-9a-f]+\.css", answer.text)
    assert stylesheet
    assert "immutable" in installation.ask(stylesheet.group()).headers["Cache-Control"]


def test_the_path_of_sockets_reaches_uvicorn_and_the_rest_does_not(installation: Installation) -> None:
    sockets, pages = installation.logs / "sockets.log", installation.logs / "pages.log"

    installation.ask("/ws/no-such-place/")
    installation.ask("/en/no-such-page/")

    assert "/ws/no-such-place/" in sockets.read_text("utf-8")
    assert "/en/no-such-page/" not in sockets.read_text("utf-8")
    assert "/ws/no-such-place/" not in pages.read_text("utf-8")


def test_a_message_sent_by_a_form_to_gunicorn_reaches_a_socket_on_uvicorn(
    installation: Installation, member_in_a_room: tuple[str, Room]
) -> None:
    session, room = member_in_a_room
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    with connect(
        f"wss://localhost:{installation.https}/ws/rooms/{room.slug}/",
        ssl=installation.trust,
        origin=Origin(installation.origin),
        additional_headers={"Cookie": cookie},
        proxy=None,
    ) as socket:
        socket.send(json.dumps({"type": "hello", "last_seq": 0}))
        assert json.loads(socket.recv(timeout=20))["type"] == "welcome"

        page = installation.ask(f"/en/rooms/{room.slug}/", Cookie=cookie)
        token = str(re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1])
        csrf = page.headers["Set-Cookie"].partition(";")[0]
        answer = installation.ask(
            f"/en/rooms/{room.slug}/post/",
            form={"csrfmiddlewaretoken": token, "client_id": str(uuid.uuid4()), "body": "Laissez-passer in three days"},
            Cookie=f"{cookie}; {csrf}",
            Referer=f"{installation.origin}/en/rooms/{room.slug}/",
        )
        assert answer.status == 302, answer.text

        heard = json.loads(socket.recv(timeout=20))
        assert heard["type"] == "messages"
        assert [message["text"] for message in heard["messages"]] == ["Laissez-passer in three days"]


def test_a_socket_from_another_site_is_refused(installation: Installation, member_in_a_room: tuple[str, Room]) -> None:
    session, room = member_in_a_room

    with pytest.raises(InvalidStatus) as refused:
        connect(
            f"wss://localhost:{installation.https}/ws/rooms/{room.slug}/",
            ssl=installation.trust,
            origin=Origin("https://elsewhere.example.org"),
            additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"},
            proxy=None,
        )

    assert refused.value.response.status_code == 403


def test_a_line_of_the_log_is_an_object_with_the_number_that_the_visitor_got(installation: Installation) -> None:
    answer = installation.ask(f"/en/nowhere-{uuid.uuid4().hex}/")

    lines = (installation.logs / "pages.log").read_text("utf-8").splitlines()
    said = [json.loads(line) for line in lines if line.startswith("{")]
    (line,) = [each for each in said if each["request_id"] == answer.headers["X-Request-ID"]]
    assert line["level"] == "WARNING"
    assert line["logger"] == "django.request"
    assert "nowhere-" in line["message"]
    assert datetime.fromisoformat(line["time"]).tzinfo


def test_what_has_to_be_done_regularly_is_done_with_productions_settings(
    installation: Installation, transactional_db: None
) -> None:
    result = subprocess.run(
        ["sh", "deploy/chores.sh"],
        cwd=ROOT,
        env={**environment(installation.logs / "var"), "PYTHON": sys.executable, "TASKS_BACKEND": "database"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert "0 memberships ended" in result.stdout
    assert "0 sent, 0 waiting" in result.stdout
