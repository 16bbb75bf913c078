"""Office documents: packages (zip) of parts, looked into without unpacking more than is needed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ODT = "application/vnd.oasis.opendocument.text"

#: Parts of a package, what they may unpack to in all, and how much of one is read here.
MOST_PARTS = 5_000
MOST_UNPACKED = 500 * 1024 * 1024
MOST_READ = 20 * 1024 * 1024
#: Unpacking to a hundred times their size is common for sheets; packages beyond both are bombs.
MOST_TIMES_PACKED = 200
_HARMLESS_UNPACKED = 20 * 1024 * 1024

_CONTENT_TYPES = "[Content_Types].xml"
_NAMESPACE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_MAIN = "application/vnd.openxmlformats-officedocument.%s.main+xml"
#: In a type or a name: programs inside the document.
_PROGRAMS = re.compile(r"macroenabled|vbaproject|vbadata|activex|macrosheet|intlmacrosheet", re.IGNORECASE)
_PROGRAMS_OF_ODF = re.compile(r"^(Basic|Scripts)/", re.IGNORECASE)
#: What is embedded in a document: "word/embeddings/oleObject1.bin", in an ODT "Object 1".
_EMBEDDED = re.compile(r"(^|/)embeddings/[^/]+$|^Object \d+$")
_OLE = b"\xd0\xcf\x11\xe0"
#: In an embedded OLE object, as it spells names: any file at all packed into the document, or a program in it.
_PACKED_FILES = tuple(name.encode("utf-16-le") for name in ("Ole10Native", "_VBA_PROJECT"))
#: Kinds of links that office programs follow as soon as the document is opened.
_FETCHED = re.compile(r"/(attachedTemplate|oleObject|frame|subDocument)$")


def check_office(file: IO[bytes], kind: str) -> None:
    """Raise ValidationError unless `file` is an Office Open XML document of `kind` ("wordprocessingml.document")."""
    with _package(file) as package:
        if _CONTENT_TYPES not in package.namelist():
            raise _not_this_kind()
        _refuse_programs(package)
        if _MAIN % kind not in _types(package):
            raise _not_this_kind()
        _refuse_packed_files(package)
        _refuse_fetched_parts(package)


def check_odt(file: IO[bytes]) -> None:
    """Raise ValidationError unless `file` is an OpenDocument text without macros."""
    with _package(file) as package:
        names = package.namelist()
        if "mimetype" not in names or "content.xml" not in names or _read(package, "mimetype").strip() != ODT.encode():
            raise _not_this_kind()
        _refuse_programs(package)
        _refuse_packed_files(package)


@contextmanager
def _package(file: IO[bytes]) -> Iterator[ZipFile]:
    """The opened package. Whatever is wrong with it, there or in the block, is a ValidationError in words."""
    if file.read(4) != b"PK\x03\x04":  # zipfile takes any file that a zip lies behind
        raise _not_this_kind()
    file.seek(0)
    try:
        with ZipFile(file) as package:
            _refuse_bombs(package.infolist())
            yield package
    except (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise _broken() from error
    except (ParseError, DefusedXmlException, UnicodeDecodeError, ValueError, KeyError) as error:
        raise _broken() from error


def _refuse_bombs(parts: list[ZipInfo]) -> None:
    """By what the package says of itself: `_read` and office programs stop where a part turns out to be longer."""
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise _too_much()
    if unpacked > _HARMLESS_UNPACKED and unpacked > packed * MOST_TIMES_PACKED:
        raise _too_much()
    if any(part.flag_bits & 1 for part in parts):
        raise ValidationError(_("This document is locked with a password. Save it without one."), code="locked")


def _read(package: ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        content = part.read(MOST_READ + 1)
    if len(content) > MOST_READ:
        raise _too_much()
    return content


def _xml(package: ZipFile, name: str) -> Element:
    root: Element = fromstring(_read(package, name), forbid_dtd=True)
    return root


def _types(package: ZipFile) -> set[str]:
    """The content types that the package names for its parts."""
    found = _xml(package, _CONTENT_TYPES)
    return {child.get("ContentType", "") for child in found if child.tag.startswith(_NAMESPACE)}


def _refuse_programs(package: ZipFile) -> None:
    names = package.namelist()
    types = _types(package) if _CONTENT_TYPES in names else set()
    if any(_PROGRAMS.search(word) for word in (*types, *names)) or any(_PROGRAMS_OF_ODF.match(name) for name in names):
        raise ValidationError(_("This document holds macros. Save it without them."), code="macros")


def _refuse_packed_files(package: ZipFile) -> None:
    """An embedded sheet or drawing is fine; a file of any other kind, or one with macros, is not."""
    for name in filter(_EMBEDDED.search, package.namelist()):
        content = _read(package, name)
        if content.startswith(b"PK\x03\x04"):
            with _package(BytesIO(content)) as inner:
                _refuse_programs(inner)
        elif not content.startswith(_OLE) or any(packed in content for packed in _PACKED_FILES):
            raise ValidationError(
                _("This document has other files packed into it. Send those by themselves, and the document without."),
                code="packed_files",
            )


def _refuse_fetched_parts(package: ZipFile) -> None:
    """A template or object that lies elsewhere is fetched when the document is opened, whatever it is by then."""
    for name in package.namelist():
        links = _xml(package, name) if name.endswith(".rels") else ()
        if any(link.get("TargetMode") == "External" and _FETCHED.search(link.get("Type", "")) for link in links):
            raise ValidationError(
                _("This document fetches parts from elsewhere when it is opened. Put them into it, or take them out."),
                code="fetched_parts",
            )


def _not_this_kind() -> ValidationError:
    return ValidationError(
        _("This file is not what its name says. Save the document in that format again."), code="other_kind"
    )


def _broken() -> ValidationError:
    return ValidationError(
        _("This document can not be opened: the file is damaged or was cut off on its way. Send it again."),
        code="broken",
    )


def _too_much() -> ValidationError:
    return ValidationError(_("This document unpacks to more than is taken. Send it in parts."), code="too_much")
