"""What members bring to the portal: registered at start-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core.navigation import Section, register, register_help
from search import registry

from .directory import TYPE
from .documents import agency_document, people_for_search, person_document
from .enums import AgencyKind
from .models import Agency, Profile

_KINDS = dict(AgencyKind.choices)

register(Section("organisations", _("Organisations"), "organisations/", 50))
register(Section("directory", _("Directory"), "directory/", 60, members_only=True))
register_help(Section("contact", _("Whom to write to"), "contact/", 5))

registry.register(Agency, agency_document, type="organisation", label=_("Organisation"), plural=_("Organisations"))
registry.register(
    Profile, person_document, type=TYPE, label=_("Person"), plural=_("People"), queryset=people_for_search
)
registry.register_facet("kind", _("Kind of organisation"), lambda value: str(_KINDS[value]), 90)
