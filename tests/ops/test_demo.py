"""`make demo` sets up once, starts quickly after that, stops cleanly, and keeps what people entered."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import ROOT, Shell, free_port, one_line, person_environment

SECONDS_TO_BE_READY = 180


class Demo:
    """A running `make demo`, and what it prints."""

    def __init__(self, var: Path, port: int, printed: Path) -> None:
        self.port = port
        self.printed = printed
        # In a session of its own, as a terminal gives it: Ctrl-C is a signal to the whole group.
        with printed.open("w") as output:
            self.process = subprocess.Popen(
                ["make", "demo", f"PORT={port}", f"VAR_DIR={var}"],
                cwd=ROOT,
                env=person_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.printed.read_text("utf-8")

    def wait_until_ready(self) -> None:
        limit = time.monotonic() + SECONDS_TO_BE_READY
        while "Ctrl-C stops it" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < limit, self.said()
            time.sleep(0.1)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as response:
            return response.read().decode()

    def press_ctrl_c(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(20)


StartDemo = Callable[[], Demo]


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "var"


@pytest.fixture
def start(var: Path, tmp_path: Path) -> Iterator[StartDemo]:
    """Start `make demo`; whatever still runs afterwards is stopped."""
    started: list[Demo] = []

    def start_one() -> Demo:
        demo = Demo(var, free_port(), tmp_path / f"printed-{len(started)}")
        started.append(demo)
        demo.wait_until_ready()
        return demo

    yield start_one
    for demo in started:
        if demo.process.poll() is None:
            demo.press_ctrl_c()


@pytest.mark.slow
def test_the_life_of_a_demo(start: StartDemo, var: Path, shell: Shell) -> None:
    # The first start makes everything, and tells where it is and who can log in.
    first = start()
    assert "Creating and migrating the database" in first.said()
    assert f"http://localhost:{first.port}" in first.said()
    assert "member@example.org" in first.said()
    assert "Sarajevo" in first.get("/en/")
    assert json.loads(first.get("/health/ready"))["ready"]
    letters = "".join(path.read_text("utf-8") for path in (var / "mail").iterdir())
    assert f"http://localhost:{first.port}/" in letters
    assert "http://localhost:8000/" not in letters

    # A second one beside it is refused: by its port, and by its folder.
    busy = one_line(shell("make", "demo", PORT=str(first.port), VAR_DIR=str(var.parent / "other")))
    assert f"Port {first.port} is busy" in busy
    twin = one_line(shell("make", "demo", PORT=str(free_port()), VAR_DIR=str(var)))
    assert f"runs already (http://localhost:{first.port}" in twin
    assert "runs already" in one_line(shell("make", "reset", "YES=1", VAR_DIR=str(var)))

    # Ctrl-C stops it without noise.
    first.press_ctrl_c()
    assert "Stopped." in first.said()
    assert "Traceback" not in first.said()
    assert "Error" not in first.said()

    # The second start finds everything done.
    second = start()
    assert "Creating" not in second.said()
    assert "Collecting" not in second.said()
    assert "member@example.org" in second.said()
    assert "Sarajevo" in second.get("/en/")
    second.press_ctrl_c()

    # Nobody answers for a script: nothing is deleted without YES=1, and then only what the portal made.
    (var / "letter.txt").write_text("mine")
    assert "make reset YES=1" in one_line(shell("make", "reset", VAR_DIR=str(var)))
    assert (var / "portal.sqlite3").exists()
    assert shell("make", "reset", "YES=1", VAR_DIR=str(var)).returncode == 0
    assert [path.name for path in var.iterdir()] == ["letter.txt"]


def answer_reset(var: Path, answer: str) -> str:
    """`make reset` in a terminal, its question answered; what stood on the screen."""
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        ["make", "reset"],
        cwd=ROOT,
        env=person_environment(VAR_DIR=str(var)),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    said = b""
    with contextlib.suppress(OSError):  # the terminal closes with the command
        while part := os.read(screen, 4096):
            said += part
            if said.endswith(b"Type yes to go on: "):
                os.write(screen, f"{answer}\n".encode())
    os.close(screen)
    assert process.wait(20) == 0, said
    return said.decode()


@pytest.mark.parametrize(("answer", "is_deleted"), [("", False), ("no", False), ("y", False), ("yes", True)])
def test_resetting_asks_and_does_nothing_without_a_yes(tmp_path: Path, answer: str, is_deleted: bool) -> None:
    entered = tmp_path / "portal.sqlite3"
    entered.write_text("what a person entered")
    (tmp_path / "demo").mkdir()

    said = answer_reset(tmp_path, answer)

    assert f"deletes the portal's data in {tmp_path}" in said
    assert "portal.sqlite3" in said
    assert ("Nothing was deleted." in said) is not is_deleted
    assert entered.exists() is not is_deleted


def test_resetting_an_outside_database_is_refused(shell: Shell, tmp_path: Path) -> None:
    url = "postgres://somebody:secret@127.0.0.1:1/precious"

    said = one_line(shell("make", "reset", "YES=1", VAR_DIR=str(tmp_path), DATABASE_URL=url))

    assert "reset deletes only the embedded database" in said


def test_resetting_nothing_is_no_failure(shell: Shell, tmp_path: Path) -> None:
    result = shell("make", "reset", VAR_DIR=str(tmp_path))

    assert result.returncode == 0
    assert "Nothing to reset" in result.stdout
