"""A migrated database for every test process, without running every migration every time.

All migrations together take longer than most runs of tests. For SQLite their result is kept under a fingerprint of what
decides it, and copied; Django still looks whether a migration is missing. For PostgreSQL nothing is kept.
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

ROOT = Path(settings.BASE_DIR)
KEPT = ROOT / "var" / "test-databases"
SOURCES = ("config", "events", "library", "network", "portal", "search")


class KeptDatabase:
    """The migrated SQLite file that test processes copy; the first of them makes it while the others wait."""

    def __init__(self) -> None:
        self.path = KEPT / f"{fingerprint()}.sqlite3"
        self.lock: IO[str] | None = None

    def copy(self) -> None:
        """Put a copy where Django will look for the test database, or make the others wait for ours."""
        KEPT.mkdir(parents=True, exist_ok=True)
        self.lock = (KEPT / "lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if self.path.exists():
            shutil.copy(self.path, connection.creation._get_test_db_name())
            self.lock.close()

    def keep(self) -> None:
        """Keep what this process migrated, and nothing older, and let the others go on."""
        if self.lock is None or self.lock.closed:
            return
        for old in KEPT.glob("*.sqlite3*"):
            old.unlink()
        new = self.path.with_suffix(".sqlite3-new")
        migrated, copy = sqlite3.connect(connection.creation._get_test_db_name()), sqlite3.connect(new)
        with migrated, copy:
            migrated.backup(copy)
        migrated.close()
        copy.close()
        new.rename(self.path)
        self.lock.close()


class MigratedRows:
    """What migrations put into the database: the root page, languages, audiences, permissions.

    Django empties the database after a test that commits; the next test, whichever it is, finds these rows again.
    """

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
            self.tables = {table: rows for table in tables if (rows := self._read(cursor, table))}

    @staticmethod
    def _read(cursor: Any, table: str) -> Any:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                return b"".join(copy)
        return cursor.execute(f'SELECT * FROM "{table}"').fetchall()

    def put_back(self) -> None:
        """Empty the database and write the rows. Foreign keys are looked at when the transaction ends."""
        with audit_trail_open():
            self._empty()
        self._write()

    @staticmethod
    def _empty() -> None:
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True)

    def _write(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self.tables.items():
                if connection.vendor == "postgresql":
                    with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                        copy.write(rows)
                else:
                    values = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f'INSERT INTO "{table}" VALUES ({values})', rows)


@contextmanager
def audit_trail_open() -> Iterator[None]:
    """The one way past the triggers that keep the audit trail: for emptying a test database, and nothing else."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            off = ["ALTER TABLE core_auditentry DISABLE TRIGGER USER"]
            on = ["ALTER TABLE core_auditentry ENABLE TRIGGER USER"]
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'core_auditentry'"
            )
            triggers = cursor.fetchall()
            off, on = [f"DROP TRIGGER {name}" for name, _sql in triggers], [sql for _name, sql in triggers]
        for statement in off:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in on:
                cursor.execute(statement)


def end_other_connections() -> None:
    """PostgreSQL drops no database that anybody is connected to: pools of threads keep their connections to the end."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )


def fingerprint() -> str:
    """A hash of the migrations, of what runs after them, and of the packages that bring their own."""
    digest = sha256((ROOT / "requirements" / "dev.txt").read_bytes())
    for path in sorted(path for source in SOURCES for path in (ROOT / source).rglob("*.py")):
        text = path.read_bytes()
        decides = path.parent.name == "migrations" or path.is_relative_to(ROOT / "config" / "settings")
        if decides or b"post_migrate" in text:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + text)
    return digest.hexdigest()[:20]
