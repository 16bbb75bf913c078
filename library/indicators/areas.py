"""What figures are about: countries by ISO code, groups of countries, and pairs ("Croatia to Serbia")."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from portal.core.countries import WESTERN_BALKANS, country_name

#: Areas that are no country.
GROUPS = {
    "EU": _("European Union"),
    "SEE6": _("South-East Europe (six)"),
    "WB": _("Western Balkans"),
    "WB6": _("Western Balkans (six)"),
    "WB-ROUTE": _("Western Balkans route"),
    "WORLD": _("World"),
}


def is_country(code: str) -> bool:
    """Whether `code` is one country."""
    return code in countries.countries


def countries_of(code: str) -> tuple[str, ...]:
    """The countries an area names: one, two for a pair, none for a group."""
    if code in GROUPS:
        return ()
    return tuple(code.split("-"))


def is_area(code: str) -> bool:
    """Whether `code` is a group, a country or a pair of countries."""
    named = countries_of(code)
    return code in GROUPS or (len(named) <= 2 and all(is_country(country) for country in named))


def area_name(code: str) -> str:
    """The name in the active language; a pair reads "Croatia to Bosnia and Herzegovina"."""
    if code in GROUPS:
        return str(GROUPS[code])
    named = countries_of(code)
    if len(named) == 2:
        return gettext("%(origin)s to %(destination)s") % {
            "origin": country_name(named[0]),
            "destination": country_name(named[1]),
        }
    return country_name(code)


def reading_order(code: str) -> tuple[int, str]:
    """Groups first, then the region, then other countries and pairs; each by name."""
    if code in GROUPS:
        return (0, area_name(code))
    return (1 if code in WESTERN_BALKANS else 2, area_name(code))


def validate_area(code: str) -> None:
    """Refuse what is no area, naming what would be."""
    if not is_area(code):
        raise ValidationError(
            _("“%(code)s” is no area. Expected a country code (RS), two with a hyphen (HR-BA), or one of: %(groups)s."),
            params={"code": code, "groups": ", ".join(GROUPS)},
        )
