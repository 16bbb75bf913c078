"""Country names by ISO 3166-1 alpha-2 code. XK is written Kosovo* everywhere; the footer carries the note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import override
from django_countries import countries

from search.synonyms import Phrase

from .languages import CODES

#: The region, in alphabetical order of the English names.
WESTERN_BALKANS = ("AL", "BA", "XK", "ME", "MK", "RS")
#: Countries of origin, transit and return that the network's records name, and members of the Union.
PARTNERS = (
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
    "LV", "MT", "NL", "NO", "PK", "PL", "PT", "RO", "SE", "SI", "SK", "TR",
)  # fmt: skip
#: Names that no catalogue gives: (name, language). There is none in Albanian, and of two countries the portal writes
#: the name itself.
_FURTHER_NAMES = {
    "AL": (("Shqipëria", "sq"),),
    "BA": (("Bosnja dhe Hercegovina", "sq"),),
    "ME": (("Mali i Zi", "sq"),),
    "XK": (("Kosova", "sq"), ("Kosovë", "sq"), ("Косово", "sr")),
    "MK": (
        ("Северна Македонија", "mk"),
        ("Sjeverna Makedonija", "bs"),
        ("Severna Makedonija", "sr-latn"),
        ("Maqedonia e Veriut", "sq"),
        ("Nordmazedonien", "de"),
    ),
}


def country_name(code: str) -> str:
    """The name of `code` in the active language, or `code` itself where it is no country code."""
    return str(countries.name(code)) or code


def country_names(codes: Iterable[str]) -> str:
    """The names of `codes`, sorted as read, separated by commas."""
    return ", ".join(sorted(country_name(code) for code in codes))


def country_choices() -> list[tuple[str, str]]:
    """(code, name) of every country, the region first."""
    region = [(code, country_name(code)) for code in WESTERN_BALKANS]
    return region + [(code, name) for code, name in countries if code not in WESTERN_BALKANS]


def names_in_all_languages() -> Iterator[list[Phrase]]:
    """For the search: the names of each country of the region and of its partners, in every interface language."""
    names: dict[str, list[Phrase]] = {code: [] for code in (*WESTERN_BALKANS, *PARTNERS)}
    for language in CODES:
        with override(language):
            for code, phrases in names.items():
                phrases.append(Phrase(country_name(code), language))
    for code, further in _FURTHER_NAMES.items():
        names[code] += [Phrase(text, language) for text, language in further]
    for phrases in names.values():
        yield list({phrase.text: phrase for phrase in reversed(phrases)}.values())[::-1]
