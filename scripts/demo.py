"""`make demo` and `make reset`: the portal with its starter content on one machine, without any server beside it.

Everything it makes lies in .venv and VAR_DIR. What is up to date is skipped by fingerprints kept in VAR_DIR/demo, so a
second start only starts the server. What a person has entered is never touched, except by `reset`, which asks.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

import environment
from console import PlainError, explained, main, step

ROOT = environment.ROOT
HOST = "127.0.0.1"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 5
#: What `reset` deletes inside VAR_DIR, and nothing else there: the folder may hold more than the demo's files.
MADE_BY_THE_PORTAL = ("portal.sqlite3*", "search", "files", "mail", "static", "page-cache-generation", "secret-key")


def serve() -> int:
    """Set up what is missing, serve until Ctrl-C; return the server's exit code."""
    port = wanted_port()
    var = environment.var_dir()
    environment.check_writable(var / "demo", *made_by_the_portal(var), *(var / "demo").glob("*"))
    environment.check_room(var, environment.ROOM_FOR_DATA)
    lock = lock_portal(var)
    check_port_is_free(port)
    begun = time.monotonic()
    log = var / "demo" / "set-up.log"
    log.write_text("", "utf-8")
    environment.install("base", log)
    prepare(var, log)
    with step("Starting the server"):
        server = start_server(port, lock)
    announce(port, var, time.monotonic() - begun)
    return wait_for(server)


def made_by_the_portal(var: Path) -> list[Path]:
    """What the portal made in `var` so far, its folder of notes apart."""
    return [path for pattern in MADE_BY_THE_PORTAL for path in sorted(var.glob(pattern))]


def wanted_port() -> int:
    """PORT, 8000 by default."""
    given = environment.setting("PORT", "8000")
    if not (given.isdigit() and 0 < int(given) < 65536):
        raise PlainError(f"PORT={given} is not a port: give a number from 1 to 65535, for example make demo PORT=8001.")
    return int(given)


def lock_portal(var: Path) -> IO[str]:
    """Hold VAR_DIR's lock for this process and the server it starts: two portals must not share one folder."""
    lock = (var / "demo" / "running").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        raise PlainError(
            f"The portal of this folder runs already ({lock.read().strip() or 'it is being set up'}): use that one, or "
            "stop it with Ctrl-C in its terminal. A second one needs a folder of its own: "
            "make demo PORT=8001 VAR_DIR=/path/to/another"
        ) from error
    lock.truncate(0)
    return lock


def is_free(port: int) -> bool:
    """Whether a server could listen on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise PlainError(
                f"Port {port} needs root: choose one above 1023, for example make demo PORT=8001."
            ) from error
        except OSError:
            return False
    return True


def check_port_is_free(port: int) -> None:
    """Raise PlainError, naming a port that is free, when `port` is not."""
    if not is_free(port):
        other = next((each for each in range(port + 1, min(port + 100, 65536)) if is_free(each)), 8001)
        raise PlainError(f"Port {port} is busy: stop the program that listens there, or run make demo PORT={other}.")


def fingerprints(var: Path) -> dict[str, str]:
    """What each part depends on, as hashes: a part whose hash has not changed is up to date."""
    packages = environment.fingerprint([environment.lock_file("base")])
    names = ("DATABASE_URL", "ELASTICSEARCH_URL")
    where = f"{var} {' '.join(environment.setting(name) for name in names)}"
    apps = [path for top in ("config", "events", "library", "network", "portal", "search") for path in _files(top)]
    database = environment.fingerprint((path for path in apps if "migrations" in path.parts), packages, where)
    facts = (path for path in apps if "facts" in path.parts or path.name == "demo.py")
    documents = (path for path in apps if path.name == "documents.py" or path.is_relative_to(ROOT / "search"))
    static = (path for path in apps if "static" in path.parts or path.name == "staticfiles.py")
    return {
        "database": database,
        "content": environment.fingerprint(facts, database),
        "search": environment.fingerprint(documents, database),
        "static": environment.fingerprint(static, packages, str(var)),
    }


def _files(top: str) -> list[Path]:
    return [path for path in (ROOT / top).rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def remembered(var: Path) -> dict[str, str]:
    """The fingerprints of the parts as they last were brought up to date."""
    stamps = var / "demo" / "stamps.json"
    try:
        return dict(json.loads(stamps.read_text("utf-8")))
    except (FileNotFoundError, ValueError):  # the first start, or a file cut short: everything is done once more
        return {}


def outdated(var: Path, now: dict[str, str]) -> list[str]:
    """The parts to bring up to date, in order: those that changed since they last were, or whose files are gone."""
    then = remembered(var)
    embedded = {"static": var / "static"}
    if not environment.setting("DATABASE_URL"):
        embedded["database"] = var / "portal.sqlite3"
    if not environment.setting("ELASTICSEARCH_URL"):
        embedded["search"] = var / "search"
    if "database" in embedded and not embedded["database"].exists():
        return list(now)
    return [part for part in now if then.get(part) != now[part] or (part in embedded and not embedded[part].exists())]


def prepare(var: Path, log: Path) -> None:
    """Bring the outdated parts up to date and remember that they are. Raises PlainError with the reason."""
    now = fingerprints(var)
    parts = outdated(var, now)
    if not parts:
        return
    # Static files need no database: they are collected beside the rest, on the second core.
    groups = [[part for part in parts if part != "static"], [part for part in parts if part == "static"]]
    env = environment.child_environment(
        DJANGO_SETTINGS_MODULE="config.settings.dev", VAR_DIR=str(var), DEMO_NOTES=str(var / "demo" / "notes.txt")
    )
    command = [str(environment.PYTHON), str(ROOT / "scripts" / "prepare.py")]
    with log.open("a", encoding="utf-8") as errors:
        running = {
            tuple(group): subprocess.Popen([*command, *group], cwd=ROOT, env=env, stderr=errors)
            for group in groups
            if group
        }
        done = [part for group, process in running.items() if process.wait() == 0 for part in group]
    then = {part: was for part, was in remembered(var).items() if part not in parts}
    kept = {**then, **{part: now[part] for part in done}}
    (var / "demo" / "stamps.json").write_text(json.dumps(kept, indent=1), "utf-8")
    if len(done) < len(parts):
        raise explained("Setting the portal up", log.read_text("utf-8", errors="replace"), log)


def start_server(port: int, lock: IO[str]) -> subprocess.Popen[bytes]:
    """Start the one process that serves pages and sockets; return when it answers."""
    command = [
        *(str(environment.PYTHON), "-m", "config.serve", "--host", HOST, "--port", str(port)),
        *("--seconds-to-stop", str(SECONDS_TO_STOP)),
    ]
    env = environment.child_environment(
        DJANGO_SETTINGS_MODULE="config.settings.dev", VAR_DIR=str(environment.var_dir()), PORT=str(port)
    )
    # The server inherits the lock: should this process be killed, the folder stays locked while the server lives.
    # Its own session: Ctrl-C reaches this process only, which asks the server to stop, once.
    server = subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=[lock.fileno()], start_new_session=True)
    lock.write(f"http://localhost:{port}, process {server.pid}")
    lock.flush()
    for _ in range(SECONDS_TO_START * 20):
        if server.poll() is not None:
            raise PlainError(
                f"The server stopped while starting (exit code {server.returncode}): the reason stands above."
            )
        if answers(port):
            return server
        time.sleep(0.05)
    server.terminate()
    raise PlainError(f"The server did not answer within {SECONDS_TO_START} seconds: what it printed stands above.")


def answers(port: int) -> bool:
    """Whether the portal on `port` says that it lives."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/health/live", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def announce(port: int, var: Path, seconds: float) -> None:
    """Print where the portal is and who can log in."""
    notes = var / "demo" / "notes.txt"
    print(f"\nThe portal is at http://localhost:{port} (ready after {seconds:.1f} s)\n")
    if notes.is_file() and (text := notes.read_text("utf-8").strip()):
        print(f"{text}\n")
    print(f"Ctrl-C stops it. What you enter stays in {var}; make reset starts afresh.", flush=True)


def wait_for(server: subprocess.Popen[bytes]) -> int:
    """Wait until the server ends, passing on the wish to stop; return 0 when somebody asked it to."""
    asked = []

    def stop(number: int, _frame: object) -> None:
        asked.append(number)
        server.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    code = server.wait()
    if asked:
        print("\nStopped. make demo starts it again as it was.")
        return 0
    raise PlainError(f"The server ended by itself (exit code {code}): the reason stands above.")


def reset() -> int:
    """Delete what the demo made, after asking; packages stay."""
    var = environment.var_dir()
    if environment.setting("DATABASE_URL"):
        raise PlainError(
            "DATABASE_URL is set: reset deletes only the embedded database. Unset it, or empty that database."
        )
    if not (var / "demo").is_dir():
        print(f"Nothing to reset: {var} holds no portal.")
        return 0
    with lock_portal(var):
        made = made_by_the_portal(var)
        names = ", ".join(path.name for path in made) or "nothing but its notes"
        print(f"This deletes the portal's data in {var}, with all that was entered: {names}.")
        if os.environ.get("YES") != "1":
            if not sys.stdin.isatty():
                raise PlainError("Nobody is here to answer. To delete without asking: make reset YES=1")
            if input("Type yes to go on: ").strip().lower() != "yes":
                print("Nothing was deleted.")
                return 0
        for path in [*made, var / "demo"]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    print("Done. make demo builds it anew.")
    return 0


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "serve"
    sys.exit(main(f"make {'demo' if wanted == 'serve' else wanted}", {"serve": serve, "reset": reset}[wanted]))
