"""The starved server: who sends half, who does not read and who sends too much stop nobody else's page.

A real server on a bare machine's settings, with sockets held open as an attacker would.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from config.serve import LONGEST_FRAME
from tests.factories.core import document
from tests.factories.rooms import RoomFactory, person
from tests.rooms.servers import database_url

from .conftest import ROOT, free_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECONDS_TO_START = 60
#: More than the threads that make pages.
MANY = 20


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A portal as `make demo` starts it, on the test's database."""
    number = free_port()
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.rooms.server_settings", "DATABASE_URL": database_url()}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "config.serve", f"--port={number}", "--seconds-to-stop=1"],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
        )
    try:
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end and server.poll() is None:
            try:
                if ask(number, "/health/live") == 200:
                    break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail((tmp_path / "log").read_text("utf-8"))
        yield number
    finally:
        server.terminate()
        server.wait(30)


def ask(port: int, path: str, timeout: float = 20) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as client:
        client.request("GET", path, headers={"Host": "localhost"})
        answer = client.getresponse()
        answer.read()
        return answer.status


def sends(port: int, text: str, *, buffer: int = 0) -> socket.socket:
    """A connection that said `text` and keeps silent; with a small `buffer`, one that takes next to nothing."""
    client = socket.socket()
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.connect(("127.0.0.1", port))
    client.sendall(text.encode())
    return client


def test_pages_answer_beside_everybody_who_is_slow(port: int) -> None:
    # With a cookie for its token: without one a form is refused before it is read.
    token = f"Cookie: {settings.CSRF_COOKIE_NAME}={'x' * 32}"
    half_a_form = (
        f"POST /en/accounts/login/ HTTP/1.1\r\nHost: localhost\r\n{token}\r\nContent-Length: 999\r\n\r\nlogin="
    )
    half_a_head = "GET /en/accounts/login/ HTTP/1.1\r\nHost: local"
    # More than the system keeps for a reader who takes nothing.
    long = document("public", file=ContentFile(b"x" * 12_000_000, "long.txt"))
    long_file = f"GET {long.url} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as everybody:
        for _ in range(MANY):
            everybody.enter_context(closing(sends(port, half_a_form)))
            everybody.enter_context(closing(sends(port, half_a_head)))
            everybody.enter_context(closing(sends(port, long_file, buffer=2048)))
        # The answers that nobody reads are made first: each of them takes its turn, and no thread for ever.
        assert ask(port, "/en/accounts/login/", timeout=60) == 200
        assert ask(port, "/health/live") == 200


def test_a_length_that_lies_is_refused_before_it_is_believed(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
        client.putrequest("POST", "/en/accounts/login/", skip_host=True)
        client.putheader("Host", "localhost")
        client.putheader("Transfer-Encoding", "chunked")
        client.endheaders()
        piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        try:
            for _ in range(64):
                client.send(piece)
        except OSError:
            pass  # refused while we were still sending
        answer = client.getresponse()
        assert answer.status == 413
        assert b"Too long" in answer.read()
    assert ask(port, "/health/live") == 200


def test_a_frame_that_is_too_long_is_refused_by_the_server_itself(port: int) -> None:
    client, room = Client(), RoomFactory()
    client.force_login(person())
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"
    address, origin = f"ws://127.0.0.1:{port}/ws/rooms/{room.slug}/", Origin(f"http://127.0.0.1:{port}")
    with connect(address, origin=origin, additional_headers={"Cookie": cookie}, proxy=None) as browser:
        browser.send("x" * (LONGEST_FRAME + 1))
        with pytest.raises(ConnectionClosed) as closed:
            browser.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009  # message too big


def test_every_start_of_the_server_goes_through_its_limits() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    forgotten = [
        name
        for name in tracked
        if name.endswith((".py", ".yaml", ".sh", "Dockerfile", "Makefile"))
        and not name.startswith("benchmarks/")
        and name != "tests/ops/test_starved.py"
        and '"uvicorn", "config.asgi' in (ROOT / name).read_text("utf-8")
    ]
    assert forgotten == []
    assert json.dumps("config.serve") in (ROOT / "scripts" / "demo.py").read_text("utf-8")
