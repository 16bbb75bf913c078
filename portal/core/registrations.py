"""What every type of content shares in search: the facets country, language and year, and the names of countries."""

from django.utils.translation import gettext_lazy as _

from search import registry

from .countries import country_name, names_in_all_languages
from .languages import language_name


def _country(code: str) -> str:
    name = country_name(code)
    return "" if name == code else name


registry.register_facet("country", _("Country"), _country, 10)
registry.register_facet("language", _("Language of the text"), language_name, 95)
registry.register_facet("year", _("Year"), str, 55)
registry.register_synonyms(names_in_all_languages)
