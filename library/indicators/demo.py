"""The real indicators of the field, and every figure that was found, with its source."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.text import slugify

from network.members.models import Agency
from portal.core import demo
from portal.core.audience import PUBLIC
from portal.vocabulary.models import Term

from . import services
from .enums import FigureOrigin, FigureStatus
from .models import Figure, Indicator

FACTS = Path(__file__).parent / "facts"
_AREA = re.compile(r"(?P<code>[A-Z]{2}) \((?P<note>.+)\)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) %")
_LINES = ("dimensions", "legal_basis", "notes", "gaps", "sources")
_WORDS = ("code", "name", "owner", "definition", "unit", "stock_flow", "counting_rule", "period")


@demo.register(order=60)
def load_indicators(report: demo.DemoReport) -> None:
    """Create the indicators that are missing, each with all its figures. What exists is not touched."""
    facts = demo.read_facts(FACTS / "indicators.yaml")
    mapping = demo.read_facts(FACTS / "mapping.yaml")
    agencies = {agency.slug: agency for agency in Agency.objects.all()}
    terms = {f"{term.kind}/{term.slug}": term for term in Term.objects.all()}
    known = set(Indicator.objects.values_list("slug", flat=True))
    figures = _by_indicator(facts["figures"], mapping)
    for order, record in enumerate([*facts["indicators"], *_collected(mapping)], start=1):
        slug = slugify(record["code"])
        if slug in known:
            continue
        made = figures.get(record["code"], [])
        services.create_indicator(
            indicator=_indicator(record, slug, order, agencies.get(mapping["owners"].get(record.get("owner"), ""))),
            figures=[_figure(figure, mapping) for figure in made],
            audiences=[PUBLIC],
            terms=[terms[name] for name in mapping["terms"].get(record["code"], []) if name in terms],
            by=None,
        )
        report.count("indicators")
        report.count("figures", len(made))


def _collected(mapping: dict[str, Any]) -> list[dict[str, Any]]:
    """A record for every series that is only known from its figures."""
    return [{"code": code, **record, "is_collected": True} for code, record in mapping["collected"].items()]


def _by_indicator(figures: list[dict[str, Any]], mapping: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Indicator code -> its figures in the order of the facts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for figure in figures:
        code = figure["indicator"]
        found.setdefault(mapping["belongs_to"].get(code, code), []).append(figure)
    return found


def _indicator(record: dict[str, Any], slug: str, order: int, agency: Agency | None) -> Indicator:
    """An unsaved indicator. A collected one has no code: the words of its figures are no owner's code."""
    words = {name: record.get(name, "") for name in _WORDS}
    if record.get("is_collected"):
        words["code"] = ""
    lines = {name: "\n".join(record.get(name, [])) for name in _LINES}
    return Indicator(slug=slug, order=order, owner_agency=agency, **words, **lines)


def _figure(record: dict[str, Any], mapping: dict[str, Any]) -> Figure:
    """An unsaved figure, as published."""
    area, area_note = _area(record["area"], mapping["areas"])
    value, value_text, unit = _value(record["value"], record.get("unit", ""))
    period, note = str(record["period"]), record.get("note", "")
    host = urlsplit(record["source"]).netloc.removeprefix("www.")
    figure = Figure(
        code=record["indicator"],
        area=area,
        area_note=area_note,
        period=period,
        value=value,
        value_text=value_text,
        unit=unit.removesuffix(", rounded"),
        rounded=unit.endswith(", rounded"),
        coverage=mapping["coverage"].get(note, ""),
        note=note,
        source=record["source"],
        status=FigureStatus.PROVISIONAL if note in mapping["provisional"] else FigureStatus.AS_PUBLISHED,
        origin=FigureOrigin.OWNER if host in mapping["owner_hosts"] else FigureOrigin.REPORTED,
    )
    if period in mapping["periods"]:
        figure.start = mapping["periods"][period]
    return figure


def _area(text: str, areas: dict[str, str]) -> tuple[str, str]:
    """(code, who in the area): ``AL (citizens of Albania, in the EU)`` is AL with a note."""
    if match := _AREA.fullmatch(text):
        return match["code"], match["note"]
    return areas.get(text, text), ""


def _value(value: int | str, unit: str) -> tuple[Decimal | None, str, str]:
    """(number, words, unit): a plain percentage is both a number and the source's words."""
    if isinstance(value, int):
        return Decimal(value), "", unit
    if match := _PERCENT.fullmatch(value):
        return Decimal(match[1]), value, unit or "%"
    return None, value, unit
