"""Documents: what their names say, by their content; nothing that could run, nothing that unpacks without end."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from . import packages

#: Name ending -> what a browser is told. Where the machine's own table ends (docx is in few), a browser would guess.
CONTENT_TYPES = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": packages.ODT,
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

#: How far from its end a PDF may say that it ends: some programs and mailers add lines.
_TAIL_OF_PDF = 2048
#: What a text may hold beside letters: tab, line feed, form feed, carriage return, and the end of file of old programs.
_CONTROLS = frozenset("\t\n\f\r\x1a")
#: Read in this order: the last two take any bytes, or nearly. The agencies' old files are Central European or Cyrillic.
_ENCODINGS = ("utf-8-sig", "cp1250", "cp1251", "cp1252", "latin-1")


def check(name: str, file: IO[bytes]) -> None:
    """Raise ValidationError, in words, for a document whose content is not what its name says, or could do harm."""
    found = _CHECKS.get(name.rpartition(".")[2].lower())
    if found is None:
        raise ValidationError(
            _("Files such as “%(name)s” are not taken. Taken are: %(endings)s.")
            % {"name": name, "endings": ", ".join(sorted(_CHECKS)).upper()},
            code="unknown",
        )
    file.seek(0)
    found(file)
    file.seek(0)


def _pdf(file: IO[bytes]) -> None:
    head = file.read(8)
    file.seek(0, 2)
    file.seek(max(0, file.tell() - _TAIL_OF_PDF))
    tail = file.read()
    if not head.startswith(b"%PDF-"):
        raise ValidationError(
            _("This is no PDF, whatever its name says. Save or print it as PDF again."), code="no_pdf"
        )
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise ValidationError(
            _("This PDF does not reach its end: it is damaged or was cut off on its way. Send it again."), code="broken"
        )


def _text(file: IO[bytes]) -> None:
    content = file.read()
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(letter) < 32 and letter not in _CONTROLS for letter in set(text)):
            return
        break
    raise ValidationError(
        _("This is no plain text, whatever its name says: it holds signs that no text has. Save it as text again."),
        code="no_text",
    )


_CHECKS: dict[str, Callable[[IO[bytes]], None]] = {
    "csv": _text,
    "docx": lambda file: packages.check_office(file, "wordprocessingml.document"),
    "odt": packages.check_odt,
    "pdf": _pdf,
    "pptx": lambda file: packages.check_office(file, "presentationml.presentation"),
    "txt": _text,
    "xlsx": lambda file: packages.check_office(file, "spreadsheetml.sheet"),
}
