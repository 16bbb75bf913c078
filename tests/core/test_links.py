"""Which addresses in a text become links, and how far each reaches."""

from __future__ import annotations

import re

import pytest

from portal.core.links import in_paragraphs


def links(text: str) -> list[tuple[str, str]]:
    """(where it leads, what is shown) of every link."""
    return re.findall(r'<a href="([^"]*)" rel="nofollow">([^<]*)</a>', in_paragraphs(text))


def same(*addresses: str) -> list[tuple[str, str]]:
    return [(address, address) for address in addresses]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/wiki/Readmission_(law)", same("https://example.org/wiki/Readmission_(law)")),
        ("(https://example.org/a).", same("https://example.org/a")),
        ("(see https://example.org/Readmission_(law)), and", same("https://example.org/Readmission_(law)")),
        ("https://example.org/a, https://example.org/b; and https://example.org/c?", [
            *same("https://example.org/a", "https://example.org/b", "https://example.org/c"),
        ]),
        ("„https://example.org/a“ “https://example.org/b” »https://example.org/c«", [
            *same("https://example.org/a", "https://example.org/b", "https://example.org/c"),
        ]),
        ("www.example.org.", [("https://www.example.org", "www.example.org")]),
        ("write to ana.m@mup.gov.me.", [("mailto:ana.m@mup.gov.me", "ana.m@mup.gov.me")]),
        ("https://министарство.срб/а?б=в", same("https://министарство.срб/а?б=в")),
        ("https://example.org/a?b=c&d=e", [("https://example.org/a?b=c&amp;d=e", "https://example.org/a?b=c&amp;d=e")]),
        ('https://example.org/a"onclick=x', same("https://example.org/a")),
        ("<b>https://example.org/a</b>", same("https://example.org/a")),
        ("To je kraj.Me bave se time, novo.me", []),
        ("javascript:alert(1) ftp://example.org //example.org data:text/html,x", []),
        ("Nothing here", []),
    ],
)  # fmt: skip
def test_which_addresses_become_links(text: str, expected: list[tuple[str, str]]) -> None:
    assert links(text) == expected
    without_tags = re.sub(r"</?[ap][^>]*>", "", in_paragraphs(text))
    assert without_tags == re.sub("&", "&amp;", text).replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def test_paragraphs_and_lines_are_kept() -> None:
    assert in_paragraphs("one\ntwo\n\n\nthree <b>") == "<p>one<br>two</p>\n\n<p>three &lt;b&gt;</p>"
