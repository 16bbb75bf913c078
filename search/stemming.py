"""Stems of a word in the portal's languages.

A query does not say its language, and many texts hold several. So a word has a *set* of marked stems, one for each
language it could be of, and two words meet when they share one: ``s:`` Bosnian, Croatian, Montenegrin, Serbian;
``e:`` English; ``g:`` German; ``m:`` Macedonian; ``q:`` Albanian. The mark keeps an English stem from meeting a
Serbian one.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import Stemmer

from .alphabet import expand_umlauts, fold, is_cyrillic, plain

#: Which stemmers a plain word goes through, by the language of its text; "" for a query and for mixed texts.
_STEMMERS = {"": "segqm", "en": "es", "de": "ges", "sq": "qes", "mk": "mse"}
_SOUTH_SLAVIC = "se"
#: In texts of these languages a short Serbian stem of a plain word is a coincidence (data = date).
_FOREIGN = {"en", "de", "sq"}
_SHORTEST = 3
_SHORTEST_FOREIGN = 4

_SLAVIC_LETTERS = re.compile("[čćžšđśź]", re.IGNORECASE)
_GERMAN_LETTERS = re.compile("[äöüß]", re.IGNORECASE)
_ALBANIAN_LETTERS = re.compile("[ëç]", re.IGNORECASE)

# Definite articles and plurals; longest first. Light on purpose: neither language has a Snowball stemmer.
_MACEDONIAN = re.compile(r"(?<=\w{4})(?:ovite|evite|ovi|evi|ata|ite|oto|eto|iot|ot|ta|to|te|a|e|i|o|u)$")
_ALBANIAN = re.compile(r"(?<=\w{4})(?:eve|ave|ive|ves|ve|et|at|it|in|es|se|s|e|i|a|u)$")

_local = threading.local()


def _snowball(language: str, word: str) -> str:
    """Snowball's stem. A stemmer is not safe to share between threads, so each has its own."""
    stemmers = _local.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(language)
    return str(stemmers[language].stemWord(word))


def _serbian(word: str) -> set[str]:
    """Snowball's stem of the folded word, evened out.

    Snowball makes ijekavian ekavian. It also takes the end of some nouns for a verb's (ombudsman, azil, zastiti) where
    the other cases keep it: so each word is stemmed with the ending -a as well. A final j and the softening of k to
    c are evened out.
    """
    forms = {word, f"{word[:-1] if word[-1] in 'aeiou' else word}a"}
    stems = {_snowball("serbian", form).rstrip("j") for form in forms}
    return {f"{stem[:-1]}k" if len(stem) > 3 and stem.endswith("c") else stem for stem in stems}


def _stems_of(stemmer: str, word: str, surface: str) -> set[str]:
    if stemmer == "s":
        return _serbian(word)
    if stemmer == "e":
        return {_snowball("english", plain(surface))}
    if stemmer == "g":
        return {_snowball("german", form) for form in {word, fold(expand_umlauts(surface))}}
    return {(_MACEDONIAN if stemmer == "m" else _ALBANIAN).sub("", word)}


def _stemmers_for(surface: str, language: str) -> str:
    """A letter that only some languages have tells more than the language of the text around the word."""
    if is_cyrillic(surface):
        return "sm"
    if not surface.isascii():
        for letters, stemmers in ((_SLAVIC_LETTERS, "s"), (_GERMAN_LETTERS, "g"), (_ALBANIAN_LETTERS, "q")):
            if letters.search(surface):
                return stemmers
    return _STEMMERS.get(language, _SOUTH_SLAVIC)


@lru_cache(maxsize=200_000)
def stems(surface: str, language: str = "") -> frozenset[str]:
    """The marked stems of one word as it was written, in a text of `language` ("" for a query or a mixed text).

    Words with digits and words under three letters have none.
    """
    word = fold(surface)
    if len(word) < _SHORTEST or not word.isalpha():
        return frozenset()
    strict = language in _FOREIGN and surface.isascii()
    found: set[str] = set()
    for stemmer in _stemmers_for(surface, language):
        shortest = _SHORTEST_FOREIGN if strict and stemmer == "s" else _SHORTEST
        found |= {f"{stemmer}:{stem}" for stem in _stems_of(stemmer, word, surface) if len(stem) >= shortest}
    return frozenset(found)


_LONG_JAT = re.compile(r"ije")
_SHORT_JAT = re.compile(r"(?<=[bcdfhlmnprstvz])je")


@lru_cache(maxsize=200_000)
def head(surface: str) -> str:
    """The first six letters of a word, ekavian: one rough stem for all languages, for comparing runs of words.

    In a run of two words or more it is precise enough: ``dobrovoljnog povratka`` = ``dobrovoljni povratak``.
    """
    return _SHORT_JAT.sub("e", _LONG_JAT.sub("e", fold(surface)))[:6]
