"""System checks of the SEARCH setting: wrong settings are named before the first search fails."""

from __future__ import annotations

import inspect
import ssl
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.utils.module_loading import import_string


@register(Tags.compatibility)
def check_search_setting(**_kwargs: Any) -> list[CheckMessage]:
    """SEARCH names an engine that exists and options it takes; SEARCH_AUDIENCES a function."""
    return [*_engine(getattr(settings, "SEARCH", None)), *_audiences(getattr(settings, "SEARCH_AUDIENCES", None))]


def _engine(setting: Any) -> list[CheckMessage]:
    if not isinstance(setting, dict) or not isinstance(setting.get("BACKEND"), str):
        return [
            Error(
                "SEARCH must be a dictionary with BACKEND, the dotted path of an engine.",
                hint='{"BACKEND": "search.backends.embedded.EmbeddedBackend", "OPTIONS": {"path": "…"}} for example.',
                id="search.E001",
            )
        ]
    unknown = sorted(set(setting) - {"BACKEND", "OPTIONS"})
    if unknown:
        return [Error(f"SEARCH knows BACKEND and OPTIONS, not {', '.join(unknown)}.", id="search.E002")]
    try:
        engine = import_string(setting["BACKEND"])
    except ImportError as error:
        return [Error(f"SEARCH: BACKEND {setting['BACKEND']!r} can not be imported: {error}.", id="search.E003")]
    options = setting.get("OPTIONS", {})
    try:
        inspect.signature(engine).bind(**options)
    except TypeError as error:
        return [Error(f"SEARCH: OPTIONS do not fit {setting['BACKEND']}: {error}.", id="search.E004")]
    return _address(options)


def _address(options: dict[str, Any]) -> list[CheckMessage]:
    if "url" not in options:
        return []
    parts = urlsplit(str(options["url"]))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return [
            Error(
                f"SEARCH: the engine's url must be like https://search.example.org:9200, got {options['url']!r}.",
                hint="It comes from ELASTICSEARCH_URL.",
                id="search.E005",
            )
        ]
    authority = options.get("ca_certs")
    if authority and (reason := _unusable(authority)):
        return [
            Error(
                f"SEARCH: ca_certs {authority!r} {reason}.",
                hint="It comes from ELASTICSEARCH_CA_CERTS: the certificate authority of the server, as PEM.",
                id="search.E008",
            )
        ]
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "http" and not local and (parts.password or options.get("api_key")):
        return [CheckWarning("SEARCH: the engine's credentials travel unencrypted over http.", id="search.W001")]
    return []


def _unusable(authority: str) -> str:
    """Why no certificate authority can be read from the file, or ""."""
    try:
        ssl.create_default_context(cafile=authority)
    except ssl.SSLError:
        return "holds no certificate"
    except OSError as error:
        return f"can not be read ({error.strerror})"
    return ""


def _audiences(path: Any) -> list[CheckMessage]:
    hint = "The dotted path of a function user -> set of audience tokens; search_batch --user needs it."
    try:
        if callable(import_string(path)):
            return []
    except (ImportError, AttributeError, TypeError) as error:
        return [Error(f"SEARCH_AUDIENCES {path!r} can not be imported: {error}.", hint=hint, id="search.E006")]
    return [Error(f"SEARCH_AUDIENCES {path!r} is not a function.", hint=hint, id="search.E007")]
