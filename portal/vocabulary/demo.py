"""The real words of the field: stages, groups, instruments, themes, glossary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal.core import demo
from portal.core.languages import from_label_key

from .enums import TermKind
from .models import Term

FACTS = Path(__file__).parent / "facts"
_LISTS = {
    "stages": TermKind.STAGE,
    "vulnerable_groups": TermKind.GROUP,
    "legal_instruments": TermKind.INSTRUMENT,
    "themes": TermKind.THEME,
}
_DETAILS = ("year", "reference", "celex", "status", "scope")


@demo.register(order=10)
def load_terms(report: demo.DemoReport) -> None:
    """Create the terms that are missing, then the links of the new ones."""
    vocabulary = demo.read_facts(FACTS / "vocabulary.yaml")
    glossary = demo.read_facts(FACTS / "glossary.yaml")["terms"]
    known = {(term.kind, term.slug): term for term in Term.objects.all()}
    new: dict[tuple[str, str], Term] = {}
    for kind, records in [*((kind, vocabulary[name]) for name, kind in _LISTS.items()), (TermKind.GLOSSARY, glossary)]:
        for position, record in enumerate(records, start=1):
            if (kind, record["id"]) not in known:
                new[kind, record["id"]] = _term(kind, record, position)
    for term in new.values():
        term.save()
    known |= new
    _link(glossary, known, new)
    report.count("terms", len(new))


def _term(kind: TermKind, record: dict[str, Any], position: int) -> Term:
    """One record of the facts as an unsaved term."""
    notes = [record[name] for name in ("note", "basis") if name in record] + record.get("gaps", [])
    return Term(
        kind=kind,
        slug=record["id"],
        label=record["label"],
        labels={from_label_key(key): label for key, label in record["labels"].items()},
        definition=record["definition"],
        synonyms=record.get("synonyms", []),
        order=record.get("order", position if kind != TermKind.GLOSSARY else 0),
        details={name: record[name] for name in _DETAILS if name in record},
        sources=record.get("sources", []),
        notes=notes,
    )


def _link(glossary: list[dict[str, Any]], known: dict[tuple[str, str], Term], new: dict[tuple[str, str], Term]) -> None:
    """Stage, broader and related of the new glossary terms."""
    for record in glossary:
        term = new.get((TermKind.GLOSSARY, record["id"]))
        if term is None:
            continue
        if "stage" in record:
            term.stage = known[TermKind.STAGE, record["stage"]]
            term.save(update_fields=["stage"])
        term.broader.add(*(known[TermKind.GLOSSARY, slug] for slug in record.get("broader", [])))
        term.related.add(*(known[TermKind.GLOSSARY, slug] for slug in record.get("related", [])))
