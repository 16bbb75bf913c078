"""One server of `make services`: where it lies, as whom it runs, how it is started, stopped and asked how it is."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from console import PlainError, step

HOST = "127.0.0.1"
USER = "portal-services"
SECONDS_TO_START = 90
SECONDS_TO_STOP = 30


class Service(ABC):
    """One server: where it lies, how it is started, stopped and asked whether it is well."""

    name: str
    variable: str
    usual_port: int
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path) -> None:
        self.folder = home / self.name.lower()
        self.log = home / f"{self.name.lower()}.log"
        self.url = addresses(home).get(self.variable, "")

    @property
    def address(self) -> SplitResult:
        """The parts of `url`."""
        return urlsplit(self.url)

    @property
    def port(self) -> int:
        """The port of `url`."""
        return self.address.port or self.usual_port

    def start(self) -> None:
        """Start the server unless it runs; return when it answers."""
        if self.runs():
            return
        port = next((each for each in range(self.port, self.port + 50) if not listens(each)), None)
        if port is None:
            raise PlainError(f"No port is free for {self.name} from {self.port} on: stop what listens there.")
        self.url = self.address_on(port)
        with step(f"Starting {self.name}"):
            give(self.folder)
            self.launch()
            self.wait(running=True)

    def stop(self) -> None:
        """Stop the server if it runs; return when it is gone."""
        if process := self.process():
            with step(f"Stopping {self.name}"):
                os.kill(process, self.stop_signal)
                self.wait(running=False)

    def wait(self, *, running: bool) -> None:
        """Wait until the server answers, or is gone. Raises PlainError that names its log."""
        limit = SECONDS_TO_START if running else SECONDS_TO_STOP
        for _ in range(limit * 10):
            if self.runs() if running else not self.process():
                return
            time.sleep(0.1)
        verb = "start" if running else "stop"
        raise PlainError(f"{self.name} did not {verb} within {limit} seconds. The reason is in {self.log}")

    def runs(self) -> bool:
        """Whether our server, not another's on its port, is up and answers."""
        return bool(self.process()) and self.answers()

    def process(self) -> int:
        """The id of our running server's process, 0 when there is none."""
        try:
            number = int(self.pid_file.read_text("ascii").split()[0])
            os.kill(number, 0)
            # The number may have gone to another program since: ours works in its own folder.
            if Path("/proc").is_dir() and not Path(f"/proc/{number}/cwd").readlink().is_relative_to(self.folder):
                return 0
        except (OSError, ValueError, IndexError):
            return 0
        return number

    @property
    def pid_file(self) -> Path:
        """Where the server writes its process id."""
        return self.folder / "server.pid"

    @abstractmethod
    def provide(self, log: Path) -> None:
        """Install what the server needs, or raise PlainError naming it."""

    @abstractmethod
    def address_on(self, port: int) -> str:
        """The address the portal is given when the server listens on `port`."""

    @abstractmethod
    def launch(self) -> None:
        """Start the server on `port`, in the background."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server is ready for work."""


def unprivileged() -> dict[str, Any]:
    """Arguments of subprocess that turn root into the services' user; nothing for anybody else."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(USER)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def make_user() -> None:
    """Make the services' user, without log-in and home, when root starts them for the first time."""
    if os.geteuid() != 0:
        return
    try:
        pwd.getpwnam(USER)
    except KeyError:
        shell = shutil.which("nologin") or "/usr/sbin/nologin"
        subprocess.check_call(["useradd", "--system", "--user-group", "--no-create-home", "--shell", shell, USER])


def give(folder: Path) -> None:
    """Make `folder` and everything in it the services' user's."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        account = pwd.getpwnam(USER)
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def listens(port: int) -> bool:
    """Whether something listens on `port`."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def addresses(folder: Path) -> dict[str, str]:
    """Variable -> address, as the last start wrote them to `folder`/env."""
    path = folder / "env"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
