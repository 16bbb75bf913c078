"""Lighthouse's four scores and the weight of a first load, on a phone's preset.

    npm ci --ignore-scripts --prefix benchmarks        once
    .venv/bin/python -m benchmarks.lighthouse [--runs 3] [--url http://localhost:8000]

Serves the portal with its starter content, opens the home page, a meeting, a practice, the library and a search in
Debian's Chromium, and prints the median of each. What costs points is named below. Ends with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import machine, pages, sites

FOLDER = Path(__file__).resolve().parent
PROGRAM = FOLDER / "node_modules" / ".bin" / "lighthouse"
CHROMIUM = "/usr/bin/chromium"
#: Chromium as root in a container; nothing it does by itself may show up in a measurement.
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
#: Category of Lighthouse -> the least score.
TARGETS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
MOST_BYTES = 150_000
#: On a busy machine Chromium now and then records nothing, and Lighthouse asks to be run again.
TRIES = 3


@dataclass(frozen=True)
class Score:
    """One page: category -> score of 100, bytes over the network, audits that cost points."""

    name: str
    scores: dict[str, int]
    size: int
    faults: frozenset[str]

    @property
    def misses(self) -> bool:
        """Whether a target is missed."""
        return self.size > MOST_BYTES or any(self.scores[name] < least for name, least in TARGETS.items())


def audit(name: str, url: str, runs: int) -> Score:
    """The median of `runs` visits to `url`. Raises RuntimeError with Lighthouse's words when it can not open it."""
    reports = [visit(url) for _ in range(runs)]
    scores = {
        category: round(statistics.median(report["categories"][category]["score"] * 100 for report in reports))
        for category in TARGETS
    }
    sizes = [report["audits"]["total-byte-weight"]["numericValue"] for report in reports]
    faults = frozenset(fault for report in reports for fault in _faults(report))
    return Score(name, scores, round(statistics.median(sizes)), faults)


def visit(url: str) -> dict[str, Any]:
    """Lighthouse's report on one visit."""
    words = ""
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory(prefix="portal-lighthouse-") as folder:
            report = Path(folder) / "report.json"
            done = subprocess.run(_command(url, report), check=False, capture_output=True, text=True)
            if not done.returncode and report.is_file():
                found: dict[str, Any] = json.loads(report.read_text())
                return found
            words = done.stderr
    raise RuntimeError(f"lighthouse could not open {url} in {TRIES} tries:\n{words}")


def _command(url: str, report: Path) -> list[str]:
    return [
        str(PROGRAM),
        url,
        "--quiet",
        "--no-enable-error-reporting",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(TARGETS)}",
        f"--chrome-path={CHROMIUM}",
        f"--chrome-flags={FLAGS}",
    ]


def _faults(report: dict[str, Any]) -> Iterator[str]:
    """Every audit that cost points, with what Lighthouse shows of it."""
    for category in TARGETS:
        for reference in report["categories"][category]["auditRefs"]:
            result = report["audits"][reference["id"]]
            if reference["weight"] and result["score"] is not None and result["score"] < 0.9:
                yield f"{category}: {result['title']} {result.get('displayValue', '')}".strip()


def addresses(origin: str) -> dict[str, str]:
    """What is visited. Of the search the page itself: results are kept from search engines on purpose (`noindex`)."""
    port = int(origin.rpartition(":")[2])
    paths = pages.portal_paths(port)
    listed = pages.ask(port, paths["library"], cached=True)[1].decode()
    practice = re.search(r'href="(/en/library/(?!submit)[\w-]+/)"', listed)
    if practice is None:
        raise RuntimeError("/en/library/ links to no practice: is the starter content there?")
    paths |= {"practice": practice[1], "search": "/en/search/"}
    return {name: origin + path for name, path in paths.items()}


@contextmanager
def portal(url: str) -> Iterator[str]:
    """The origin to visit: `url` when given, otherwise a portal of our own."""
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="portal-lighthouse-") as folder:
        site = sites.portal_site(Path(folder) / "var")
        with sites.serve(site, "uvicorn", cores=set()) as server:
            yield f"http://localhost:{server.port}"


def main() -> int:
    """Visit, print; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="visits of each page; the median counts")
    parser.add_argument("--url", default="", help="a portal that runs already")
    options = parser.parse_args()
    if not PROGRAM.is_file():
        print("Lighthouse is not installed: run `npm ci --ignore-scripts --prefix benchmarks` first.", file=sys.stderr)
        return 2
    chromium = subprocess.run([CHROMIUM, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    lighthouse = json.loads((FOLDER / "package.json").read_text())["devDependencies"]["lighthouse"]
    print(
        f"{machine.describe('django', 'wagtail')}; {chromium}; Lighthouse {lighthouse}, mobile, {options.runs} runs\n"
    )
    print(
        "| page | performance | accessibility | best practices | SEO | kB |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    found = []
    with portal(options.url) as origin:
        for name, url in addresses(origin).items():
            score = audit(name, url, options.runs)
            found.append(score)
            marks = " | ".join(str(score.scores[category]) for category in TARGETS)
            print(f"| {name} | {marks} | {score.size / 1000:.0f}{' **missed**' if score.misses else ''} |", flush=True)
    for score in found:
        for fault in sorted(score.faults):
            print(f"\n{score.name}: {fault}", end="")
    print()
    return int(any(score.misses for score in found))


if __name__ == "__main__":
    sys.exit(main())
