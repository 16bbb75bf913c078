"""The project's Python environment: .venv, the lock files, and the variables a command needs.

A lock file is installed once: its hash is kept beside the packages, so that a second run costs nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from console import PlainError, UnreachableError, main, run, step, unwritable

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "installed"
# What the packages take on disk, with room for the downloads: measured 400 MB for base, 700 MB for dev.
ROOM_FOR_PACKAGES = 1_000_000_000
ROOM_FOR_DATA = 100_000_000


def dotenv() -> dict[str, str]:
    """The values of .env, as far as the scripts need them (Django reads the file by itself)."""
    path = ROOT / ".env"
    if not path.is_file():
        return {}
    lines = (line.strip().removeprefix("export ").partition("=") for line in path.read_text("utf-8").splitlines())
    return {name.strip(): value.strip().strip("'\"") for name, _, value in lines if value and not name.startswith("#")}


def setting(name: str, default: str = "") -> str:
    """The value of environment variable `name`, else of its line in .env, else `default`."""
    return os.environ.get(name) or dotenv().get(name) or default


def var_dir() -> Path:
    """The folder for everything the portal writes: VAR_DIR, else var/ in the project."""
    return Path(setting("VAR_DIR", str(ROOT / "var"))).resolve()


def child_environment(**more: str) -> dict[str, str]:
    """This process's environment for a command that runs on the project's packages and on nothing else's."""
    foreign = {"PYTHONHOME", "PYTHONPATH", "DJANGO_SETTINGS_MODULE", "UV_PROJECT_ENVIRONMENT"}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**kept, "VIRTUAL_ENV": str(VENV), "PATH": path, "PYTHONUNBUFFERED": "1", **more}


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """A hash over the names and contents of `paths` and the strings `more`."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    digest.update("\0".join(more).encode())
    return digest.hexdigest()


def check_python() -> None:
    """Raise PlainError when the Python that runs this cannot carry the project."""
    if sys.version_info < (3, 11):  # noqa: UP036  the Python of the machine, not the project's
        raise PlainError(f"Python {sys.version.split()[0]} is too old: install Python 3.11 or newer, then run again.")
    if not (find_spec("venv") and find_spec("ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise PlainError(
            f"{sys.executable} lacks its venv module: install it (on Debian: apt install python{version}-venv), "
            "then run again."
        )


def check_writable(folder: Path, *made: Path) -> None:
    """Raise PlainError unless a file can be made in `folder`, and what was `made` there before can be changed.

    The folder is made too, with its parents, when it is missing.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        raise unwritable(error, folder) from error
    # Made by somebody else, as after `sudo make demo`.
    if others := [path for path in made if not os.access(path, os.W_OK)]:
        raise unwritable(PermissionError(errno.EACCES, os.strerror(errno.EACCES)), others[0])


def check_room(folder: Path, needed: int) -> None:
    """Raise PlainError when the disk of `folder` has less than `needed` bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PlainError(
            f"The disk of {folder} is full: {free // 1_000_000} MB are free and {needed // 1_000_000} MB needed. "
            "Free some space, then run again."
        )


def lock_file(name: str) -> Path:
    """The lock file `name`: "base" (what the portal runs on) or "dev" (the tools too)."""
    return REQUIREMENTS / f"{name}.txt"


def installed(name: str) -> bool:
    """Whether .venv holds what lock file `name` asks for. The dev set holds the base set."""
    if not (PYTHON.exists() and STAMP.is_file()):
        return False
    stamp = STAMP.read_text("utf-8")
    sets = ("base", "dev") if name == "base" else ("dev",)
    return any(stamp == f"{each} {fingerprint([lock_file(each)])}" for each in sets)


def install(name: str, log: Path) -> None:
    """Make .venv hold exactly lock file `name`, every package checked against its hash.

    A development environment stays one: asked for "base" it is brought up to date as "dev".
    """
    if installed(name):
        return
    check_python()
    if name == "base" and (VENV / "bin" / "pytest").exists():
        name = "dev"
    check_writable(ROOT)
    check_room(ROOT, ROOM_FOR_PACKAGES)
    if not PYTHON.exists():
        with step("Making a Python environment in .venv"):
            run([sys.executable, "-m", "venv", "--clear", VENV], log=log, doing="Making .venv")
    STAMP.unlink(missing_ok=True)
    with step(f"Installing packages (requirements/{name}.txt)"):
        _install_uv(log)
        sync = [str(VENV / "bin" / "uv"), "pip", "sync", "--require-hashes", "--compile-bytecode", str(lock_file(name))]
        try:
            run(sync, log=log, doing="Installing packages", cwd=ROOT, env=child_environment())
        except UnreachableError:
            # A machine whose mirror or proxy only pip was told of: slower, the same hashes.
            pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock_file(name))]
            run(pip, log=log, doing="Installing packages", cwd=ROOT, env=child_environment())
    STAMP.write_text(f"{name} {fingerprint([lock_file(name)])}", "utf-8")


def _install_uv(log: Path) -> None:
    """Install the uv that requirements/dev.txt pins, by its hashes."""
    pinned = re.search(r"^uv==.*?(?=^\S)", lock_file("dev").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    if not pinned:
        raise PlainError("requirements/dev.txt does not pin uv: run `make requirements` in a development environment.")
    wanted = VENV / "uv.txt"
    wanted.write_text(pinned.group(), "utf-8")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--retries", "2", "--require-hashes", "-r", str(wanted)]
    run(pip, log=log, doing="Installing uv", env=child_environment(PIP_DISABLE_PIP_VERSION_CHECK="1"))


if __name__ == "__main__":
    # `environment.py dev`: bring .venv up to date with a lock file, for make targets that only need the tools.
    wanted_set = sys.argv[1]
    setup_log = Path(tempfile.gettempdir()) / f"portal-set-up-{os.getpid()}.log"
    sys.exit(main(f"setting up {wanted_set}", lambda: install(wanted_set, setup_log)))
