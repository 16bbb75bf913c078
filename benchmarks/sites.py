"""What is compared: a stock Wagtail project, and this portal with its starter content; and how both are served."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
READY_SECONDS = 60.0
#: Settings of the stock project: Wagtail's own for production, and what it leaves to the administrator.
STOCK_LOCAL = 'SECRET_KEY = "only-for-a-benchmark-" + "x" * 50\nALLOWED_HOSTS = ["*"]\n'
#: The stock project under uvicorn the same way as the portal: WSGI in threads.
STOCK_ASGI = """
from a2wsgi import WSGIMiddleware
from stock.wsgi import application as pages

application = WSGIMiddleware(pages, workers=8)
"""


@dataclass(frozen=True)
class Site:
    """A project that is ready to be served: where it lies, its environment, its two applications."""

    name: str
    folder: Path
    wsgi: str
    asgi: str
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *command: str) -> None:
        """Run `python <command>` in the project; its output is shown when it fails, and CalledProcessError raised."""
        done = subprocess.run(
            [sys.executable, *command],
            check=False,
            cwd=self.folder,
            env=self.variables(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            print(done.stdout, done.stderr, sep="\n")
            done.check_returncode()

    def variables(self) -> dict[str, str]:
        """The environment of its processes: its own, and of this one only what finds programs."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        return {**kept, **self.environment}


def stock_site(folder: Path) -> Site:
    """`wagtail start`, migrated into SQLite, with its own production settings."""
    folder.mkdir(parents=True)
    subprocess.run([BIN / "wagtail", "start", "stock", folder], check=True, capture_output=True)
    (folder / "stock" / "settings" / "local.py").write_text(STOCK_LOCAL)
    (folder / "stock_asgi.py").write_text(STOCK_ASGI)
    environment = {"DJANGO_SETTINGS_MODULE": "stock.settings.production", "PYTHONPATH": str(folder)}
    site = Site("stock Wagtail", folder, "stock.wsgi:application", "stock_asgi:application", environment)
    site.run("manage.py", "migrate", "-v0")
    site.run("manage.py", "collectstatic", "--noinput", "-v0")
    return site


def portal_site(var: Path) -> Site:
    """This checkout with the starter content, its data under `var`."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.portal_settings",
        "PYTHONPATH": str(ROOT),
        "VAR_DIR": str(var),
        "IGNORE_DOTENV": "true",
    }
    site = Site("portal", ROOT, "config.wsgi:application", "config.asgi:application", environment)
    for command in (["migrate", "-v0"], ["load_demo", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        site.run("manage.py", *command)
    return site


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the time its processes have used."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Seconds of processor used so far by the server and its children (Linux; 0 elsewhere)."""
        if not Path("/proc/self/stat").is_file():
            return 0.0
        ticks = os.sysconf("SC_CLK_TCK")
        total = 0
        for pid in _tree(self.process.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / ticks


COMMANDS = {
    "uvicorn": lambda site, port: ["uvicorn", "--host", "127.0.0.1", "--port", port, "--log-level", "error", site.asgi],
    "gunicorn": lambda site, port: [
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--log-level",
        "error",
        site.wsgi,
    ],
}


@contextmanager
def serve(site: Site, server: str, cores: set[int]) -> Iterator[Server]:
    """`site` under `server` ("uvicorn" with WSGI in threads, or one "gunicorn" worker) until the block ends.

    Kept on `cores` (anywhere when there are none), so that the load generator does not take its time from it.
    """
    port = _free_port()
    program, *arguments = COMMANDS[server](site, str(port))
    process = subprocess.Popen(
        [BIN / program, *arguments],
        cwd=site.folder,
        env=site.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        if cores and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, cores)
        _wait(process, port)
        yield Server(port, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            reason = process.stderr.read().decode() if process.stderr else ""
            raise RuntimeError(f"the server ended with {process.returncode} before it answered:\n{reason}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port} after {READY_SECONDS:.0f} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tree(pid: int) -> list[int]:
    """`pid` and its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found
