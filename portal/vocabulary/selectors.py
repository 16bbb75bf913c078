"""Questions about terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from portal.core.languages import Language, languages
from portal.core.pagecache import until_content_changes
from search.synonyms import Phrase

from .enums import TermKind
from .models import Term


@until_content_changes
def _all_labels() -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """(kind, slug) -> (English label, labels by language code)."""
    rows = Term.objects.order_by().values_list("kind", "slug", "label", "labels")
    return {(kind, slug): (label, labels) for kind, slug, label, labels in rows}


def label_of(kind: str, slug: str) -> str:
    """The label of a term in the active language, from memory. Raises KeyError when there is no such term."""
    label, labels = _all_labels()[kind, slug]
    return str(labels.get(get_language() or "en") or label)


def labels_among(kind: str, slugs: Iterable[str]) -> dict[str, str]:
    """Slug -> label in the active language, for those of `slugs` that are terms of `kind`; from memory."""
    labels, language = _all_labels(), get_language() or "en"
    found = {slug: labels[kind, slug] for slug in slugs if (kind, slug) in labels}
    return {slug: str(written.get(language) or label) for slug, (label, written) in found.items()}


#: Kinds whose order is the field's own (the stages follow each other); the others are read alphabetically.
ORDERED = {TermKind.STAGE}


@dataclass(frozen=True, slots=True)
class TermList:
    """All terms of one kind, in the order they are read."""

    kind: TermKind
    terms: list[Term]


def term_lists() -> list[TermList]:
    """Every kind with its terms, in the active language's alphabet. One query."""
    terms = list(Term.objects.all())
    found = []
    for kind in TermKind:
        of_kind = [term for term in terms if term.kind == kind]
        if kind not in ORDERED:
            of_kind.sort(key=lambda term: str(term).casefold())
        found.append(TermList(kind, of_kind))
    return found


def terms_of_kind(kind: TermKind) -> list[Term]:
    """The terms of one kind, ordered as in `term_lists`. One query."""
    terms = list(Term.objects.filter(kind=kind))
    return terms if kind in ORDERED else sorted(terms, key=lambda term: str(term).casefold())


@dataclass(frozen=True, slots=True)
class TermLabel:
    """A term's label in one language."""

    language: Language
    label: str


def labels_of(term: Term) -> list[TermLabel]:
    """The label in every language that has one, the active language left out."""
    written = {"en": term.label, **term.labels}
    active = get_language()
    return [
        TermLabel(language, written[language.code])
        for language in languages()
        if language.code in written and language.code != active
    ]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Terms that stand in one relation to another."""

    label: str
    terms: list[Term]


def neighbours_of(term: Term) -> list[Neighbours]:
    """The relations that have terms; no query when they are prefetched."""
    relations = [
        (gettext("Stage of return"), [term.stage] if term.stage else []),
        (gettext("Broader"), list(term.broader.all())),
        (gettext("Narrower"), list(term.narrower.all())),
        (gettext("Related"), list(term.related.all())),
        (gettext("Glossary terms of this stage"), list(term.glossary_terms.all())),
    ]
    return [
        Neighbours(label, sorted(terms, key=lambda other: str(other).casefold())) for label, terms in relations if terms
    ]


def phrases_of(term: Term) -> list[str]:
    """Everything a term is called, in any language, with what stands in brackets also by itself.

    ``Ponovni prihvat (readmisija)`` gives ``Ponovni prihvat`` and ``readmisija``.
    """
    return list(_languages_of_phrases(term))


def _languages_of_phrases(term: Term) -> dict[str, str]:
    """Phrase -> the first language it is said in."""
    names = [(term.label, "en"), *((synonym, "en") for synonym in term.synonyms)]
    names += [(label, language) for language, label in term.labels.items()]
    found: dict[str, str] = {}
    for name, language in names:
        outside, _open, rest = str(name).partition("(")
        for phrase in (outside.strip(), rest.partition(")")[0].strip()):
            if phrase:
                found.setdefault(phrase, language)
    return found


def synonym_groups() -> Iterator[Iterable[Phrase]]:
    """For the search: groups of phrases that mean the same, one a term, each with its language."""
    for term in Term.objects.all():
        phrases = _languages_of_phrases(term)
        if len(phrases) > 1:
            yield [Phrase(text, language) for text, language in phrases.items()]
