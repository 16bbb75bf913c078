"""DATABASE_URL: SQLite under var/ by default, PostgreSQL grown up."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .env import VAR_DIR, address, env


def databases() -> dict[str, dict[str, Any]]:
    """Django's DATABASES. SQLite runs in WAL with immediate transactions, so that writers queue instead of failing.

    Raises ImproperlyConfigured when DATABASE_URL names an engine the portal is not tested on, or no database.
    """
    url = address("DATABASE_URL", "postgres", "postgresql", "sqlite", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
    config: dict[str, Any] = dict(env.db_url_config(url))
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
            " PRAGMA cache_size=-16000; PRAGMA foreign_keys=ON;",
        }
        # A connection kept open spares each request the pragmas and the schema read.
        config["CONN_MAX_AGE"] = None
    elif not config["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database: expected postgres://user:password@host:5432/name.")
    else:
        config.setdefault("CONN_MAX_AGE", 60)
        config["CONN_HEALTH_CHECKS"] = True
        config.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    return {"default": config}
