"""What a person sees while a script works: one line a step, one line for a failure.

Standard library only, like every script here that runs before the packages are installed.
"""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

DISK_FULL = re.compile(r"No space left on device|disk is full|os error 28", re.IGNORECASE)
NOT_ALLOWED = re.compile(
    r"Permission denied|Read-only file system|os error 13|attempt to write a readonly database", re.IGNORECASE
)
NO_REGISTRY = re.compile(
    r"Failed to establish a new connection|Temporary failure in name resolution|Name or service not known"
    r"|No matching distribution found|Could not find a version|dns error|error sending request"
    r"|Connection refused|timed out|Unknown host|Could not transfer artifact|Could not resolve",
    re.IGNORECASE,
)


class PlainError(Exception):
    """Why a script stops: one line that says what is wrong and what to do about it."""


class UnreachableError(PlainError):
    """No package registry answered."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print `title` when the work under it begins and, if it took long, the seconds when it ends.

    Whole lines only, so that two processes can report side by side.
    """
    begun = time.monotonic()
    print(f"  {title} …", flush=True)
    yield
    seconds = time.monotonic() - begun
    if seconds > 2:
        print(f"  {title}: {seconds:.1f} s", flush=True)


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    doing: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run `command` with its output appended to `log`; a non-zero exit raises PlainError in a person's words."""
    with log.open("a", encoding="utf-8") as output:
        print("$", *command, file=output, flush=True)
        begun = output.tell()
        code = subprocess.call(command, stdout=output, stderr=subprocess.STDOUT, cwd=cwd, env=env)
    if code:
        with log.open(encoding="utf-8", errors="replace") as output:
            output.seek(begun)
            raise explained(doing, output.read(), log)


def explained(doing: str, output: str, log: Path) -> PlainError:
    """The failure, in one line, of a command that printed `output` while `doing` something."""
    if DISK_FULL.search(output):
        return PlainError(f"The disk is full ({doing} failed). Free some space, then run the same command again.")
    if NOT_ALLOWED.search(output):
        return PlainError(f"No permission to write ({doing} failed). Make the folder yours; details: {log}")
    if NO_REGISTRY.search(output):
        return UnreachableError(
            f"No package registry answered ({doing} failed). Check the network, then run again; details: {log}"
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return PlainError(f"{doing} failed: {lines[-1] if lines else 'it printed nothing'}. The whole output: {log}")


def unwritable(error: OSError, path: str | Path) -> PlainError:
    """What to do about `error`, met when using `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return PlainError(f"The disk of {path} is full: free some space, then run again.")
    if error.errno == errno.EROFS:
        return PlainError(f"The disk of {path} is read-only: use a copy of the project on another, or set VAR_DIR.")
    return PlainError(
        f"{error.strerror}: {path}. Make it yours (chown -R $USER {path}), or use a copy "
        "of the project in a folder of your own."
    )


def main(name: str, work: Callable[[], int | None]) -> int:
    """Run `work()`; return its exit code, or 1 after printing the one line of a failure."""
    try:
        return work() or 0
    except PlainError as failure:
        print(f"{name}: {failure}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"\n{name}: interrupted; what was done is kept.", file=sys.stderr)
    except OSError as error:
        place = error.filename or "this folder"
        known = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
        said = unwritable(error, place) if error.errno in known else f"{error.strerror or error} ({place})."
        print(f"{name}: {said}", file=sys.stderr)
    return 1
