"""`make test` reports every step, and its last line counts them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import run_tests
from run_tests import Step


@pytest.fixture(autouse=True)
def _logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_tests, "LOGS", tmp_path)
    monkeypatch.setattr(run_tests, "CI", False)


def pytest_report(path: Path, **numbers: int) -> str:
    """A shell command that writes what pytest would write."""
    counts = " ".join(f'{key}="{value}"' for key, value in numbers.items())
    return f"echo '<testsuites><testsuite {counts}/></testsuites>' > {path}"


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.strip().splitlines()[-1]


def test_a_check_counts_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [Step("good", ["true"]), Step("bad", ["sh", "-c", "echo the reason; exit 4"])]
    run_tests.run_side_by_side(steps)

    code = run_tests.summarise(steps, 1.0)

    printed = capsys.readouterr().out
    assert code == 1
    assert "the reason" in printed
    assert re.search(r"^bad +0\.\d  FAILED$", printed, re.MULTILINE)
    assert printed.strip().splitlines()[-1] == "1 passed, 1 failed"


def test_a_test_run_counts_its_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = pytest_report(tmp_path / "tests.xml", tests=10, failures=2, errors=1, skipped=0)
    step = Step("tests", ["sh", "-c", f"{report}; exit 1"], counts_tests=True)
    step.run()

    assert run_tests.summarise([step], 1.0) == 1
    assert last_line(capsys) == "7 passed, 3 failed"


def test_a_test_run_that_dies_is_a_failure_however_many_tests_passed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = pytest_report(tmp_path / "tests.xml", tests=5, failures=0, errors=0, skipped=0)
    step = Step("tests", ["sh", "-c", f"{report}; exit 2"], counts_tests=True)
    step.run()

    assert run_tests.summarise([step], 1.0) == 1
    assert last_line(capsys) == "5 passed, 1 failed"


def test_what_cannot_run_is_left_out_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [Step("good", ["true"]), Step("grown", ["false"], missing="no REDIS_URL")]
    run_tests.run_side_by_side(steps)

    code = run_tests.summarise(steps, 1.0)

    printed = capsys.readouterr().out
    assert code == 0
    assert "left out: no REDIS_URL" in printed
    assert printed.strip().splitlines()[-1] == "1 passed, 0 failed"


def test_in_ci_what_cannot_run_has_failed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_tests, "CI", True)
    step = Step("grown", ["true"], missing="no REDIS_URL")
    step.run()

    assert run_tests.summarise([step], 1.0) == 1
    assert last_line(capsys) == "0 passed, 1 failed"


def test_embedded_tests_never_see_the_engines_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@precious/data")
    step = Step("tests", ["sh", "-c", 'test -z "$DATABASE_URL"'])
    step.run()

    assert step.code == 0


def test_each_run_of_tests_covers_into_a_file_of_its_own() -> None:
    files = {run_tests.pytest(name).env["COVERAGE_FILE"] for name in ("tests embedded", "tests grown")}

    assert len(files) == 2


@pytest.mark.parametrize(
    ("changed", "tested"),
    [
        ("network/rooms/hub.py", "tests/rooms"),
        ("library/practices/templates/practices/library.html", "tests/practices"),
        ("events/models.py", "tests/events"),
        ("search/backends/embedded.py", "tests/search"),
        ("portal/core/mail.py", "tests/core"),
        ("portal/templates/base.html", "tests/pages"),
        ("tests/members/test_views.py", "tests/members"),
        ("tests/test_roles.py", "tests/test_roles.py"),
        ("tests/conftest.py", ""),
        ("scripts/demo.py", "tests/ops"),
        ("Makefile", "tests/ops"),
        ("docs/operations.md", ""),
    ],
)
def test_the_inner_loop_tests_what_changed(changed: str, tested: str) -> None:
    assert run_tests.tests_of(Path(changed)) == tested
