"""``manage.py search_batch FILE``: many searches at once, for measuring how good the results are."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import search
from search.audiences import audiences_of, audiences_of_anonymous
from search.backends.base import EngineUnavailableError
from search.query import InvalidRequestError, SearchRequest

TOP = 50


class Command(BaseCommand):
    """One query a line in, one line of JSON out, with the top 50.

    ``{"query": …, "hits": [{"type": …, "slug": …, "title": …, "score": …}]}``. A query that can not be answered has
    no hits and an "error". Empty lines are passed over.
    """

    help = "Search for every line of FILE ('-' reads standard input) and write one line of JSON for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, and whose eyes to search with."""
        parser.add_argument("file", help="one query a line, UTF-8; - for standard input")
        parser.add_argument("--user", metavar="EMAIL", help="search as this user; anonymous otherwise")

    def handle(self, *args: Any, **options: Any) -> None:
        """Search line by line."""
        email = options["user"]
        try:
            audiences = audiences_of(email) if email else audiences_of_anonymous()
        except LookupError as error:
            raise CommandError(str(error)) from error
        for query in _queries(options["file"]):
            self.stdout.write(json.dumps({"query": query, **_answer(query, audiences)}, ensure_ascii=False))


def _queries(name: str) -> Iterator[str]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} can not be read: {error}") from error
    return (line.strip() for line in text.splitlines() if line.strip())


def _answer(query: str, audiences: frozenset[str]) -> dict[str, Any]:
    try:
        results = search(SearchRequest(text=query, audiences=audiences, size=TOP, highlight=False))
    except InvalidRequestError as error:
        return {"hits": [], "error": error.message}
    except EngineUnavailableError as error:
        raise CommandError(str(error)) from error
    hits = [
        {"type": hit.type, "slug": hit.slug, "title": hit.document.title, "score": hit.score} for hit in results.hits
    ]
    return {"hits": hits}
