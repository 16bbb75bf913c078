"""`make services`: PostgreSQL, Redis and Elasticsearch on this machine's loopback, from packages, without Docker.

Everything lies under VAR_DIR/services; the ports are not the usual ones, so that servers of the machine stay untouched.
Started by root, the servers run as an unprivileged user of their own, because two of them refuse to be root.
The file VAR_DIR/services/env holds the addresses, in the form a shell reads, and is what a later start remembers.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zipfile import ZipFile

import environment
import packages
from console import PlainError, main, run, step

HOST = "127.0.0.1"
USER = "portal-services"
SECONDS_TO_START = 90
SECONDS_TO_STOP = 30

ELASTICSEARCH_VERSION = "8.19.21"
ELASTICSEARCH_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{ELASTICSEARCH_VERSION}:zip"
ELASTICSEARCH_SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"


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


class PostgreSQL(Service):
    """The database. Its superuser is `postgres`; the portal's role may create (test) databases and no more.

    It does not wait for the disk: tests make and drop databases by the dozen, and only a crash of the machine would
    lose what was written last. DURABLE=1 has it wait, for measuring.
    """

    name = "PostgreSQL"
    variable = "DATABASE_URL"
    usual_port = 5440
    stop_signal = signal.SIGINT  # "fast": open connections are ended

    @property
    def pid_file(self) -> Path:
        """The server's own."""
        return self.folder / "data" / "postmaster.pid"

    def provide(self, log: Path) -> None:
        """Debian's server package."""
        packages.provide({"postgresql": packages.postgresql_programs}, log)

    def address_on(self, port: int) -> str:
        """With a password made on the first start."""
        return f"postgres://portal:{self.address.password or secrets.token_urlsafe(18)}@{HOST}:{port}/portal"

    def launch(self) -> None:
        """Make the cluster on first use; no socket in the file system, whose path could be too long."""
        data = self.folder / "data"
        if not (data / "PG_VERSION").is_file():
            password = self.folder / "password"
            password.write_text(str(self.address.password), "utf-8")
            give(self.folder)
            how = ["-U", "postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
            self._call("initdb", "-D", str(data), *how, f"--pwfile={password}")
            password.unlink()
        options = f"-p {self.port} -c listen_addresses={HOST} -c unix_socket_directories='' -c max_connections=200"
        if os.environ.get("DURABLE") != "1":
            options += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        self._call("pg_ctl", "start", "-w", "-D", str(data), "-l", str(self.folder / "server.log"), "-o", options)
        if not self._ask("SELECT 1 FROM pg_roles WHERE rolname = 'portal'"):
            self._ask(f"CREATE ROLE portal LOGIN CREATEDB PASSWORD '{self.address.password}'")
        if not self._ask("SELECT 1 FROM pg_database WHERE datname = 'portal'"):
            self._ask("CREATE DATABASE portal OWNER portal")

    def answers(self) -> bool:
        """It takes connections."""
        return subprocess.call([self._program("pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]) == 0

    def _program(self, name: str) -> Path:
        folder = packages.postgresql_programs()
        if folder is None:
            raise PlainError("PostgreSQL's programs are missing: run make services as root, or install postgresql.")
        return folder / name

    def _call(self, program: str, *arguments: str) -> None:
        with self.log.open("ab") as log:
            code = subprocess.call(
                [self._program(program), *arguments], stdout=log, stderr=log, cwd=self.folder, **unprivileged()
            )
        if code:
            raise PlainError(
                f"PostgreSQL's {program} failed. The reason is in {self.log} or {self.folder / 'server.log'}"
            )

    def _ask(self, statement: str) -> str:
        """The answer to one SQL statement of the superuser."""
        psql = [str(self._program("psql")), "-h", HOST, "-p", str(self.port), "-U", "postgres", "-qtAc", statement]
        env = {**os.environ, "PGPASSWORD": str(self.address.password)}
        asked = subprocess.run(psql, capture_output=True, text=True, env=env, check=False)
        if asked.returncode:
            raise PlainError(f"PostgreSQL refused its set-up: {asked.stderr.strip()}")
        return asked.stdout.strip()


class Redis(Service):
    """Cache and channel layer: memory only, because losing it loses nothing."""

    name = "Redis"
    variable = "REDIS_URL"
    usual_port = 6390

    def provide(self, log: Path) -> None:
        """Debian's server package."""
        packages.provide(packages.program("redis-server"), log)

    def address_on(self, port: int) -> str:
        """Its first database."""
        return f"redis://{HOST}:{port}/0"

    def launch(self) -> None:
        """Nothing is written but its log and its process id."""
        options = {
            "--port": str(self.port),
            "--bind": HOST,
            "--dir": str(self.folder),
            "--daemonize": "yes",
            "--pidfile": str(self.pid_file),
            "--logfile": str(self.folder / "server.log"),
            "--save": "",
            "--appendonly": "no",
        }
        command = ["redis-server", *(part for option in options.items() for part in option)]
        with self.log.open("ab") as log:
            subprocess.check_call(command, stdout=log, stderr=log, cwd=self.folder, **unprivileged())

    def answers(self) -> bool:
        """PING, PONG."""
        try:
            with socket.create_connection((HOST, self.port), timeout=2) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class Elasticsearch(Service):
    """The search engine: Elastic's own distribution for integration tests, the one that a package registry carries."""

    name = "Elasticsearch"
    variable = "ELASTICSEARCH_URL"
    usual_port = 9240

    @property
    def program(self) -> Path:
        """The folder of the unpacked distribution."""
        return self.folder / f"elasticsearch-{ELASTICSEARCH_VERSION}"

    def provide(self, log: Path) -> None:
        """Java and Maven from Debian, the distribution by Maven, checked against its hash, unpacked."""
        packages.provide({"default-jre-headless": packages.java_home}, log)
        if (self.program / "bin" / "elasticsearch").is_file():
            return
        packages.provide({"maven": lambda: shutil.which("mvn")}, log)
        self.folder.mkdir(parents=True, exist_ok=True)
        with step(f"Downloading Elasticsearch {ELASTICSEARCH_VERSION} (107 MB)"):
            copy = ["mvn", "--batch-mode", MAVEN_COPY, f"-Dartifact={ELASTICSEARCH_ARTIFACT}"]
            run([*copy, f"-DoutputDirectory={self.folder}"], log=log, doing="Downloading Elasticsearch")
        archive = self.folder / f"elasticsearch-{ELASTICSEARCH_VERSION}.zip"
        with archive.open("rb") as stream:
            if (found := file_digest(stream, sha256).hexdigest()) != ELASTICSEARCH_SHA256:
                raise PlainError(
                    f"{archive} has SHA-256 {found}, not {ELASTICSEARCH_SHA256}: it is not what was pinned."
                )
        with ZipFile(archive) as zipped:
            zipped.extractall(self.folder)
        for program in (self.program / "bin").iterdir():
            program.chmod(0o755)
        archive.unlink()

    def address_on(self, port: int) -> str:
        """Without a password: it listens on loopback only."""
        return f"http://{HOST}:{port}"

    def launch(self) -> None:
        """One node, half a gigabyte, no security, no refusal when the machine's disk runs full."""
        settings = {
            "cluster.name": "portal",
            "discovery.type": "single-node",
            "http.host": HOST,
            "http.port": self.port,
            "transport.host": HOST,
            "transport.port": f"{self.port + 100}-{self.port + 199}",
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "xpack.security.enabled": "false",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
        (self.program / "config" / "elasticsearch.yml").write_text(lines, "utf-8")
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        give(self.folder)
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "ES_TMPDIR": str(temporary),
            "ES_JAVA_HOME": str(packages.java_home()),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        }
        command = [str(self.program / "bin" / "elasticsearch"), "-d", "-p", str(self.pid_file)]
        with self.log.open("ab") as log:
            code = subprocess.call(command, stdout=log, stderr=log, cwd=self.folder, env=env, **unprivileged())
        if code:
            raise PlainError(f"Elasticsearch did not start. The reason is in {self.log}")

    def answers(self) -> bool:
        """Its cluster is at least yellow: every index can be read and written."""
        try:
            address = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s"
            with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310  our own http address
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False


SERVICES: tuple[type[Service], ...] = (PostgreSQL, Redis, Elasticsearch)


def home() -> Path:
    """VAR_DIR/services. Where no other user could reach it, root keeps it in /var/tmp and leaves a link."""
    wanted = environment.var_dir() / "services"
    open_to_all = all(path.stat().st_mode & 0o001 for path in wanted.parents if path.exists())
    if os.geteuid() != 0 or wanted.is_symlink() or open_to_all:
        return wanted.resolve()
    elsewhere = Path("/var/tmp") / f"portal-services-{sha256(str(wanted).encode()).hexdigest()[:12]}"  # noqa: S108  0755, root's
    elsewhere.mkdir(mode=0o755, exist_ok=True)
    if elsewhere.stat().st_uid != 0 or elsewhere.is_symlink():
        raise PlainError(f"{elsewhere} belongs to somebody else: remove it, then run again.")
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.symlink_to(elsewhere)
    print(f"  Other users cannot enter {wanted.parent}: the services' data goes to {elsewhere}")
    return elsewhere


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


def remember(folder: Path, services: list[Service]) -> None:
    """Write the addresses to `folder`/env, readable by its owner only: one of them holds a password."""
    path = folder / "env"
    path.touch(mode=0o600)
    path.write_text("".join(f"export {each.variable}={each.url}\n" for each in services), "utf-8")


def running() -> dict[str, str]:
    """Variable -> address of the services that run now."""
    services = [each(home()) for each in SERVICES]
    return {service.variable: service.url for service in services if service.runs()}


def start() -> int:
    """Start what does not run, and print the three addresses."""
    folder = home()
    environment.check_writable(folder)
    environment.check_room(folder, environment.ROOM_FOR_PACKAGES)
    log = folder / "set-up.log"
    make_user()
    services = [each(folder) for each in SERVICES]
    for service in services:
        service.provide(log)
    for service in services:
        service.start()
        remember(folder, [each for each in services if each.url])
    print(f"\n{(folder / 'env').read_text('utf-8')}\nTo use them in this shell: . {folder / 'env'}")
    return 0


def stop() -> int:
    """Stop what runs; the data stays."""
    services = [each(home()) for each in SERVICES]
    if not any(service.process() for service in services):
        print("No service runs.")
    for service in services:
        service.stop()
    return 0


def status() -> int:
    """Print one line a service; 0 when all run."""
    services = [each(home()) for each in SERVICES]
    for service in services:
        state = f"runs, process {service.process()}, port {service.port}" if service.runs() else "does not run"
        print(f"  {service.name:14} {state}")
    return 0 if all(service.runs() for service in services) else 1


if __name__ == "__main__":
    wanted_work = {"start": start, "stop": stop, "status": status}[sys.argv[1]]
    sys.exit(main(f"make services{'' if sys.argv[1] == 'start' else '-' + sys.argv[1]}", wanted_work))
