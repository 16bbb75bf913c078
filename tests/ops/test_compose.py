"""compose.yaml describes an installation that could start: what it names exists, and each part says when it is well."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import ROOT, person_environment

SECRETS = {
    "POSTGRES_PASSWORD": "p0stgres",
    "REDIS_PASSWORD": "r3dis",
    "ELASTIC_PASSWORD": "3lastic",
    "TLS_FOLDER": "/etc/tls",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def test_every_long_running_service_has_a_health_check(compose: dict[str, Any]) -> None:
    without = [name for name, service in compose["services"].items() if not service.get("healthcheck", {}).get("test")]

    assert without == ["set-up"]  # it runs to its end, and the others wait for that


def test_services_wait_for_services_that_exist(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            assert name in services
            has_test = bool(services[name]["healthcheck"].get("test"))
            assert how["condition"] == ("service_healthy" if has_test else "service_completed_successfully")


def test_everything_of_ours_runs_from_one_image(compose: dict[str, Any]) -> None:
    built = {name for name, service in compose["services"].items() if "build" in service}

    assert built == {"pages", "sockets", "worker", "chores", "set-up"}
    assert len({compose["services"][name]["image"] for name in built}) == 1


def test_commands_name_modules_and_programs_that_exist(compose: dict[str, Any]) -> None:
    commands = {name: compose["services"][name]["command"] for name in ("pages", "sockets")}
    assert commands["sockets"][:3] == ["python", "-m", "config.serve"]
    for named, holds in ((commands["pages"][1], "application = "), ("config.serve:main", "def main()")):
        spec = importlib.util.find_spec(named.partition(":")[0])
        assert spec is not None
        assert spec.origin is not None
        assert holds in Path(spec.origin).read_text("utf-8")
    assert shutil.which(commands["pages"][0], path=str(ROOT / ".venv" / "bin"))


def test_management_commands_of_the_set_up_exist(compose: dict[str, Any]) -> None:
    from django.core.management import get_commands

    text = " ".join(str(service.get("command", "")) for service in compose["services"].values())
    wanted = set(re.findall(r"manage\.py'?,? '?(\w+)", text))

    assert wanted >= {"migrate", "collectstatic", "db_worker"}
    assert wanted - set(get_commands()) == set()


def test_what_has_to_run_regularly_exists_and_is_explained(compose: dict[str, Any]) -> None:
    from django.core.management import get_commands

    script = (ROOT / "deploy" / "chores.sh").read_text("utf-8")
    chores = re.findall(r"^(\w+)  +\w", script, re.MULTILINE)
    explained = (ROOT / "docs" / "operations.md").read_text("utf-8")

    assert "deploy/chores.sh" in str(compose["services"]["chores"]["command"])
    assert len(chores) >= 6
    assert set(chores) - set(get_commands()) == set()
    assert [chore for chore in chores if f"`{chore}`" not in explained] == []
    # A command whose own words ask to be run regularly is among them.
    asking = [
        path.stem
        for top in ("events", "library", "network", "portal", "search")
        for path in (ROOT / top).rglob("management/commands/*.py")
        if re.search(r"run (daily|hourly|regularly)|every (day|hour|night)", path.read_text("utf-8"), re.IGNORECASE)
    ]
    assert "end_lapsed_memberships" in asking
    assert set(asking) - set(chores) == set()


def test_the_health_check_file_is_in_the_image(compose: dict[str, Any]) -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()

    for name in ("pages", "sockets"):
        test = compose["services"][name]["healthcheck"]["test"]
        assert (ROOT / test[2]).is_file()
        assert Path(test[2]).parts[0] not in ignored


def test_no_secret_stands_in_the_file_and_none_goes_into_the_image(compose: dict[str, Any]) -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")

    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "ELASTIC_PASSWORD"):
        assert f"${{{name}:?" in text
    assert ".env" in (ROOT / ".dockerignore").read_text("utf-8").split()


def test_only_the_proxy_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_named_volumes_are_declared(compose: dict[str, Any]) -> None:
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/", "$"))
    }

    assert used == set(compose["volumes"])


def test_the_proxy_template_gets_every_value_it_asks_for(compose: dict[str, Any]) -> None:
    template = (ROOT / "deploy" / "nginx" / "portal.conf.template").read_text("utf-8")

    assert set(re.findall(r"\$\{([A-Z_]+)\}", template)) == set(compose["services"]["proxy"]["environment"])


def test_docker_reads_the_file_where_it_can() -> None:
    """The client with its compose plugin needs no engine for this; without the plugin the tests above must do."""
    docker = shutil.which("docker")
    plugin = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    if plugin:
        result = subprocess.run(
            [str(docker), "compose", "--env-file", "/dev/null", "config", "--no-env-resolution", "--quiet"],
            cwd=ROOT,
            env=person_environment(**SECRETS),
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
    assert (ROOT / "compose.yaml").is_file()
