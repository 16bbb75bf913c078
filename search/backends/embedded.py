"""tantivy: an index on disk inside the process, for a bare machine."""

from __future__ import annotations

import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import tantivy
from tantivy import Query

from search.documents import SearchDocument
from search.fields import (
    DAY_FIELDS,
    INDEX_VERSION,
    KEYWORD_FIELDS,
    ORDER_FIELDS,
    ORDERED_FIELDS,
    TEXT_FIELDS,
    IndexEntry,
    entry_of,
)
from search.plan import AllOf, Everything, Node

from .base import Answer, Change, EngineUnavailableError, Question
from .embedded_questions import answer, beginning, roughly, translate

logger = logging.getLogger(__name__)

_HEAP = 32_000_000
_WAIT_STEP = 0.05


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in KEYWORD_FIELDS:
        builder.add_text_field(
            name, stored=name == "key", fast=name == "facets", tokenizer_name="raw", index_option="basic"
        )
    for name in TEXT_FIELDS:
        order = "position" if name in ORDERED_FIELDS else "basic"
        builder.add_text_field(name, tokenizer_name="spaces", index_option=order)
    for name in ORDER_FIELDS.values():
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field(roughly(name), fast=True)
    for name in DAY_FIELDS:
        builder.add_integer_field(name, fast=True)
    builder.add_float_field("weight", fast=True)
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
        return answer(index.searcher(), index.schema, question)

    def count(self, visible: Node, nodes: Sequence[Node]) -> tuple[int, list[int]]:
        """See `SearchBackend.count`."""
        index = self._index()
        searcher = index.searcher()

        def matched(node: Node) -> int:
            return int(searcher.search(translate(index.schema, AllOf((visible, node))), limit=1).count)

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
    for name, text in entry.orders.items():
        document.add_text(name, text)
        document.add_unsigned(roughly(name), beginning(text))
    for name, day in entry.days.items():
        document.add_integer(name, day)
    # tantivy multiplies the score by log2(2 + field).
    document.add_float("weight", 2.0**entry.weight - 2.0)
    document.add_text("fingerprint", entry.fingerprint)
    document.add_bytes("source", entry.source.encode())
    return document
