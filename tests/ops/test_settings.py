"""Production starts with a complete environment only, and names what is missing or wrong."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings.env import own_address
from config.settings.mail import email

from .conftest import ROOT, person_environment

COMPLETE = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "portal.example.org",
    "BASE_URL": "https://portal.example.org",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:5432/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "ELASTICSEARCH_URL": "http://127.0.0.1:9200",
    "EMAIL_URL": "smtp+tls://portal:secret@127.0.0.1:587",
    "TRUSTED_PROXIES": "127.0.0.1",
    "TASKS_BACKEND": "database",
}


@pytest.mark.parametrize(("port", "address"), [("9000", "http://localhost:9000"), ("", "http://localhost:8000")])
def test_links_of_a_bare_machine_lead_to_the_port_it_serves_on(
    monkeypatch: pytest.MonkeyPatch, port: str, address: str
) -> None:
    monkeypatch.setenv("PORT", port)
    assert own_address() == address


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
        ("ALLOWED_HOSTS", "https://portal.example.org"),
        ("ALLOWED_HOSTS", ","),
        ("BASE_URL", "http://portal.example.org"),
        ("BASE_URL", "portal.example.org"),
        ("BASE_URL", "https://portal.example.org/portal"),
        ("BASE_URL", "https://elsewhere.example.org"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://portal:secret@127.0.0.1/portal"),
        ("DATABASE_URL", "postgres://portal:secret@127.0.0.1"),
        ("DATABASE_URL", "postgres://portal:secret@127.0.0.1:99999/portal"),
        ("REDIS_URL", "http://127.0.0.1:6379"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:6379/first"),
        ("ELASTICSEARCH_URL", "127.0.0.1:9200"),
        ("ELASTICSEARCH_INDEX", "Our Portal"),
        ("ELASTICSEARCH_CA_CERTS", "/etc/ssl/ca.pem"),  # COMPLETE's server speaks no TLS
        ("EMAIL_URL", "mail.example.org"),
        ("DEFAULT_FROM_EMAIL", "the portal"),
        ("CONTACT_EMAIL", "the office"),
        ("TRUSTED_PROXIES", "the proxy"),
        ("TASKS_BACKEND", "databse"),
        ("ELASTICSEARCH_TIMEOUT", "long"),
        ("MAX_DOCUMENT_MB", "20 MB"),
    ],
)
def test_a_wrong_value_is_named_without_a_traceback(tmp_path: Path, name: str, value: str) -> None:
    result = check_deploy(tmp_path, **{name: value})

    assert result.returncode != 0
    told = result.stderr.strip().splitlines()[-1]
    assert name in result.stderr
    assert "Traceback" not in result.stderr
    assert "secret" not in told


@pytest.mark.slow
@pytest.mark.parametrize("held", [None, "no certificate"])
def test_a_certificate_authority_that_is_none_is_named(tmp_path: Path, held: str | None) -> None:
    authority = tmp_path / "ca.pem"
    if held:
        authority.write_text(held)

    result = check_deploy(tmp_path, ELASTICSEARCH_URL="https://127.0.0.1:9200", ELASTICSEARCH_CA_CERTS=str(authority))

    assert result.returncode != 0
    assert str(authority) in result.stderr
    assert "ELASTICSEARCH_CA_CERTS" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "server",
    [
        ("gunicorn", "config.wsgi:application", "--bind=127.0.0.1:0", "--no-control-socket"),
        ("config.serve", "--port=0"),
    ],
    ids=lambda command: command[0],
)
def test_a_server_that_lacks_a_setting_ends_with_its_name_and_no_traceback(
    tmp_path: Path, server: tuple[str, ...]
) -> None:
    given = {name: value for name, value in COMPLETE.items() if name != "REDIS_URL"}

    result = subprocess.run(
        [sys.executable, "-m", *server],
        cwd=ROOT,
        env=person_environment(
            DJANGO_SETTINGS_MODULE="config.settings.production", IGNORE_DOTENV="true", VAR_DIR=str(tmp_path), **given
        ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == 3
    assert "The portal does not start: Set in the environment: REDIS_URL" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://mail", 25), ("smtp+tls://mail", 587), ("smtp+ssl://mail", 465), ("smtp+tls://mail:2525", 2525)],
)
def test_a_mail_server_listens_where_such_servers_do(monkeypatch: pytest.MonkeyPatch, url: str, port: int) -> None:
    monkeypatch.setenv("EMAIL_URL", url)

    assert email()["EMAIL_PORT"] == port


def test_every_variable_that_is_read_is_explained_and_no_other() -> None:
    modules = sorted((ROOT / "config" / "settings").glob("*.py"))
    read = {
        name
        for module in modules
        for name in re.findall(
            r'(?:env\.\w+|address|origin|choice|seconds|megabytes|proxies|_letterbox)\(\s*"([A-Z_]+)"',
            module.read_text("utf-8"),
        )
    } - {"IGNORE_DOTENV"}
    compose = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text("utf-8")))
    explained = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)

    # make demo reads PORT; and each name stands there once.
    assert sorted(explained) == sorted(read | compose | {"PORT"})
