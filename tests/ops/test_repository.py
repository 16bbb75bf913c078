"""What the repository promises about itself."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
import yaml

from .conftest import ROOT, Shell

LOCK_FILES = ("base", "dev")


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_locked_package_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    packages = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]

    assert len(packages) > 50
    for package in packages:
        assert re.match(r"[\w.\[\],-]+==", package), package
        assert "--hash=sha256:" in package, package
    assert "://" not in text


def test_development_tools_are_not_among_what_the_portal_runs_on() -> None:
    base = (ROOT / "requirements" / "base.txt").read_text("utf-8")

    for tool in ("pytest", "mypy", "ruff", "playwright", "djlint"):
        assert not re.search(rf"^{tool}==", base, re.MULTILINE)


def test_both_lock_files_agree() -> None:
    texts = [(ROOT / "requirements" / f"{name}.txt").read_text("utf-8") for name in LOCK_FILES]
    base, dev = ([*re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE)] for text in texts)

    assert set(base) <= set(dev)


def test_the_lock_files_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {re.split(r"[^\w-]", each)[0] for each in project["project"]["dependencies"]}
    locked = set(re.findall(r"^([\w-]+)", (ROOT / "requirements" / "base.txt").read_text("utf-8"), re.MULTILINE))

    assert wanted <= locked


def test_no_tracked_file_names_a_package_index() -> None:
    option = "--(extra-)?" + "index-url|--find" + "-links"
    found = subprocess.run(
        ["git", "grep", "-lE", "-e", option, "--", ":!tests/ops"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    # The one place that asks for their absence.
    assert found.stdout.split() in ([], ["Makefile"])


def test_help_is_the_default_and_names_every_command(shell: Shell) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    commands = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert commands

    said = shell("make").stdout

    for command in commands[1].split():
        assert f"make {command} " in said


def test_the_hooks_run_the_projects_own_tools_only() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))

    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
    for hook in hooks["repos"][0]["hooks"]:
        assert ".venv/bin/" in hook["entry"]


def test_ci_is_a_thin_call_of_make_test() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "\nmake services\n" in script
    assert "\nmake test\n" in script
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=False).returncode == 0


def test_the_licence_is_bsd_with_three_clauses() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert project["project"]["license"] == "BSD-3-Clause"
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("BSD 3-Clause License")
