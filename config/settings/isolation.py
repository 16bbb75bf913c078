"""A world of its own for every test process: folder, database, Redis keys and search index.

The engines may be shared with other workers, other checkouts and a running portal; what the tests put there is not.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

#: Names the world a process lives in. What a test starts (a server, a command) inherits it and joins that world.
WORLD = "PORTAL_TEST_WORLD"


def isolate() -> str:
    """Point this process's environment at a world of its own, unless a test started it; return the world's name.

    Must run before the environment is read. A worker of pytest-xdist leaves the world of the process that started it.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    world = os.environ.get(WORLD, "")
    if world.startswith(f"{worker}-"):
        return world
    world = f"{worker}-{os.getpid()}"
    # What a person keeps in .env is for their portal, not for tests.
    os.environ.update({WORLD: world, "IGNORE_DOTENV": "true"})
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix=f"portal-test-{world}-")
    Path(os.environ["VAR_DIR"], "static").mkdir()  # WhiteNoise warns of a folder that is not there
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
    os.environ["REDIS_PREFIX"] = f"portal-test-{world}"
    os.environ["ELASTICSEARCH_INDEX"] = f"portal-test-{world}"
    if redis := os.environ.get("REDIS_URL"):
        number = 1 + int(worker.removeprefix("gw")) if worker.startswith("gw") else 0
        os.environ["REDIS_URL"] = urlunsplit(urlsplit(redis)._replace(path=f"/{number + 1}"))
    return world


def database_name(world: str, engine: str) -> str:
    """The test database of `world`: a file for SQLite, because servers that a test starts open it too."""
    if engine.endswith("sqlite3"):
        return str(Path(os.environ["VAR_DIR"]) / "test.sqlite3")
    return f"test_portal_{world.replace('-', '_')}"
