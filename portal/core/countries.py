"""Country names by ISO 3166-1 alpha-2 code. XK is written Kosovo* everywhere; the footer carries the note."""

from __future__ import annotations

from collections.abc import Iterable

from django_countries import countries

#: The region, in alphabetical order of the English names.
WESTERN_BALKANS = ("AL", "BA", "XK", "ME", "MK", "RS")


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
