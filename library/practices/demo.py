"""The practices collected from public sources, and two invented ones that show review and audience."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.text import capfirst

from network.members.enums import MembershipState
from network.members.models import Agency, User
from portal.core import demo
from portal.core.audience import PUBLIC
from portal.core.models import Audience
from portal.pages.models import HomePage
from portal.vocabulary.models import Term

from . import services
from .enums import RunningState, SafeguardAnswer
from .models import LibraryIndexPage, PracticePage
from .safeguards import QUESTIONS
from .services import PracticeText, stream

FACTS = Path(__file__).parent / "facts"
_UNTOLD = "An invented practice: nothing here is a fact."


@demo.register(order=40)
def load_practices(report: demo.DemoReport) -> None:
    """Create the library, its review, and the practices that are missing by slug."""
    home = HomePage.objects.select_related("locale").order_by("path").first()
    if home is None:
        report.notes.append("practices: there is no home page to put the library under")
        return
    library = services.ensure_library(under=home)
    services.ensure_workflow()
    standing = set(library.get_children().values_list("slug", flat=True))
    facts = demo.read_facts(FACTS / "practices.yaml")["practices"]
    records = [record for record in facts if record["id"] not in standing]
    if records:
        added = demo.read_facts(FACTS / "mapping.yaml")
        terms = {(term.kind, term.slug): term for term in Term.objects.all()}
        agencies = {agency.slug: agency for agency in Agency.objects.all()}
        for record in records:
            _publish(library, _collected(record, added[record["id"]], terms, agencies))
        report.count("practices", len(records))
    _load_examples(report, library, standing)


def _collected(
    record: dict[str, Any], added: dict[str, Any], terms: dict[tuple[str, str], Term], agencies: dict[str, Agency]
) -> PracticePage:
    """One record of the facts as an unsaved page; what its sources do not say stays open."""
    first, last = added["years"]
    answers: dict[str, list[str]] = added.get("safeguards", {})
    practice = PracticePage(
        title=record["title"],
        slug=record["id"],
        summary=added["summary"].strip(),
        countries=record["countries"],
        countries_note=capfirst(record.get("countries_note", "")),
        lead=record.get("lead", ""),
        lead_agency=agencies.get(added.get("lead_agency", "")),
        partners=_lines(record.get("partners", [])),
        groups_as_said=_lines(record.get("target_groups", [])),
        instruments_as_said=_lines(record.get("instruments", [])),
        period=capfirst(record.get("period", "")),
        year_from=first,
        year_to=last,
        running=added.get("running", RunningState.UNKNOWN),
        problem=_lines(record.get("problem", [])),
        steps=stream("step", [capfirst(step) for step in record["what_is_done"]]),
        results=stream("result", _results(record, added)),
        did_not_work=_lines(record.get("lessons", [])),
        sources=stream("source", [{"title": "", "url": url, "publisher": ""} for url in record["sources"]]),
        gaps=_lines([*([record["lead_note"]] if "lead_note" in record else []), *record.get("gaps", [])]),
        is_collected=True,
    )
    for question in QUESTIONS:
        answer, why = answers.get(question.key, [SafeguardAnswer.SILENT, ""])
        setattr(practice, question.key, answer)
        setattr(practice, question.why_field, why)
    practice.stages.set([terms["stage", slug] for slug in record["stages"]])
    for kind, name in (("group", "groups"), ("instrument", "instruments"), ("theme", "themes")):
        getattr(practice, name).set([terms[kind, slug] for slug in added.get(name, [])])
    practice.tags.set(added["tags"])
    practice.audiences.set(Audience.objects.filter(pk=PUBLIC))
    return practice


def _results(record: dict[str, Any], added: dict[str, Any]) -> list[dict[str, str]]:
    """Figures first; then the record's own words, or those left of them where the figures were taken out."""
    words = added.get("words", record.get("results", []) if not added["figures"] else [])
    return [
        *({"figure": figure, "text": text} for figure, text in added["figures"]),
        *({"figure": "", "text": capfirst(text)} for text in words),
    ]


def _lines(phrases: list[str]) -> str:
    return "\n".join(capfirst(phrase) for phrase in phrases)


def _publish(library: LibraryIndexPage, practice: PracticePage) -> None:
    practice.locale = library.locale
    library.add_child(instance=practice)
    practice.save_revision().publish()


def _load_examples(report: demo.DemoReport, library: LibraryIndexPage, standing: set[str]) -> None:
    """The invented ones, written by the example member; left out while there is none."""
    member = (
        User.objects.filter(is_example=True, is_staff=False, membership__state=MembershipState.MEMBER)
        .order_by("pk")
        .first()
    )
    records = [record for record in demo.read_facts(FACTS / "examples.yaml") if record["id"] not in standing]
    if member is None and records:
        report.notes.append("practices: no example member yet, so no example submission")
        return
    for record in records:
        _example(library, member, record)
    report.count("example practices", len(records))


def _example(library: LibraryIndexPage, member: Any, record: dict[str, Any]) -> None:
    terms = Term.objects.filter(kind="stage", slug__in=record["stages"])
    text = PracticeText(
        title=record["title"],
        summary=record["summary"].strip(),
        countries=record["countries"],
        lead="Example agency",
        stages=list(terms),
        tags=record["tags"],
        running=RunningState.ONGOING,
        problem=record["problem"],
        steps=record["steps"],
        results=[(figure, words) for figure, words in record["results"]],
        did_not_work=record["did_not_work"],
        safeguards={
            name: value
            for question in QUESTIONS
            for name, value in ((question.key, SafeguardAnswer.NOT_APPLICABLE.value), (question.why_field, _UNTOLD))
        },
        audience=record["audience"],
    )
    if record["state"] == "in_review":
        practice = services.submit_practice(by=member, data=text)
    else:
        practice = services.save_draft(by=member, text=text)
    practice.slug = record["id"]
    practice.is_example = True
    practice.save()
    revision = practice.save_revision(user=member)
    if record["state"] == "published":
        revision.publish(user=member, skip_permission_checks=True)
