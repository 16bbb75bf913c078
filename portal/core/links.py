"""Addresses in what people write become links: by one rule, here, whoever shows the text and however it travels."""

from __future__ import annotations

import re
from functools import cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt  # type: ignore[import-untyped]  # it ships no types

#: Without any of these there is no address in a text.
_HINT = re.compile(r"://|www\.|@", re.IGNORECASE)
#: Closing quotes and an ellipsis, which stand after an address and are none of it.
_AFTER = "“”’»«›‹…"
_PARAGRAPHS = re.compile(r"\n{2,}")


@cache
def _finder() -> LinkifyIt:
    return LinkifyIt().add("ftp:", None).add("//", None)


def in_paragraphs(text: str) -> SafeString:
    """`text` as paragraphs with line breaks and links. Whatever else it holds is text, never markup."""
    paragraphs = (_with_links(part).replace("\n", "<br>") for part in _PARAGRAPHS.split(text))
    return mark_safe("\n\n".join(f"<p>{part}</p>" for part in paragraphs))  # noqa: S308  escaped, link by link


def _with_links(text: str) -> str:
    if not _HINT.search(text):
        return escape(text)
    parts: list[str] = []
    end = 0
    for found in _finder().match(text) or ():
        shown = text[found.index : found.last_index].rstrip(_AFTER)
        address = _address(shown, found.schema)
        if address:
            link = format_html('<a href="{}" rel="nofollow">{}</a>', address, shown)
            parts += [escape(text[end : found.index]), link]
            end = found.index + len(shown)
    return "".join([*parts, escape(text[end:])])


def _address(shown: str, scheme: str) -> str:
    """Where a found address leads; empty for a bare ``name.me``, which is as often a full stop without its space."""
    if scheme == "mailto:":
        return shown if shown.lower().startswith("mailto:") else f"mailto:{shown}"
    if scheme:
        return shown
    return f"https://{shown}" if shown.lower().startswith("www.") else ""
