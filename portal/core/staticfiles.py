"""Static files with hashed names; the stylesheet's parts joined into one file, so that a page waits for one request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import brotli  # type: ignore[import-untyped]  # it ships no types
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: The stylesheet every page names. In development the browser follows its @imports; collectstatic joins them.
STYLESHEET = "portal/css/look.css"

#: Of 0 to 11.
BROTLI_QUALITY = 9

_IMPORT = re.compile(r'@import url\("(?P<name>[^"]+)"\) layer\((?P<layer>[\w-]+)\);')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class StylesheetError(ValueError):
    """A part of the stylesheet can not be joined."""


def smaller(css: str) -> str:
    """`css` without comments, indents and blank lines. Nothing else is touched, so nothing else can break."""
    lines = (line.strip() for line in _COMMENT.sub("", css).splitlines())
    return "\n".join(line for line in lines if line)


def joined(stylesheet: str, read: Any) -> tuple[str, list[str]]:
    """`stylesheet` with each ``@import url("x.css") layer(y);`` replaced by ``@layer y {…}``, and the names joined.

    `read` gives a part's text by its name. Raises StylesheetError for a part that itself imports or names another file,
    whose relative address would no longer hold, and for an import without a layer.
    """
    names: list[str] = []

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        text = read(name)
        if "@import" in text or re.search(r"url\((?!\s*[\"']?data:)", text):
            raise StylesheetError(f"{name} refers to another file; a part of {STYLESHEET} must stand alone")
        names.append(name)
        return f"@layer {found['layer']} {{\n{text}\n}}"

    text = _IMPORT.sub(part, _COMMENT.sub("", stylesheet))
    if "@import" in text:
        raise StylesheetError(f'{STYLESHEET}: every import is written @import url("name.css") layer(name);')
    return smaller(text), names


class QuickCompressor(Compressor):
    """Brotli two steps below its slowest: a tenth of the time, and files a twentieth larger."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """`data`, smaller."""
        return bytes(brotli.compress(data, quality=BROTLI_QUALITY))


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, compressed beside; one stylesheet; JavaScript modules that find each other under hashed names."""

    support_js_module_import_aggregation = True

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """What compresses."""
        return QuickCompressor(**kwargs)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what pages name: a file that has a hashed twin is never asked for by its plain name."""
        yield from super().compress_files(set(paths) - self.hashed_files.keys())

    def post_process(self, paths: dict[str, tuple[Storage, str]], *args: Any, **options: Any) -> Iterator[Any]:
        """Join the stylesheet, then hash and compress as usual. Its parts keep their plain names and are not hashed."""
        if STYLESHEET in paths:
            folder = STYLESHEET.rpartition("/")[0]

            def read(name: str) -> str:
                storage, path = paths[name]
                with storage.open(path) as file:
                    return str(file.read().decode())

            text, parts = joined(read(STYLESHEET), lambda name: read(f"{folder}/{name}"))
            memory = InMemoryStorage()
            memory.save(STYLESHEET, ContentFile(text.encode()))
            own = {f"{folder}/{name}" for name in parts}
            paths = {name: found for name, found in paths.items() if name not in own}
            paths[STYLESHEET] = (memory, STYLESHEET)
        yield from super().post_process(paths, *args, **options)
