"""Bring database, starter content, search index and static files up to date, in one Django process.

Run by demo.py with the project's own Python: `prepare.py [database] [content] [search] [static]`. Commands start Django
once each; here they share one start, which is most of the time a first `make demo` takes.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django
from console import step
from django.core.management import call_command


def database() -> None:
    """Apply what migrations are missing."""
    with step("Creating and migrating the database"):
        call_command("migrate", interactive=False, verbosity=0)


def content() -> None:
    """Load the starter content, and keep what it says (the example accounts) for the next starts."""
    said = io.StringIO()
    with step("Loading meetings, practices, terms, figures and accounts"):
        call_command("load_demo", stdout=said)
    made, _, notes = said.getvalue().strip().partition("\n")
    print(f"    {made}", flush=True)
    Path(os.environ["DEMO_NOTES"]).write_text(notes, "utf-8")


def search() -> None:
    """Build the search index from the database."""
    with step("Building the search index"):
        call_command("rebuild_search", stdout=io.StringIO())


def static() -> None:
    """Collect the static files under their hashed names."""
    with step("Collecting static files"):
        call_command("collectstatic", interactive=False, verbosity=0)


PARTS: dict[str, Callable[[], None]] = {
    "database": database,
    "content": content,
    "search": search,
    "static": static,
}

if __name__ == "__main__":
    # Migrations make and drop models by the thousand; looking for garbage in between takes a fifth of their time.
    gc.disable()
    with step("Starting Django"):
        django.setup()
    for part in sys.argv[1:]:
        PARTS[part]()
