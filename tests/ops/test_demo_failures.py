"""What can go wrong with `make demo` is said in one line that tells what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import console
import environment
import pytest

from .conftest import Shell, one_line, person_environment


def test_a_busy_port_is_named_with_a_free_one(shell: Shell, tmp_path: Path, busy_port: int) -> None:
    said = one_line(shell("make", "demo", PORT=str(busy_port), VAR_DIR=str(tmp_path)))

    assert f"Port {busy_port} is busy" in said
    assert "make demo PORT=" in said


def test_a_word_is_no_port(shell: Shell, tmp_path: Path) -> None:
    said = one_line(shell("make", "demo", "PORT=http", f"VAR_DIR={tmp_path}"))

    assert "PORT=http is not a port" in said


def demo_as(user: dict[str, Any], checkout: Path, var: Path) -> str:
    """The one line that `make demo` tells an ordinary user."""
    return one_line(
        subprocess.run(
            ["make", "demo"],
            cwd=checkout,
            env=person_environment(VAR_DIR=str(var), PATH="/usr/local/bin:/usr/bin:/bin"),
            capture_output=True,
            text=True,
            check=False,
            **user,
        )
    )


def test_a_folder_that_may_not_be_written_is_named(checkout: Path, folder: Path, nobody: dict[str, Any]) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o555)

    said = demo_as(nobody, checkout, closed / "var")

    assert f"Permission denied: {closed / 'var'}" in said
    assert "chown" in said


@pytest.mark.parametrize("name", ["portal.sqlite3", "search", "demo/running"])
def test_a_portal_that_somebody_else_made_is_named_before_it_fails_half_way(
    checkout: Path, folder: Path, nobody: dict[str, Any], name: str
) -> None:
    var = folder / "var"
    (var / "demo").mkdir(parents=True)
    theirs = var / name
    theirs.touch()
    for path in (folder, var, var / "demo"):
        path.chmod(0o777)
    theirs.chmod(0o444)

    said = demo_as(nobody, checkout, var)

    assert f"Permission denied: {theirs}. Make it yours" in said


@pytest.mark.parametrize(
    ("options", "filled", "told"),
    [
        ("size=8m", 0, "is full: 8 MB are free and 100 MB needed. Free some space"),
        ("size=1m", 1, "is full: free some space"),
        ("size=1m,ro", 0, "is read-only: use a copy of the project on another"),
    ],
)
def test_a_disk_that_is_full_or_closed_is_named(
    checkout: Path, folder: Path, options: str, filled: int, told: str, left_out: Callable[..., None]
) -> None:
    disk = folder / "disk"
    disk.mkdir()
    # A disk of the test's own, in a world of mounts that ends with it; an ordinary user is root in there.
    unshare = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if (refused := subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)).returncode:
        left_out(f"no disk to fill here: {refused.stderr.strip()}", forbids=True)
        return
    fill = f"head -c {filled}M /dev/zero > {disk}/full 2>/dev/null; " if filled else ""

    result = subprocess.run(
        [*unshare, "sh", "-c", f"mount -t tmpfs -o {options} none {disk} && {fill}make demo"],
        cwd=checkout,
        env=person_environment(VAR_DIR=str(disk / "var")),
        capture_output=True,
        text=True,
        check=False,
    )

    said = one_line(result)
    assert f"The disk of {disk / 'var'}" in said
    assert told in said


def test_a_python_that_is_too_old_is_said_before_anything_is_made(checkout: Path, folder: Path) -> None:
    programs = folder / "bin"
    programs.mkdir()
    for version in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (programs / version).write_text("#!/bin/sh\nexit 1\n")
        (programs / version).chmod(0o755)
    for tool in ("make", "sh", "tr", "test"):
        (programs / tool).symlink_to(str(shutil.which(tool)))

    result = subprocess.run(
        ["make", "demo"], cwd=checkout, env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )

    said = one_line(result)
    assert "Python 3.11 or newer is needed" in said
    assert not (checkout / ".venv").exists()
    assert not (checkout / "var").exists()


def test_a_newer_python_is_found_when_the_usual_one_is_too_old(checkout: Path, folder: Path, busy_port: int) -> None:
    programs = folder / "bin"
    programs.mkdir()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)
    (programs / "python3.12").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (programs / "python3.12").chmod(0o755)
    (programs / "python3.11").symlink_to(programs / "python3")

    result = subprocess.run(
        ["make", "demo", f"PORT={busy_port}"],
        cwd=checkout,
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"Port {busy_port} is busy" in one_line(result)


def test_a_python_without_venv_is_told_which_package_brings_it(checkout: Path, folder: Path, shell: Shell) -> None:
    # Debian ships Python without ensurepip.
    (folder / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None\n")

    said = one_line(shell("make", "demo", cwd=checkout, PYTHONPATH=str(folder), PORT="8321"))

    assert "lacks its venv module" in said
    assert "apt install python3." in said


@pytest.mark.slow
def test_without_a_registry_the_person_is_told_so(checkout: Path, shell: Shell) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": "", "UV_OFFLINE": "true"}

    said = one_line(shell("make", "demo", cwd=checkout, PORT="8322", PIP_NO_CACHE_DIR="1", **nowhere))

    assert "No package registry answered" in said
    assert "set-up.log" in said


def test_a_disk_with_too_little_room_is_refused_before_work_begins(tmp_path: Path) -> None:
    with pytest.raises(console.PlainError, match=r"is full: \d+ MB are free and 1000000000 MB needed"):
        environment.check_room(tmp_path, 10**15)


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("sqlite3.OperationalError: database or disk is full", "The disk is full"),
        ("django.db.utils.OperationalError: attempt to write a readonly database", "No permission to write"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "No permission to write"),
        ("Temporary failure in name resolution", "No package registry answered"),
        ("Traceback\nKeyError: 'colour'", "KeyError: 'colour'"),
    ],
)
def test_a_command_that_fails_is_explained(tmp_path: Path, printed: str, told: str) -> None:
    log = tmp_path / "log"

    with pytest.raises(console.PlainError, match="Loading failed") as raised:
        console.run(["sh", "-c", f'echo "{printed}"; exit 3'], log=log, doing="Loading")

    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
