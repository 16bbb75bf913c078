"""A person's shell for the tests of what a person types."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import engines

ROOT = Path(__file__).resolve().parent.parent.parent

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
grown = all(engines().values())
# Two processes share a database and a channel layer only when those are servers: the grown-up run has these tests. They
# want nginx too, which CI has and another machine may not. What a person types is the same on every engine: tried once.
WITHOUT_ENGINES = [
    "test_demo.py",
    "test_demo_failures.py",
    "test_settings.py",
    "test_repository.py",
    "test_run_tests.py",
]
if grown:
    collect_ignore = WITHOUT_ENGINES if NGINX or os.environ.get("CI") == "true" else [*WITHOUT_ENGINES, "test_split.py"]
else:
    collect_ignore = ["test_split.py", "test_secured_elasticsearch.py", "test_services_life.py"]

Shell = Callable[..., subprocess.CompletedProcess[str]]


def person_environment(**more: str) -> dict[str, str]:
    """What a person's shell holds: nothing of this test run's settings."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "SSL_CERT_FILE"}}
    return {**kept, **{name: value for name, value in os.environ.items() if name.startswith("PIP_")}, **more}


@pytest.fixture
def shell() -> Shell:
    """Run a command as a person would, in the project's folder unless told otherwise."""

    def run(*command: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            env=person_environment(**env),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that other users may enter, as pytest's own may not be."""
    path = Path(tempfile.mkdtemp(prefix="portal-ops-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def checkout(folder: Path) -> Path:
    """The project as far as setting up needs it, without packages."""
    copy = folder / "checkout"
    copy.mkdir()
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, copy / name)
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def nobody() -> dict[str, Any]:
    """Arguments of subprocess for an ordinary user: root may write everywhere."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    """What a failed command told the person: exactly one line, besides make's own."""
    assert result.returncode != 0, result.stdout
    said = [line for line in result.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(said) == 1, result.stderr
    return said[0]
