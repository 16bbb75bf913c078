"""How long an anonymous page takes beside a stock Wagtail page, uncached and from the page cache.

    .venv/bin/python -m benchmarks.pages [--rounds 20] [--server uvicorn|gunicorn]

Builds `wagtail start` and the portal with its starter content in a temporary folder, serves both at once with the
same server on one core, and asks in turns, so that whatever else the machine does falls on all alike. One request at a
time, a new connection for each. Uncached requests carry a cookie, which the page cache leaves to the application; what
else the portal remembers, it remembers. The first request after a change of content, and a search for a text nobody has
asked for yet, find nothing remembered: they are shown beside, without a limit. Ends with 1 when a page is slower than
it should be.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks import machine, sites

#: A page takes at most so many times as long as the stock page; from the cache, at most this part of it.
UNCACHED, CACHED = 1.5, 0.1
REQUESTS_A_ROUND = 15
#: Requests of each page before anything is measured.
WARM_UP = 10
STOCK_PATH = "/"
SEARCH_PATH = "/en/search/?q=readmission"
SERVERS = ("uvicorn", "gunicorn")


@dataclass
class Target:
    """One thing that is asked again and again, and how long each answer took."""

    name: str
    server: sites.Server
    path: str
    cached: bool
    limit: float | None
    #: Replaced before each request, as a change of content does.
    generation: Path | None = None
    #: Added to the path, another one for each request.
    endings: Iterator[str] | None = None
    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def measure(self, requests: int) -> None:
        """Ask `requests` times. Raises RuntimeError for an answer that is not 200."""
        before = self.server.cpu_seconds()
        for _ in range(requests):
            if self.generation is not None:
                change(self.generation)
            path = self.path + (next(self.endings) if self.endings else "")
            self.seconds.append(ask(self.server.port, path, self.cached)[0])
        self.cpu += self.server.cpu_seconds() - before

    @property
    def median(self) -> float:
        """Seconds an answer takes."""
        return statistics.median(self.seconds)

    @property
    def cpu_each(self) -> float:
        """Seconds of processor an answer takes in the server."""
        return self.cpu / len(self.seconds)


def change(generation: Path) -> None:
    """Tell every process that content has changed: the file is another one (`portal.core.pagecache.FileGeneration`)."""
    other = generation.with_name("generation-of-a-benchmark")
    other.write_text("changed")
    other.replace(generation)


def ask(port: int, path: str, cached: bool) -> tuple[float, bytes]:
    """(seconds from connecting to the last byte, body) of one GET.

    Raises RuntimeError for an answer that is not 200, or that comes from the page cache (which tags it) and should not.
    """
    cookie = "" if cached else "Cookie: benchmark=1\r\n"
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n{cookie}Connection: close\r\n\r\n".encode()
    )
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        received = bytearray()
        while chunk := connection.recv(262_144):
            received += chunk
    seconds = time.perf_counter() - begun
    head, _blank, body = bytes(received).partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"{path} answered {head.splitlines()[0].decode()}")
    if not cached and b"\r\netag:" in head.lower():
        raise RuntimeError(f"{path} came from the page cache: a cookie no longer keeps a request from it")
    return seconds, body


def portal_paths(port: int) -> dict[str, str]:
    """What is measured of the portal: its home page, the library, the last meeting that is linked there, a search."""
    listed = ask(port, "/en/meetings/", cached=False)[1].decode()
    meeting = re.search(r'href="(/en/meetings/[^"/]*sarajevo-2025[^"/]*/)"', listed)
    if meeting is None:
        raise RuntimeError("/en/meetings/ links to no meeting in Sarajevo in 2025: is the starter content there?")
    return {"home": "/en/", "library": "/en/library/", "meeting": meeting[1], "search": SEARCH_PATH}


def run(server: str, stock: sites.Site, portal: sites.Site, rounds: int) -> list[Target]:
    """Measure every page under one server. The stock page is first."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    for_server = {cores[0]}
    with (
        sites.serve(stock, server, for_server) as plain,
        sites.serve(portal, server, for_server) as ours,
    ):
        if len(cores) > 1:
            os.sched_setaffinity(0, set(cores[1:]))
        targets = [Target("stock Wagtail home page", plain, STOCK_PATH, cached=False, limit=None)]
        for name, path in portal_paths(ours.port).items():
            targets.append(Target(name, ours, path, cached=False, limit=UNCACHED))
            targets.append(Target(f"{name}, from the page cache", ours, path, cached=True, limit=CACHED))
        generation = Path(portal.environment["VAR_DIR"]) / "page-cache-generation"
        first = [
            Target(f"{target.name}, first after a change", ours, target.path, False, None, generation)
            for target in targets[1::2]
        ]
        # One word more, which changes what is looked for and not what is shown.
        new_texts = (f"+OR+unheard{number}" for number in count())
        targets.append(
            Target("search, a text asked for the first time", ours, SEARCH_PATH, False, None, endings=new_texts)
        )
        for target in targets:
            for _ in range(WARM_UP):
                ask(target.server.port, target.path, target.cached)
        for _ in range(rounds):
            for target in targets:
                target.measure(REQUESTS_A_ROUND)
        for _ in range(rounds):
            for target in first:
                target.measure(1)
        if len(cores) > 1:
            os.sched_setaffinity(0, set(cores))
    return targets + first


def table(server: str, targets: list[Target]) -> str:
    """The figures as a Markdown table."""
    stock = targets[0]
    lines = [
        f"| {server} | ms | requests/s | ms of processor | × stock | × stock, processor | at most |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for target in targets:
        limit = "" if target.limit is None else f"{target.limit:g}{'' if keeps(target, stock) else ' **missed**'}"
        lines.append(
            f"| {target.name} | {target.median * 1000:.2f} | {1 / target.median:.0f} | {target.cpu_each * 1000:.2f} "
            f"| {target.median / stock.median:.2f} | {target.cpu_each / (stock.cpu_each or 1):.2f} | {limit} |"
        )
    return "\n".join(lines)


def keeps(target: Target, stock: Target) -> bool:
    """Whether `target` is as fast as it should be."""
    return target.limit is None or target.median / stock.median <= target.limit


def main() -> int:
    """Build, measure, print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help=f"of {REQUESTS_A_ROUND} requests of each page")
    parser.add_argument("--server", choices=SERVERS, help="one of them only")
    options = parser.parse_args()
    print(machine.describe("wagtail", "django", "uvicorn", "a2wsgi", "gunicorn"), flush=True)
    missed = False
    with tempfile.TemporaryDirectory(prefix="portal-benchmark-") as folder:
        stock = sites.stock_site(Path(folder) / "stock")
        portal = sites.portal_site(Path(folder) / "var")
        for server in [options.server] if options.server else SERVERS:
            targets = run(server, stock, portal, options.rounds)
            print(f"\n{table(server, targets)}", flush=True)
            missed = missed or not all(keeps(target, targets[0]) for target in targets)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
