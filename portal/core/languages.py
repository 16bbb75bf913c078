"""The portal's languages: codes, names in the language itself, addresses, labels' keys."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

#: code -> (tag for the HTML `lang` attribute, name in the language itself)
_NAMES = {
    "en": ("en", "English"),
    "bs": ("bs", "Bosanski"),
    "cnr": ("cnr", "Crnogorski"),
    "de": ("de", "Deutsch"),
    "hr": ("hr", "Hrvatski"),
    "mk": ("mk", "Македонски"),
    "sq": ("sq", "Shqip"),
    "sr-latn": ("sr-Latn", "Srpski"),
    "sr": ("sr-Cyrl", "Српски"),
}
_LABEL_KEYS = {"sr-Latn": "sr-latn", "sr-Cyrl": "sr"}

#: What a label may be written in: every interface language.
CODES = tuple(_NAMES)


@dataclass(frozen=True, slots=True)
class Language:
    """One interface language: Django's code, the HTML tag, its own name."""

    code: str
    tag: str
    name: str


def languages() -> list[Language]:
    """The interface languages in the order of settings.LANGUAGES."""
    return [Language(code, *_NAMES[code]) for code, _label in settings.LANGUAGES]


def language_name(code: str) -> str:
    """A language's own name. Raises KeyError for a code the portal does not speak."""
    return _NAMES[code][1]


def html_tag(code: str | None) -> str:
    """The `lang` attribute for a language code: script subtags written out (`sr` is `sr-Cyrl`)."""
    return _NAMES[code][0] if code in _NAMES else (code or "")


def from_label_key(key: str) -> str:
    """The portal's code for a language key of the facts files (`sr-Cyrl` -> `sr`)."""
    return _LABEL_KEYS.get(key, key)


def in_language(path: str, code: str | None) -> str:
    """`path` (absolute, with a language prefix or without) under the language `code`."""
    code = code or settings.LANGUAGE_CODE
    head, _slash, rest = path.lstrip("/").partition("/")
    return f"/{code}/{rest}" if head in _NAMES else f"/{code}/{path.lstrip('/')}"


def without_language(path: str) -> str:
    """`path` less its language prefix and leading slash: ``/en/meetings/x/`` -> ``meetings/x/``."""
    head, _slash, rest = path.lstrip("/").partition("/")
    return rest if head in _NAMES else path.lstrip("/")
