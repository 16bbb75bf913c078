"""`make services`: PostgreSQL, Redis and Elasticsearch on this machine's loopback, from packages, without Docker.

Everything lies under VAR_DIR/services; the ports are not the usual ones, so that servers of the machine stay untouched.
Started by root, the servers run as an unprivileged user of their own, because two of them refuse to be root.
The file VAR_DIR/services/env holds the addresses, in the form a shell reads, and is what a later start remembers.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import environment
import packages
from console import PlainError, main
from elasticsearch_server import Elasticsearch
from server import HOST, Service, give, make_user, unprivileged


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


SERVICES: tuple[type[Service], ...] = (PostgreSQL, Redis, Elasticsearch)


def home() -> Path:
    """VAR_DIR/services. Where no other user could reach it, root keeps it in /var/tmp and leaves a link."""
    wanted = environment.var_dir() / "services"
    open_to_all = all(path.stat().st_mode & 0o001 for path in wanted.parents if path.exists())
    if os.geteuid() != 0 or wanted.is_symlink() or open_to_all:
        return wanted.resolve()
    name = f"portal-services-{sha256(str(wanted).encode()).hexdigest()[:12]}"
    elsewhere = Path("/var/tmp") / name  # noqa: S108  root alone writes into it
    elsewhere.mkdir(mode=0o755, exist_ok=True)
    if elsewhere.stat().st_uid != 0 or elsewhere.is_symlink():
        raise PlainError(f"{elsewhere} belongs to somebody else: remove it, then run again.")
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.symlink_to(elsewhere)
    print(f"  Other users cannot enter {wanted.parent}: the services' data goes to {elsewhere}")
    return elsewhere


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
