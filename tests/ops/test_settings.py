"""Production starts with a complete environment only, and names what is missing or wrong."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, person_environment

COMPLETE = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "portal.example.org",
    "BASE_URL": "https://portal.example.org",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:5432/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "ELASTICSEARCH_URL": "http://127.0.0.1:9200",
    "EMAIL_URL": "smtp+tls://portal:secret@127.0.0.1:587",
    "TASKS_BACKEND": "database",
}


def check_deploy(var: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` under production settings; a changed value of "" is a variable left out."""
    given = {name: value for name, value in {**COMPLETE, **changed}.items() if value}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=person_environment(
            DJANGO_SETTINGS_MODULE="config.settings.production", IGNORE_DOTENV="true", VAR_DIR=str(var), **given
        ),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_complete_environment_has_nothing_to_complain_of(tmp_path: Path) -> None:
    result = check_deploy(tmp_path)

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(COMPLETE.keys() - {"TASKS_BACKEND"}))
def test_a_missing_variable_is_named(tmp_path: Path, name: str) -> None:
    result = check_deploy(tmp_path, **{name: ""})

    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert "Set in the environment" in last
    assert name in last
    assert ".env.example" in last


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("ALLOWED_HOSTS", "*"),
        ("BASE_URL", "http://portal.example.org"),
        ("BASE_URL", "portal.example.org"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://portal:secret@127.0.0.1/portal"),
        ("REDIS_URL", "http://127.0.0.1:6379"),
        ("ELASTICSEARCH_URL", "127.0.0.1:9200"),
        ("EMAIL_URL", "mail.example.org"),
        ("TASKS_BACKEND", "databse"),
        ("ELASTICSEARCH_TIMEOUT", "long"),
    ],
)
def test_a_wrong_value_is_named_without_a_traceback(tmp_path: Path, name: str, value: str) -> None:
    result = check_deploy(tmp_path, **{name: value})

    assert result.returncode != 0
    told = result.stderr.strip().splitlines()[-1]
    assert name in result.stderr
    assert "Traceback" not in result.stderr
    assert "secret" not in told


def test_every_variable_that_the_settings_read_is_explained() -> None:
    modules = sorted((ROOT / "config" / "settings").glob("*.py"))
    read = {
        name
        for module in modules
        for name in re.findall(r'(?:env\.\w+|address|choice|seconds)\(\s*"([A-Z_]+)"', module.read_text("utf-8"))
    } - {"IGNORE_DOTENV"}
    explained = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))

    assert read - explained == set()


def test_what_compose_needs_is_explained() -> None:
    wanted = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text("utf-8")))
    explained = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))

    assert wanted - explained == set()
