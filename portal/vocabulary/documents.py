"""What the search sees of terms."""

from __future__ import annotations

from portal.core.audience import ANONYMOUS
from search.documents import SearchDocument

from . import selectors
from .enums import TermKind
from .models import Term


def term_document(term: Term) -> SearchDocument:
    """A term by its labels in every language, its definition and its synonyms."""
    details = " ".join(str(value) for value in term.details.values())
    return SearchDocument(
        type="term",
        id=str(term.pk),
        slug=term.slug,
        title=term.label,
        summary=term.definition,
        body=details,
        path=f"terms/{term.kind}/{term.slug}/",
        language="en",
        audiences=ANONYMOUS,
        keywords=tuple(selectors.phrases_of(term)),
    )


def kind_of(document: SearchDocument) -> str:
    """Which list the term of `document` stands in; "" where its address names none."""
    kind = document.path.split("/")[1:2]
    return str(TermKind(kind[0]).label) if kind and kind[0] in TermKind.values else ""
