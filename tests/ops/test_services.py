"""`make services` remembers what it started, and touches only that."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import server
import services

from .conftest import Shell, free_port


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else's."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def test_status_without_services_says_so_and_fails(shell: Shell, tmp_path: Path) -> None:
    result = shell("make", "services-status", VAR_DIR=str(tmp_path))

    assert result.returncode != 0
    assert result.stdout.count("does not run") == 3


def test_stopping_nothing_is_no_failure(shell: Shell, tmp_path: Path) -> None:
    result = shell("make", "services-stop", VAR_DIR=str(tmp_path))

    assert result.returncode == 0, result.stderr
    assert "No service runs" in result.stdout


def test_addresses_are_kept_for_shells_and_for_the_next_start(tmp_path: Path) -> None:
    redis = services.Redis(tmp_path)
    redis.url = redis.address_on(6399)

    services.remember(tmp_path, [redis])

    said = subprocess.run(
        ["sh", "-c", f". {tmp_path}/env; echo $REDIS_URL"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "redis://127.0.0.1:6399/0"
    assert services.Redis(tmp_path).port == 6399


def test_the_file_with_a_password_is_its_owners_alone(tmp_path: Path) -> None:
    database = services.PostgreSQL(tmp_path)
    database.url = database.address_on(5440)

    services.remember(tmp_path, [database])

    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600
    assert len(str(database.address.password)) >= 20


def test_the_password_of_the_first_start_stays(tmp_path: Path) -> None:
    database = services.PostgreSQL(tmp_path)
    database.url = database.address_on(5440)
    password = database.address.password

    database.url = database.address_on(5441)

    assert database.address.password == password


def test_a_process_number_that_went_to_another_program_is_not_ours(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    redis = services.Redis(tmp_path)
    redis.folder.mkdir()
    redis.pid_file.write_text(str(sleeper.pid))

    assert not redis.process()
    redis.stop()
    assert sleeper.poll() is None


def test_a_folder_that_others_cannot_enter_is_replaced_by_one_they_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))

    home = services.home()

    # Only root starts servers as somebody else; anybody else may stay in a closed folder.
    if os.geteuid() != 0:
        assert home == tmp_path / "var" / "services"
        return
    try:
        assert home.parent == Path("/var/tmp")
        assert (tmp_path / "var" / "services").resolve() == home
        assert services.home() == home
    finally:
        home.rmdir()


def test_ports_of_other_programs_are_left_to_them(busy_port: int) -> None:
    assert server.listens(busy_port)
    assert not server.listens(free_port())
