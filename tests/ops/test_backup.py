"""Back up and restore, by the commands of docs/operations.md: the audit trail comes back, and stays guarded."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from packages import postgresql_programs
from psycopg.conninfo import make_conninfo

from network.members.enums import Role
from portal.core import audit
from tests.factories.members import AgencyFactory, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Restored = Callable[[str], Any]
PARTS = ("host", "port", "user", "password")


@contextmanager
def restored_postgresql(folder: Path) -> Iterator[Restored]:
    """The tests' database, dumped and restored into another: when that is empty, and again over what stands there."""
    programs = postgresql_programs()
    assert programs is not None
    given = connection.get_connection_params()
    address = {part: given[part] for part in PARTS if part in given}
    name, dump = f"{given['dbname']}_restored", folder / "portal.dump"
    with psycopg.connect(make_conninfo(dbname="postgres", **address), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            here, there = (make_conninfo(dbname=database, **address) for database in (given["dbname"], name))
            subprocess.run([programs / "pg_dump", "-Fc", "-f", dump, here], check=True)
            restore = [programs / "pg_restore", "-d", there, "--clean", "--if-exists", "--exit-on-error", dump]
            for _time in ("into an empty database", "over a guarded trail"):
                subprocess.run(restore, check=True)
            with psycopg.connect(there, autocommit=True) as restored:
                yield restored.execute
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def restored_sqlite(folder: Path) -> Iterator[Restored]:
    """A copy taken while the portal runs."""
    copy = folder / "backup.sqlite3"
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as running:
        running.execute("VACUUM INTO ?", [str(copy)])
    with closing(sqlite3.connect(copy)) as restored:
        yield restored.execute


def test_what_is_restored_has_the_trail_and_guards_it(tmp_path: Path) -> None:
    staff = person(Role.STAFF, name="Stana Staff")
    audit.record(action="members.agency_added", by=staff, target=AgencyFactory())
    server = connection.vendor == "postgresql"
    changes = ["UPDATE core_auditentry SET reason = 'x'", "DELETE FROM core_auditentry"]
    with (restored_postgresql if server else restored_sqlite)(tmp_path) as execute:
        assert execute("SELECT by_name FROM core_auditentry").fetchall() == [("Stana Staff",)]
        for statement in [*changes, "TRUNCATE core_auditentry"] if server else changes:
            with pytest.raises((psycopg.IntegrityError, sqlite3.IntegrityError), match="only ever added to"):
                execute(statement)
