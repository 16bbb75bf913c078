"""The real chain of meetings, and examples that show a recommendation's life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from network.members.models import Agency
from portal.core import demo
from portal.core.audience import PUBLIC
from portal.core.countries import country_name
from portal.core.dates import date_range_text
from portal.core.models import Audience
from portal.pages.models import HomePage
from portal.vocabulary.models import Term

from .enums import DatePrecision, OrganisationRole, RecommendationStatus
from .models import FollowUp, MeetingIndexPage, MeetingOrganisation, MeetingPage, MeetingSeries, Recommendation

FACTS = Path(__file__).parent / "facts"

_LINES = {"topics": "topics", "conclusions": "conclusions", "follow_up": "announced", "facts": "facts", "gaps": "gaps"}
_ROLES = {
    "organisers": OrganisationRole.ORGANISER,
    "organisers_inferred": OrganisationRole.ORGANISER,
    "supported_by": OrganisationRole.SUPPORTER,
    "participating_organisations": OrganisationRole.PARTICIPANT,
}
#: The invented agencies of the examples.
_EXAMPLE_AGENCIES = {"example-agency-ba": "BA", "example-agency-mk": "MK", "example-agency-rs": "RS"}


@demo.register(order=50)
def load_meetings(report: demo.DemoReport) -> None:
    """Create the series and meetings that are missing; what their pages recommend is issued by publishing them."""
    home: HomePage | None = HomePage.objects.order_by("path").first()
    if home is None:
        report.notes.append("Meetings were left out: there is no home page to put them under.")
        return
    facts = demo.read_facts(FACTS / "meetings.yaml")
    editorial = demo.read_facts(FACTS / "editorial.yaml")
    _load_series(facts["series"], report)
    index = _index_below(home, facts["background"], report)
    standing = set(index.get_children().values_list("slug", flat=True))
    missing = [record for record in facts["meetings"] if record["id"] not in standing]
    if not missing:
        return
    builder = _Builder(editorial)
    new = {record["id"]: builder.add(index, record) for record in missing}
    known = {page.slug: page for page in MeetingPage.objects.child_of(index)} | new
    for record in missing:
        new[record["id"]].previous_meeting = known.get(record.get("previous"))
        new[record["id"]].next_meeting = known.get(record.get("next"))
    # The latest first: so none inherits at once what its forerunners are only now given to recommend.
    for page in sorted(new.values(), key=lambda page: str(page.day_in_order() or ""), reverse=True):
        page.save_revision().publish()
    report.count("meetings", len(new))
    _tell_lives(editorial["meetings"], new, known, report)


def _load_series(records: list[dict[str, Any]], report: demo.DemoReport) -> None:
    standing = set(MeetingSeries.objects.values_list("slug", flat=True))
    new = [
        MeetingSeries(
            slug=record["id"],
            title=record["title"],
            implemented_by=record.get("implemented_by", []),
            funded_by=record.get("funded_by", []),
            countries=record.get("countries", []),
            start=_day(record.get("start")),
            end=_day(record.get("end")),
            period_note=record.get("period_note", ""),
            aim=record.get("aim", ""),
            results=record.get("results", []),
            note=record.get("note", ""),
            sources=record.get("sources", []),
        )
        for record in records
        if record["id"] not in standing
    ]
    for series in new:
        series.save()
    report.count("series of meetings", len(new))


def _index_below(home: HomePage, background: list[dict[str, Any]], report: demo.DemoReport) -> MeetingIndexPage:
    standing: MeetingIndexPage | None = MeetingIndexPage.objects.child_of(home).first()
    if standing is not None:
        return standing
    page = MeetingIndexPage(
        title="Meetings",
        slug="meetings",
        locale=home.locale,
        lead="The network's work is a route: meetings follow each other, and what one recommends travels on to the "
        "next until it is done. Every record rests on public sources; what they do not say is shown as not known.",
        background=[_told(record) for record in background],
        sources=[source for record in background for source in record.get("sources", [])],
    )
    page.audiences.set([Audience.objects.get(pk=PUBLIC)])
    home.add_child(instance=page)
    page.save_revision().publish()
    report.count("pages")
    return page


def _told(record: dict[str, Any]) -> str:
    """An event before the chain in one line: place and date, what it was, what is known of it."""
    where = ", ".join(part for part in (record.get("city"), country_name(record.get("country", ""))) if part)
    when = date_range_text(_day(record.get("start") or record.get("end")), _day(record.get("end")))
    known = [line for name in ("facts", "conclusions", "topics") for line in record.get(name, [])]
    head = ", ".join(part for part in (where, when) if part)
    told = f"{record['title']}: {'; '.join(known)}" if known else record["title"]
    return f"{head} – {told}" if head else told


class _Builder:
    """Turns records of the facts into pages."""

    def __init__(self, editorial: dict[str, Any]) -> None:
        self.editorial = editorial["meetings"]
        agencies = {agency.slug: agency for agency in Agency.objects.all()}
        self.agencies = {name: agencies.get(slug) for name, slug in editorial["agencies"].items()}
        self.series = {series.slug: series for series in MeetingSeries.objects.all()}
        self.terms = {f"{term.kind}/{term.slug}": term for term in Term.objects.all()}

    def add(self, index: MeetingIndexPage, record: dict[str, Any]) -> MeetingPage:
        """A page below `index`, not published yet."""
        added = self.editorial.get(record["id"], {})
        page = MeetingPage(
            title=record["title"],
            slug=record["id"],
            live=False,
            locale=index.locale,
            series=self.series.get(record.get("series", "")),
            also_series=self.series.get(record.get("also_series", "")),
            series_basis=record.get("series_basis", ""),
            in_short=added.get("in_short", ""),
            city=record.get("city", ""),
            country=record.get("country", ""),
            venue=record.get("venue", "") or "; ".join(record.get("places", [])),
            scope=record.get("scope", ""),
            countries=record.get("countries", []),
            participants_count=str(record.get("participants_count", "")),
            organisers_inferred="organisers_inferred" in record,
            notes=_notes(record),
            sources=record.get("sources", []),
            recommended=[
                ("recommendation", {"number": number, "text": entry["text"], "owner": "", "due": None})
                for number, entry in enumerate(added.get("recommendations", []), start=1)
            ],
            **{field: record.get(name, []) for name, field in _LINES.items()},
            **_dates(record),
        )
        page.organisations = [
            MeetingOrganisation(role=role, name=name, agency=self.agencies.get(name), sort_order=place)
            for key, role in _ROLES.items()
            for place, name in enumerate(record.get(key, []))
        ]
        page.audiences.set([Audience.objects.get(pk=PUBLIC)])
        page.terms.set([self.terms[key] for key in added.get("terms", []) if key in self.terms])
        index.add_child(instance=page)
        return page


def _dates(record: dict[str, Any]) -> dict[str, Any]:
    """The page's date fields, no more exact than the record."""
    precision, note = record.get("date_precision", ""), ""
    start, end = _day(record.get("start")), _day(record.get("end"))
    if "reported_on" in record:
        return {
            "start": _day(record["reported_on"]),
            "end": None,
            "date_precision": DatePrecision.REPORTED,
            "date_note": "",
        }
    if precision == "month":
        return {"start": start, "end": end, "date_precision": DatePrecision.MONTH, "date_note": ""}
    if precision.startswith("before "):
        day, _semicolon, note = precision.removeprefix("before ").partition(";")
        start = dt.datetime.strptime(day, "%d %B %Y").date()  # noqa: DTZ007  a day without an hour has no zone
        return {"start": start, "end": None, "date_precision": DatePrecision.BEFORE, "date_note": note.strip()}
    known = DatePrecision.DAY if start or end else DatePrecision.UNKNOWN
    return {"start": start, "end": end, "date_precision": known, "date_note": precision}


def _day(value: Any) -> dt.date | None:
    """`2025-01-28`, `2021-10` (its first day) or nothing."""
    if not value:
        return None
    text = str(value)
    return dt.date.fromisoformat(text if len(text) > 7 else f"{text}-01")


def _notes(record: dict[str, Any]) -> list[str]:
    named = [record[name] for name in ("countries_note", "relation") if name in record]
    project = [f"part of the project “{record['project']}”"] if "project" in record else []
    return [*record.get("notes", []), *named, *project]


def _tell_lives(
    editorial: dict[str, Any], new: dict[str, MeetingPage], known: dict[str, MeetingPage], report: demo.DemoReport
) -> None:
    """What became of the recommendations of new meetings: facts where a source tells, otherwise marked examples."""
    owners = {slug: _example_agency(slug, country) for slug, country in _EXAMPLE_AGENCIES.items()}
    rows = Recommendation.objects.filter(meeting__in=[page.pk for page in new.values()]).select_related("meeting")
    for row in rows:
        entry = editorial[row.meeting.slug]["recommendations"][row.number - 1]
        row.source_note = entry["source"]
        if "example" in entry:
            _give_example(row, entry["example"], owners, known)
        if "closed_at" in entry:
            row.status = RecommendationStatus.DONE
            row.evidence = entry["evidence"]
            _follow_up(row, [entry["closed_at"]], known, RecommendationStatus.DONE, entry["evidence"])
        row.save()
    report.count("recommendations", len(rows))


def _give_example(
    row: Recommendation, example: dict[str, Any], owners: dict[str, Agency], known: dict[str, MeetingPage]
) -> None:
    row.is_example = True
    row.owner = owners[example["owner"]]
    row.due = timezone.localdate() + dt.timedelta(days=example["due"])
    row.status = RecommendationStatus(example["status"])
    _follow_up(row, example.get("carried", []), known, row.status, "")


def _follow_up(
    row: Recommendation, slugs: Iterable[str], known: dict[str, MeetingPage], status: str, note: str
) -> None:
    for slug in slugs:
        if slug in known:
            FollowUp.objects.get_or_create(
                recommendation=row, meeting=known[slug], defaults={"status": status, "note": note}
            )


def _example_agency(slug: str, country: str) -> Agency:
    defaults = {"name": f"Example agency, {country}", "country": country, "is_example": True}
    return Agency.objects.get_or_create(slug=slug, defaults=defaults)[0]
