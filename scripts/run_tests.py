"""`make test` and `make check`: every check and test, one log file each, one summary at the end.

A failed step stops nothing: all are run and reported, and the exit code tells whether any failed. In CI (CI=true) what
cannot be run has failed; elsewhere the summary says why it was left out.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import environment
import packages
import services
from console import PlainError, main
from elasticsearch_server import Elasticsearch

ROOT = environment.ROOT
BIN = environment.VENV / "bin"
LOGS = environment.var_dir() / "test"
CI = os.environ.get("CI") == "true"
ENGINES = ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL")
TEMPLATES = ("events", "library", "network", "portal")
SECONDS_A_STEP = 1500
SECONDS_BETWEEN_SIGNS = 30
LINES_OF_A_FAILURE = 80


@dataclass
class Step:
    """One check: a command, the environment it adds, and what it found."""

    name: str
    command: list[str | Path]
    env: dict[str, str] = field(default_factory=dict)
    missing: str = ""  # why it cannot be run here
    counts_tests: bool = False
    code: int | None = None
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return LOGS / f"{self.name.lower().replace(' ', '-').replace(',', '')}.log"

    @property
    def result(self) -> str:
        """One word or sentence for the summary."""
        if self.missing:
            return f"{'FAILED' if CI else 'left out'}: {self.missing}"
        found = f" ({self.passed} passed, {self.failed} failed)" if self.counts_tests else ""
        return f"{'ok' if self.code == 0 else 'FAILED'}{found}"

    def run(self) -> None:
        """Run it, say how it went, and count."""
        begun = time.monotonic()
        if self.missing:
            self.failed = int(CI)
        else:
            self.code = self._call()
            self.seconds = time.monotonic() - begun
            self.passed, self.failed = self._counts()
        print(f"  {self.name}: {self.result} {self.seconds:.0f} s", flush=True)

    def _call(self) -> int:
        """The command's exit code; a sign of life while it works; 124 when it had to be ended."""
        with self.log.open("w", encoding="utf-8") as output:
            print("$", *self.command, file=output, flush=True)
            process = subprocess.Popen(
                self.command, cwd=ROOT, env=self._environment(), stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )
            for _ in range(SECONDS_A_STEP // SECONDS_BETWEEN_SIGNS):
                try:
                    return process.wait(SECONDS_BETWEEN_SIGNS)
                except subprocess.TimeoutExpired:
                    print(f"  {self.name} … {last_lines(self.log, 1)[:100]}", flush=True)
            process.terminate()
            process.wait(SECONDS_BETWEEN_SIGNS)
            print(f"ended after {SECONDS_A_STEP} seconds", file=output)
            return 124

    def _environment(self) -> dict[str, str]:
        """The project's packages and only those engines that the step names."""
        env = {name: value for name, value in environment.child_environment().items() if name not in ENGINES}
        return {**env, **self.env}

    def _counts(self) -> tuple[int, int]:
        """Tests passed and failed; a step that is no test run counts as one."""
        report = LOGS / f"{self.log.stem}.xml"
        if not self.counts_tests or not report.is_file():
            return int(self.code == 0), int(self.code != 0)
        suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314  pytest wrote it here just now
        numbers = [[int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")] for suite in suites]
        tests, failures, errors, skipped = (sum(column) for column in zip(*numbers, strict=True))
        failed = failures + errors
        # A run that failed without a failed test (a crash, an interrupt, no test found) is a failure all the same.
        return tests - failed - skipped, failed or int(self.code != 0)


def last_lines(path: Path, number: int) -> str:
    """The last `number` lines of a log that say something."""
    lines = [line for line in path.read_text("utf-8", errors="replace").splitlines() if line.strip()]
    return "\n".join(lines[-number:])


def static_checks() -> list[Step]:
    """What is found without running the product."""
    templates = [folder for folder in TEMPLATES if (ROOT / folder).is_dir()]
    django = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return [
        Step("mypy", [BIN / "mypy"]),
        Step("ruff", [BIN / "ruff", "check", "."]),
        Step("ruff format", [BIN / "ruff", "format", "--check", "."]),
        Step("layers", [BIN / "lint-imports"]),
        Step("templates", [BIN / "djlint", "--lint", "--quiet", "--extension", "html", *templates]),
        Step("migrations", [BIN / "python", "manage.py", "makemigrations", "--check", "--dry-run"], env=django),
    ]


def deploy_check() -> Step:
    """Django's own and the portal's checks under production settings with nothing missing."""
    env = {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "IGNORE_DOTENV": "true",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "portal.example.org",
        "BASE_URL": "https://portal.example.org",
        "DATABASE_URL": "postgres://portal:secret@127.0.0.1:5432/portal",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "ELASTICSEARCH_URL": "http://127.0.0.1:9200",
        "EMAIL_URL": "smtp+tls://portal:secret@127.0.0.1:587",
        "TRUSTED_PROXIES": "127.0.0.1",
        "TASKS_BACKEND": "database",
        "VAR_DIR": str(LOGS / "deploy"),
    }
    return Step("deploy check", [BIN / "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], env=env)


def pytest(
    name: str, *arguments: str, missing: str = "", env: dict[str, str] | None = None, cover: bool = True
) -> Step:
    """A run of pytest with its own log, report and coverage data."""
    step = Step(name, [], missing=missing, counts_tests=True, env=dict(env or {}))
    report = LOGS / f"{step.log.stem}.xml"
    report.unlink(missing_ok=True)
    step.command = [BIN / "python", "-m", "pytest", f"--junitxml={report}", "-q", *arguments]
    if cover:
        step.command += ["--cov", "--cov-report="]
        step.env["COVERAGE_FILE"] = str(LOGS / "coverage" / f".coverage.{step.log.stem}")
    return step


def grown_engines() -> tuple[dict[str, str], str]:
    """The addresses of PostgreSQL, Redis and Elasticsearch for the tests, or why there are none.

    Beside them the folder of an unpacked Elasticsearch, from which tests start one of their own.
    """
    named = {variable: os.environ[variable] for variable in ENGINES if os.environ.get(variable)}
    engines = {**services.running(), **named}
    if missing := [variable for variable in ENGINES if variable not in engines]:
        return {}, f"no {', '.join(missing)}: run make services, or set them"
    unpacked = Elasticsearch(services.home()).program
    return {**engines, **({"ELASTICSEARCH_HOME": str(unpacked)} if unpacked.is_dir() else {})}, ""


def provided(**wanted: Callable[[], object]) -> str:
    """Why a Debian package is not here and cannot be installed, or ""."""
    return _reason(lambda: packages.provide(dict(wanted), LOGS / "packages.log"))


def no_browser() -> str:
    """Why pages cannot be looked at here, by Chromium and by the HTML validator, or ""."""
    return provided(chromium=packages.chromium) or _reason(
        lambda: packages.install_node_packages(ROOT / "tests" / "markup", LOGS / "packages.log")
    )


def _reason(work: Callable[[], None]) -> str:
    """What the error says that `work` ends with; "" when it ends well."""
    try:
        work()
    except PlainError as error:
        return str(error)
    return ""


def coverage_steps() -> list[Step]:
    """Branch coverage of all runs together: overall, and of the modules that must be covered whole."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    whole = ",".join(project["tool"]["portal"]["whole-coverage"])
    env = {"COVERAGE_FILE": str(LOGS / "coverage" / ".coverage")}
    combine: list[str | Path] = [BIN / "coverage", "combine", "--keep", "--quiet", LOGS / "coverage"]
    return [
        Step("coverage data", combine, env=env),
        Step("coverage", [BIN / "coverage", "report", "--fail-under=95"], env=env),
        Step("whole coverage", [BIN / "coverage", "report", "--fail-under=100", f"--include={whole}"], env=env),
    ]


def run_side_by_side(steps: Iterable[Step]) -> None:
    """Run steps two at a time: most of them keep one core busy."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(Step.run, steps))


def summarise(steps: list[Step], seconds: float) -> int:
    """Print the end of every failed step's log, the table, and the one line that counts; return the exit code."""
    for step in steps:
        if step.code:
            print(f"\n──── {step.name}: the end of {step.log}\n{last_lines(step.log, LINES_OF_A_FAILURE)}")
    width = max(len(step.name) for step in steps)
    print(f"\n{'step':{width}}  seconds  result")
    for step in steps:
        print(f"{step.name:{width}}  {step.seconds:7.1f}  {step.result}")
    print(f"{'together':{width}}  {seconds:7.1f}\n")
    passed, failed = sum(step.passed for step in steps), sum(step.failed for step in steps)
    print(f"{passed} passed, {failed} failed", flush=True)
    return int(failed > 0)


def prepare(name: str) -> None:
    """Packages and folders."""
    environment.check_writable(LOGS)
    log = LOGS / "set-up.log"
    log.write_text("", "utf-8")
    print(f"make {name}: logs are in {LOGS}", flush=True)
    environment.install("dev", log)


def test() -> int:
    """Run everything."""
    begun = time.monotonic()
    prepare("test")
    shutil.rmtree(LOGS / "coverage", ignore_errors=True)
    (LOGS / "coverage").mkdir()
    static = [*static_checks(), deploy_check()]
    run_side_by_side(static)
    engines, no_engines = grown_engines()
    # In CI the split into pages and sockets is tried behind nginx; elsewhere where there happens to be one.
    no_nginx = provided(nginx=packages.nginx) if CI else ""
    two_cores = ("-n", "2", "--dist", "worksteal")
    dynamic = [
        pytest("tests embedded", *two_cores),
        pytest("tests grown", "--grown", *two_cores, env=engines, missing=no_engines or no_nginx),
        pytest("tests in the browser", "-m", "browser", missing=no_browser()),
    ]
    for step in dynamic:
        step.run()
    covered = coverage_steps()
    for step in covered:
        step.run()
    return summarise([*static, *dynamic, *covered], time.monotonic() - begun)


def changed_tests() -> list[str]:
    """The test folders of the apps changed since the last commit, or in it; all of them without git or with ALL=1."""
    if os.environ.get("ALL") == "1":
        return ["tests"]
    told = _git("status", "--porcelain", "--untracked-files=all", "--no-renames")
    names = [line[3:] for line in told] or _git("show", "--pretty=", "--name-only", "HEAD")
    folders = {folder for name in names if (folder := tests_of(Path(name))) and (ROOT / folder).exists()}
    return sorted(folders) or ["tests"]


def tests_of(changed: Path) -> str:
    """Where the tests of a file are: tests/ mirrors the apps by their names. "" when none of ours are about it."""
    match changed.parts:
        case ("tests", name, *rest):
            return f"tests/{name}" if rest or name.startswith("test_") else ""
        case ("library" | "network" | "portal", app, _, *_):
            return "tests/pages" if app in ("templates", "static") else f"tests/{app}"
        case ("events" | "search" as app, _, *_):
            return f"tests/{app}"
        case ("config" | "scripts" | "deploy" | ".ci", *_) | (_,):
            return "tests/ops"
    return ""


def _git(*arguments: str) -> list[str]:
    try:
        said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return said.stdout.splitlines()


def check() -> int:
    """The quick inner loop: what fails most often, in under a minute."""
    begun = time.monotonic()
    prepare("check")
    steps = static_checks()
    run_side_by_side(steps)
    folders = changed_tests()
    print(f"  testing what changed: {', '.join(folders)} (make check ALL=1 tests every app)", flush=True)
    fast = pytest("fast tests", "--quick", "-n", "2", "--dist", "worksteal", *folders, cover=False)
    fast.run()
    return summarise([*steps, fast], time.monotonic() - begun)


WORK: dict[str, Callable[[], int]] = {"test": test, "check": check}

if __name__ == "__main__":
    sys.exit(main(f"make {sys.argv[1]}", WORK[sys.argv[1]]))
