from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

ELASTIC = "search.backends.elasticsearch.ElasticsearchBackend"
EMBEDDED = "search.backends.embedded.EmbeddedBackend"


def messages() -> dict[str, str]:
    return {message.id: message.msg for message in run_checks() if (message.id or "").startswith("search.")}


def test_the_settings_of_the_product_are_right() -> None:
    assert messages() == {}


@pytest.mark.parametrize(
    ("setting", "identifier", "named"),
    [
        (None, "search.E001", "dictionary"),
        ({"OPTIONS": {}}, "search.E001", "BACKEND"),
        ({"BACKEND": EMBEDDED, "PATH": "x"}, "search.E002", "PATH"),
        ({"BACKEND": "search.backends.nothing.Engine"}, "search.E003", "search.backends.nothing"),
        ({"BACKEND": EMBEDDED, "OPTIONS": {"folder": "x"}}, "search.E004", "path"),
        ({"BACKEND": ELASTIC, "OPTIONS": {"url": "search.example.org"}}, "search.E005", "search.example.org"),
        ({"BACKEND": ELASTIC, "OPTIONS": {"url": "ftp://search.example.org"}}, "search.E005", "ftp"),
        ({"BACKEND": ELASTIC, "OPTIONS": {"url": "https://x", "ca_certs": "/no/ca.pem"}}, "search.E008", "/no/ca.pem"),
        ({"BACKEND": ELASTIC, "OPTIONS": {"url": "http://user:pw@search.example.org"}}, "search.W001", "unencrypted"),
        (
            {"BACKEND": ELASTIC, "OPTIONS": {"url": "http://search.example.org", "api_key": "k"}},
            "search.W001",
            "unencrypted",
        ),
    ],
)
def test_a_wrong_engine_is_named(setting: Any, identifier: str, named: str, settings: Any) -> None:
    settings.SEARCH = setting
    found = messages()
    assert list(found) == [identifier]
    assert named in found[identifier]


@pytest.mark.parametrize(
    "url", ["http://localhost:9200", "https://user:pw@search.example.org", "http://user:pw@127.0.0.1:1"]
)
def test_a_right_address_is_passed(url: str, settings: Any) -> None:
    settings.SEARCH = {"BACKEND": ELASTIC, "OPTIONS": {"url": url}}
    assert messages() == {}


@pytest.mark.parametrize(
    ("path", "identifier"),
    [("no.such.function", "search.E006"), (None, "search.E006"), ("search.indexing.BATCH", "search.E007")],
)
def test_a_wrong_audience_function_is_named(path: Any, identifier: str, settings: Any) -> None:
    settings.SEARCH_AUDIENCES = path
    assert list(messages()) == [identifier]
