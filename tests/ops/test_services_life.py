"""`make services` starts the three engines on loopback and stops them: the real ones, in a folder of the test's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
import server
from elasticsearch import Elasticsearch

from .conftest import Shell
from .engines import distribution

pytestmark = pytest.mark.slow


#: 127.0.0.1 as the kernel writes it, plain and inside an IPv6 address.
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}


def listening_hosts(ports: set[int]) -> set[str]:
    """The addresses that `ports` are bound to."""
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    bound = (line[1].split(":") for line in lines if line[3] == "0A")
    return {host for host, port in bound if int(port, 16) in ports}


def test_the_life_of_the_services(shell: Shell, folder: Path, left_out: Callable[[str], None]) -> None:
    unpacked = distribution()
    if unpacked is None:
        left_out("Elasticsearch is not unpacked here: run make services")
        return
    # What was downloaded once is not downloaded again; only data and settings are this test's.
    (folder / "services" / "elasticsearch").mkdir(parents=True)
    (folder / "services" / "elasticsearch" / unpacked.name).symlink_to(unpacked)
    var = {"VAR_DIR": str(folder)}
    try:
        begun = shell("make", "services", **var)
        assert begun.returncode == 0, begun.stderr
        found = dict(re.findall(r"^export (\w+)=(\S+)$", begun.stdout, re.MULTILINE))
        assert set(found) == {"DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL"}

        # Each works, and is reached from this machine alone.
        with psycopg.connect(found["DATABASE_URL"]) as database:
            assert database.execute("SELECT rolsuper FROM pg_roles WHERE rolname = 'portal'").fetchone() == (False,)
        with redis.Redis.from_url(found["REDIS_URL"]) as cache:
            assert cache.ping()
        with Elasticsearch(found["ELASTICSEARCH_URL"]) as engine:
            assert engine.cluster.health()["status"] == "green"
        ports = {int(urlsplit(url).port or 0) for url in found.values()}
        assert listening_hosts(ports)
        assert listening_hosts(ports) <= LOOPBACK

        # Starting what runs changes nothing, and root runs none of them.
        assert "Starting" not in shell("make", "services", **var).stdout
        told = shell("make", "services-status", **var)
        assert told.returncode == 0
        processes = [int(number) for number in re.findall(r"runs, process (\d+)", told.stdout)]
        assert len(processes) == 3
        assert all(Path(f"/proc/{process}").stat().st_uid != 0 for process in processes)
    finally:
        ended = shell("make", "services-stop", **var)
    assert ended.returncode == 0, ended.stderr
    assert shell("make", "services-status", **var).stdout.count("does not run") == 3
    assert not any(server.listens(port) for port in ports)
    assert (folder / "services" / "postgresql" / "data" / "PG_VERSION").is_file()
