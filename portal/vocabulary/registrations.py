"""What the vocabulary brings to the portal: registered at start-up."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from portal.core.navigation import Section, register
from search import registry

from .documents import kind_of, term_document
from .enums import TermKind
from .models import Term
from .selectors import label_of, synonym_groups

register(Section("terms", _("Terms"), "terms/", 80))
registry.register(Term, term_document, type="term", label=_("Term"), plural=_("Terms"), kind_of=kind_of)
for _order, _kind in enumerate(("stage", "group", "instrument", "theme"), start=2):
    registry.register_facet(_kind, TermKind(_kind).label, partial(label_of, _kind), _order * 10)
registry.register_synonyms(synonym_groups, made_from=(Term,))
