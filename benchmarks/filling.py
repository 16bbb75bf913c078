"""Practices by the thousand, made up, for measuring what a list costs: quick to make, and spread as real ones are.

    .venv/bin/python -m benchmarks.filling 5000

brings the number of practices of the portal that the environment names up to so many, and its search index with them.
Few terms, tags and countries have much and most have little; a fifth is not for everyone; a title begins as many do.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

MATTERS = (
    "Voluntary return counselling", "Reception on arrival", "Readmission interviews", "Escort training",
    "Guardians for unaccompanied children", "Mobile teams", "Identification missions", "Reintegration grants",
    "Forced return monitoring", "Travel documents", "Shelter for women at risk", "Complaint desk", "Data exchange",
    "Medical checks before departure", "Legal aid at the airport",
)  # fmt: skip
PLACES = (
    "at the airport", "in the municipality", "with the border police", "by phone", "in reception centres",
    "for families",
    "together with civil society", "along the route", "in two languages", "under the agreement", "on site", "at night",
)  # fmt: skip
WORDS = (
    "officers people return documents interview hours weekly agreed reported training children language interpreter",
    "case plan country cost staff week month results fewer more trust complaint file checked informed consent safe",
)
COUNTRIES = ("RS", "BA", "AL", "ME", "MK", "XK", "AT", "HR", "SI", "DE", "IT", "GR", "BG", "TR")
TAGS = 400
BATCH = 1000
#: The first practice is published on this day; later ones an hour each after it.
BEGIN = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)


def some_of(chance: random.Random, among: Sequence[T], most: int) -> list[T]:
    """None to `most` of `among`, the first by far the most often."""
    weights = [1 / place for place in range(1, len(among) + 1)]
    return list(dict.fromkeys(chance.choices(among, weights, k=chance.randint(0, most)))) if among else []


@cache
def _words() -> list[str]:
    return " ".join(WORDS).split()


def sentences(chance: random.Random, number: int) -> str:
    """So many sentences of the field's words."""
    return " ".join(f"{' '.join(chance.choices(_words(), k=12)).capitalize()}." for _ in range(number))


def fill(total: int) -> int:
    """Make practices until the portal has `total`, below its library; returns how many it made. Nothing is indexed."""
    from library.practices.models import PracticePage
    from library.practices.selectors import library

    parent = library()
    if parent is None:
        raise RuntimeError("the portal has no library: load its content first")
    number = total - PracticePage.objects.count()
    for begin in range(0, number, BATCH):
        _make(parent, begin, min(BATCH, number - begin))
    return max(number, 0)


def _make(parent: Any, begin: int, number: int) -> None:
    """One batch: pages, practices, audiences, terms, tags."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import transaction
    from taggit.models import Tag
    from wagtail.models import Page

    from library.practices.catalogue import TERM_FIELDS
    from library.practices.models import PracticePage, TaggedPractice
    from network.members.models import Agency
    from portal.core.models import Audience
    from portal.vocabulary.models import Term

    chance = random.Random(begin)  # noqa: S311  the same practices every time
    terms = {kind: list(Term.objects.filter(kind=kind).order_by("order", "pk")) for kind in TERM_FIELDS}
    agencies = list(Agency.objects.order_by("pk"))
    narrow = list(Audience.objects.exclude(pk="public").order_by("pk"))
    Tag.objects.bulk_create((Tag(name=f"Tag {one}", slug=f"tag-{one}") for one in range(TAGS)), ignore_conflicts=True)
    tags = list(Tag.objects.filter(slug__startswith="tag-").order_by("pk"))
    parent.refresh_from_db()
    model = ContentType.objects.get_for_model(PracticePage)
    made = [_practice(chance, parent, model, parent.numchild + place, agencies) for place in range(number)]
    with transaction.atomic():
        # Django makes no rows of two tables at once: pages first, then what practices add to them.
        pages = Page.objects.bulk_create(_page_of(practice) for practice in made)
        for practice, page in zip(made, pages, strict=True):
            practice.pk = practice.page_ptr_id = page.pk
        insert(PracticePage, made)
        Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + number)
        for kind, name in TERM_FIELDS.items():
            through = getattr(PracticePage, name).through
            through.objects.bulk_create(
                through(practicepage_id=practice.pk, term_id=term.pk)
                for practice in made
                for term in some_of(chance, terms[kind], 3)
            )
        TaggedPractice.objects.bulk_create(
            TaggedPractice(content_object_id=practice.pk, tag_id=tag.pk)
            for practice in made
            for tag in some_of(chance, tags, 3)
        )
        through = PracticePage.audiences.through
        through.objects.bulk_create(
            through(practicepage_id=practice.pk, audience_id=_audience(chance, narrow)) for practice in made
        )


def _audience(chance: random.Random, narrow: Sequence[Any]) -> str:
    """Everyone in four of five cases."""
    token: str = chance.choice(narrow).pk if narrow and chance.random() < 0.2 else "public"
    return token


def _practice(chance: random.Random, parent: Any, model: Any, place: int, agencies: Sequence[Any]) -> Any:
    """One practice, not saved."""
    from library.practices.models import PracticePage
    from library.practices.safeguards import QUESTIONS

    title = f"{chance.choice(MATTERS)} {chance.choice(PLACES)} {place}"
    year = chance.randint(2008, 2025)
    answers = {
        name: value for one in QUESTIONS for name, value in ((one.key, "yes"), (one.why_field, "It is part of it."))
    }
    published = BEGIN + dt.timedelta(hours=place)
    return PracticePage(
        title=title,
        draft_title=title,
        slug=f"made-up-{place}",
        locale_id=parent.locale_id,
        content_type=model,
        path=PracticePage._get_path(parent.path, parent.depth + 1, place + 1),  # noqa: SLF001  as treebeard itself
        depth=parent.depth + 1,
        url_path=f"{parent.url_path}made-up-{place}/",
        live=True,
        first_published_at=published,
        last_published_at=published,
        latest_revision_created_at=published,
        summary=sentences(chance, 2),
        problem=sentences(chance, 3),
        steps=_stream("step", (sentences(chance, 1) for _ in range(4))),
        results=_stream("result", [{"figure": str(chance.randint(2, 900)), "text": "people reached"}]),
        did_not_work=sentences(chance, 1),
        countries=some_of(chance, COUNTRIES, 2) or ["RS"],
        lead="An agency",
        lead_agency=chance.choice(agencies) if agencies else None,
        year_from=year,
        year_to=min(year + chance.randint(0, 3), 2025),
        running=chance.choice(("ongoing", "completed", "completed", "unknown")),
        evidence=chance.choice(("described", "described", "monitored", "internal", "independent")),
        confirmed_on=published.date() if chance.random() < 0.5 else None,
        is_example=True,
        **answers,
    )


def _stream(kind: str, values: Iterable[Any]) -> str:
    return json.dumps([{"type": kind, "value": value} for value in values])


def _page_of(practice: Any) -> Any:
    """The row of Wagtail's own table."""
    from wagtail.models import Page

    return Page(
        **{
            field.attname: getattr(practice, field.attname)
            for field in Page._meta.concrete_fields
            if field.attname != "id"
        }
    )


def insert(model: Any, instances: Sequence[Any]) -> None:
    """Rows of `model`'s own table, for instances whose parents' rows are there."""
    from django.db import connection
    from django.db.models.sql import InsertQuery

    fields = model._meta.local_concrete_fields
    # A database takes so many values at once.
    for begin in range(0, len(instances), 100):
        query = InsertQuery(model)
        query.insert_values(fields, list(instances[begin : begin + 100]))
        query.get_compiler(connection=connection).execute_sql()


def main() -> int:
    """Fill the portal of this environment, and build its index."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.portal_settings")
    django.setup()
    from search.rebuilding import rebuild

    made = fill(int(sys.argv[1]))
    report = rebuild()
    print(f"made {made} practices; indexed {report.total} documents")
    return 0


if __name__ == "__main__":
    sys.exit(main())
