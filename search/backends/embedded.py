"""tantivy: an index on disk inside the process, for a bare machine."""

from __future__ import annotations

import logging
import operator
import os
import shutil
import time
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import tantivy
from tantivy import Occur, Query

from search.documents import SearchDocument
from search.fields import (
    INDEX_VERSION,
    KEYWORD_FIELDS,
    ORDERED_FIELDS,
    TEXT_FIELDS,
    IndexEntry,
    document_of,
    entry_of,
    facet_token,
)
from search.plan import AllOf, AnyOf, Everything, Has, Like, Node, Run, Scored, StartsWith

from .base import Answer, Change, EngineUnavailableError, Question, RawHit

logger = logging.getLogger(__name__)

_HEAP = 32_000_000
#: Facet values counted at most, over all facets.
_MOST_VALUES = 10_000
#: Equal scores are put in order by key; this many beyond the page are looked at for it.
_LOOK_AHEAD = 30
_WAIT_STEP = 0.05
_MANY_TERMS = 16


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in KEYWORD_FIELDS:
        builder.add_text_field(
            name, stored=name == "key", fast=name == "facets", tokenizer_name="raw", index_option="basic"
        )
    for name in TEXT_FIELDS:
        order = "position" if name in ORDERED_FIELDS else "basic"
        builder.add_text_field(name, tokenizer_name="spaces", index_option=order)
    builder.add_float_field("weight", fast=True)
    builder.add_integer_field("recency", fast=True)
    builder.add_text_field("fingerprint", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("source", stored=True)
    return builder.build()


def _open(path: Path, *, create: bool = False) -> tantivy.Index:
    index = tantivy.Index(_schema(), path=str(path)) if create else tantivy.Index.open(str(path))
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual")
    return index


@dataclass(slots=True)
class _Live:
    """The open live index, and the state of its files when it was last read."""

    name: str
    index: tantivy.Index
    state: tuple[int, int]


class EmbeddedBackend:
    """One directory `path`: ``CURRENT`` names the live index in it, so a rebuilt one takes over in one step.

    Any number of processes read; one writes at a time, others wait for it up to `lock_wait` seconds.
    """

    def __init__(self, path: str, lock_wait: float = 5.0) -> None:
        self.path = Path(path)
        self.lock_wait = lock_wait
        self._live: _Live | None = None
        self._lock = Lock()

    # reading

    def search(self, question: Question) -> Answer:
        """See `SearchBackend.search`."""
        index = self._index()
        searcher = index.searcher()
        base = AllOf((question.visible, question.match))
        wanted = {
            name: Has("facets", tuple(facet_token(name, value) for value in values))
            for name, values in question.filters.items()
        }
        query = _translate(index.schema, AllOf((base, *wanted.values())))
        scored = Query.boolean_query(
            [
                (Occur.Must, Query.const_score_query(query, 0.0)),
                *((Occur.Should, _translate(index.schema, node)) for node in question.scores),
            ]
        )
        hits, total = self._page(searcher, scored, question)
        return Answer(total, hits, _facet_counts(searcher, index.schema, base, wanted, question.facets))

    def _page(self, searcher: tantivy.Searcher, query: Query, question: Question) -> tuple[list[RawHit], int]:
        limit = question.offset + question.size + _LOOK_AHEAD
        if question.newest:
            result = searcher.search(query, limit=limit, order_by_field="recency")
        else:
            result = searcher.search(query, limit=limit, weight_by_field="weight")
        values = [float(value) for value, _address in result.hits]
        end = min(question.offset + question.size, len(values))
        if question.offset >= end:
            return [], int(result.count)
        # What scores like the page's first or last hit may belong on it too.
        first = bisect_left(values, -values[question.offset], key=operator.neg)
        last = bisect_right(values, -values[end - 1], key=operator.neg)
        near = [(-values[place], searcher.doc(result.hits[place][1])) for place in range(first, last)]
        ranked = sorted(near, key=lambda pair: (pair[0], pair[1].get_first("key")))
        hits = [
            RawHit(document_of(stored.get_first("source")), 0.0 if question.newest else round(-value, 4))
            for value, stored in ranked[question.offset - first : end - first]
        ]
        return hits, int(result.count)

    def count(self, visible: Node, nodes: Sequence[Node]) -> tuple[int, list[int]]:
        """See `SearchBackend.count`."""
        index = self._index()
        searcher = index.searcher()

        def matched(node: Node) -> int:
            return int(searcher.search(_translate(index.schema, AllOf((visible, node))), limit=1).count)

        return matched(Everything()), [matched(node) for node in nodes]

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """See `SearchBackend.fingerprints`."""
        searcher = self._index().searcher()
        everything = searcher.search(Query.all_query(), limit=max(searcher.num_docs, 1), count=False)
        for _score, address in everything.hits:
            stored = searcher.doc(address)
            yield stored.get_first("key"), stored.get_first("fingerprint")

    def problem(self) -> str:
        """See `SearchBackend.problem`."""
        try:
            self._index().searcher()
        except EngineUnavailableError as error:
            return str(error)
        return ""

    # writing

    def apply(self, changes: Sequence[Change]) -> dict[str, str]:
        """See `SearchBackend.apply`."""
        index = self._index()
        with self.writing(index) as writer:
            for change in changes:
                writer.delete_documents_by_term("key", change.key)
                if change.document is not None:
                    writer.add_document(_tantivy_document(entry_of(change.document)))
        return {}

    def start_build(self) -> EmbeddedBuild:
        """See `SearchBackend.start_build`."""
        return EmbeddedBuild(self)

    @contextmanager
    def writing(self, index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
        """The writer, of which there is one for a directory across all processes: waits for it, commits at the end."""
        end = time.monotonic() + self.lock_wait
        while True:
            try:
                writer = index.writer(heap_size=_HEAP, num_threads=1)
                break
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise EngineUnavailableError(f"search index in {self.path} can not be written: {error}") from error
                if time.monotonic() > end:
                    raise EngineUnavailableError(
                        f"search index in {self.path} is being written by another process"
                    ) from error
                time.sleep(_WAIT_STEP)
        try:
            yield writer
            writer.commit()
        except (ValueError, OSError) as error:
            raise EngineUnavailableError(f"search index in {self.path} can not be written: {error}") from error
        finally:
            writer.wait_merging_threads()

    # the live index

    def _index(self) -> tantivy.Index:
        """The live index at its newest state; the first use makes an empty one."""
        tried = None
        while True:
            name = ""
            try:
                name = self._current_name() or self._make_first()
                return self._opened(name)
            except (OSError, ValueError) as error:
                # A rebuilt index may have taken over between the look at its name and the look into it.
                if name in ("", tried):
                    raise EngineUnavailableError(
                        f"search index in {self.path} can not be opened: {error}; run `manage.py rebuild_search`"
                    ) from error
                tried = name

    def _opened(self, name: str) -> tantivy.Index:
        """The index `name`, read anew when it has changed."""
        directory = self.path / name
        state = _state(directory)
        with self._lock:
            if self._live is None or self._live.name != name:
                self._live = _Live(name, _open(directory), state)
                self._live.index.reload()
            elif self._live.state != state:
                self._live.index.reload()
                self._live.state = state
            return self._live.index

    def _current_name(self) -> str:
        """The name of the live index; "" when there is none, or when it was made by another version of the analysis."""
        try:
            name = (self.path / "CURRENT").read_text("ascii").strip()
        except FileNotFoundError:
            return ""
        if not name.startswith(f"{INDEX_VERSION}-"):
            raise ValueError("it was made by another version of the search")
        return name

    def _make_first(self) -> str:
        """An empty live index. Two processes may try at once: the first to link its name wins."""
        name = self.new_directory()
        temporary = self.path / f"CURRENT.{uuid.uuid4().hex}"
        temporary.write_text(name, "ascii")
        try:
            os.link(temporary, self.path / "CURRENT")
        except FileExistsError:
            shutil.rmtree(self.path / name)
        finally:
            temporary.unlink()
        return self._current_name()

    def new_directory(self) -> str:
        """An empty index in a directory of its own; returns its name."""
        name = f"{INDEX_VERSION}-{time.strftime('%Y%m%d%H%M%S')}-{uuid.uuid4().hex[:6]}"
        (self.path / name).mkdir(parents=True)
        _open(self.path / name, create=True)
        return name

    def go_live(self, name: str) -> None:
        """Make the index `name` the live one, and remove all others."""
        temporary = self.path / f"CURRENT.{uuid.uuid4().hex}"
        temporary.write_text(name, "ascii")
        temporary.replace(self.path / "CURRENT")
        for directory in self.path.iterdir():
            if directory.is_dir() and directory.name != name:
                # Whoever still reads it keeps its open files; the next search opens the live one.
                shutil.rmtree(directory, ignore_errors=True)


class EmbeddedBuild:
    """See `IndexBuild`."""

    def __init__(self, backend: EmbeddedBackend) -> None:
        self.backend = backend
        try:
            self.name = backend.new_directory()
            self.index = _open(backend.path / self.name)
        except (OSError, ValueError) as error:
            raise EngineUnavailableError(f"a new search index can not be made in {backend.path}: {error}") from error

    def add(self, documents: Iterable[SearchDocument]) -> dict[str, str]:
        """See `IndexBuild.add`."""
        with self.backend.writing(self.index) as writer:
            for document in documents:
                writer.add_document(_tantivy_document(entry_of(document)))
        return {}

    def publish(self) -> None:
        """See `IndexBuild.publish`."""
        self.backend.go_live(self.name)

    def abandon(self) -> None:
        """See `IndexBuild.abandon`."""
        shutil.rmtree(self.backend.path / self.name, ignore_errors=True)


def _state(directory: Path) -> tuple[int, int]:
    """Changes with every commit: tantivy replaces meta.json."""
    meta = (directory / "meta.json").stat()
    return meta.st_ino, meta.st_mtime_ns


def _tantivy_document(entry: IndexEntry) -> tantivy.Document:
    document = tantivy.Document()
    for name, values in entry.keywords.items():
        for value in values:
            document.add_text(name, value)
    for name, text in entry.texts.items():
        document.add_text(name, text)
    # tantivy multiplies the score by log2(2 + field).
    document.add_float("weight", 2.0**entry.weight - 2.0)
    document.add_integer("recency", entry.recency)
    document.add_text("fingerprint", entry.fingerprint)
    document.add_bytes("source", entry.source.encode())
    return document


def _facet_counts(
    searcher: tantivy.Searcher, schema: tantivy.Schema, base: Node, wanted: dict[str, Has], names: tuple[str, ...]
) -> dict[str, dict[str, int]]:
    """Facet -> value -> count: each facet under all filters but its own."""
    if not names:
        return {}
    free = tuple(name for name in names if name not in wanted)
    counts: dict[str, dict[str, int]] = {}
    rounds = [(free, tuple(wanted.values()))] if free else []
    rounds += [
        ((name,), tuple(node for other, node in wanted.items() if other != name)) for name in names if name in wanted
    ]
    for asked, filters in rounds:
        query = _translate(schema, AllOf((base, *filters)))
        found: dict[str, Any] = searcher.aggregate(
            query, {"values": {"terms": {"field": "facets", "size": _MOST_VALUES}}}
        )
        for bucket in found["values"]["buckets"]:
            name, _equals, value = bucket["key"].partition("=")
            if name in asked:
                counts.setdefault(name, {})[value] = int(bucket["doc_count"])
    return counts


def _translate(schema: tantivy.Schema, node: Node) -> Query:
    """A plan's node as tantivy's query. Outside `Scored` every match scores the same."""
    match node:
        case Everything():
            return Query.all_query()
        case Has(field, terms):
            # A term set walks the dictionary: slower than asking for a few terms one by one.
            if len(terms) > _MANY_TERMS:
                return Query.term_set_query(schema, field, list(terms))
            several = [Query.term_query(schema, field, term, "basic") for term in terms]
            return several[0] if len(several) == 1 else Query.boolean_query([(Occur.Should, one) for one in several], 1)
        case Run(field, terms):
            return (
                Query.phrase_query(schema, field, list(terms))
                if len(terms) > 1
                else _translate(schema, Has(field, terms))
            )
        case StartsWith(field, prefix):
            return Query.fuzzy_term_query(schema, field, prefix, 0, True, True)
        case Like(field, term, edits):
            return Query.fuzzy_term_query(schema, field, term, edits, True)
        case AnyOf(parts, least):
            return Query.boolean_query([(Occur.Should, _translate(schema, part)) for part in parts], least)
        case AllOf(parts, without):
            clauses = [(Occur.Must, _translate(schema, part)) for part in parts or (Everything(),)]
            return Query.boolean_query([*clauses, *((Occur.MustNot, _translate(schema, part)) for part in without)])
        case Scored(inner, points):
            return Query.const_score_query(_translate(schema, inner), points)
    return Query.disjunction_max_query([_translate(schema, part) for part in node.parts], node.tie)
