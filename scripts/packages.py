"""Programs from the machine's packages: installed by root on Debian, otherwise named to the person who can."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from console import PlainError, run, step


def provide(wanted: dict[str, Callable[[], object]], log: Path) -> None:
    """Install the Debian packages of `wanted` whose test finds nothing.

    Raises PlainError naming them when this is not root on a Debian machine, or when they are not there afterwards.
    """
    missing = _missing(wanted)
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        names = " ".join(missing)
        raise PlainError(
            f"Missing here: {names}. Install them (on Debian, as root: apt-get install {names}), then run again."
        )
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Installing {', '.join(missing)} (apt-get)"):
        update = ["apt-get", "update", "--quiet"]
        run(update, log=log, doing="apt-get update", env=env)
        install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *missing]
        run(install, log=log, doing=f"Installing {', '.join(missing)}", env=env)
    if still := _missing(wanted):
        raise PlainError(f"apt-get installed {', '.join(still)}, but what they bring was not found; details: {log}")


def _missing(wanted: dict[str, Callable[[], object]]) -> list[str]:
    return [package for package, found in wanted.items() if not found()]


def postgresql_programs() -> Path | None:
    """The folder with initdb, pg_ctl and psql: Debian's newest version, else wherever PATH has pg_ctl."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[4]))
    if versions:
        return versions[-1].parent
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else None


def java_home(oldest: int = 17) -> Path | None:
    """The home of a Java of at least version `oldest`: ES_JAVA_HOME, JAVA_HOME, PATH, then Debian's folder."""
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    on_path = [Path(found).resolve().parents[1] for found in [shutil.which("java")] if found]
    for home in [*named, *on_path, *sorted(Path("/usr/lib/jvm").glob("*-openjdk-*"))]:
        if _java_version(home) >= oldest:
            return home
    return None


def _java_version(home: Path) -> int:
    """The major version of the Java in `home`, 0 when there is none."""
    program = home / "bin" / "java"
    if not program.is_file():
        return 0
    printed = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    number = printed.partition('version "')[2].partition(".")[0].partition('"')[0]
    return int(number) if number.isdigit() else 0


def nginx() -> str | None:
    """The proxy of the grown-up installation; Debian keeps it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


def chromium() -> str | None:
    """Debian's Chromium, which the browser tests drive."""
    return shutil.which("chromium")


def install_node_packages(folder: Path, log: Path) -> None:
    """Install what `folder`/package-lock.json names, by its hashes and without running anything of it.

    Raises PlainError when Node or its packages are not to be had. What is installed already costs nothing.
    """
    provide({**program("node", package="nodejs"), **program("npm")}, log)
    stamp, lock = folder / "node_modules" / "installed", sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text("ascii") == lock:
        return
    with step("Installing the HTML validator (npm)"):
        install = ["npm", "ci", "--ignore-scripts", "--prefix", str(folder)]
        run(install, log=log, doing="Installing the HTML validator", cwd=folder)
    stamp.write_text(lock, "ascii")


def program(name: str, package: str = "") -> dict[str, Callable[[], object]]:
    """For `provide`: a program, and the package it comes in where that has another name."""
    return {package or name: lambda: shutil.which(name)}
