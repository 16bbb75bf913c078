"""The library for tests: published practices, members' drafts, and what a browser sends for one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from library.practices import services
from library.practices.models import LibraryIndexPage, PracticePage
from library.practices.safeguards import QUESTIONS
from library.practices.services import PracticeText, stream
from network.members.models import User
from portal.core.models import Audience
from portal.vocabulary.models import Term
from tests.factories.pages import home_page

_numbers = itertools.count(1)

#: Every question answered and explained.
ANSWERED = {
    name: value
    for question in QUESTIONS
    for name, value in ((question.key, "yes"), (question.why_field, "It is part of the procedure."))
}


def library() -> LibraryIndexPage:
    """The library under the home page; made once a test."""
    return services.ensure_library(under=home_page())


def practice(*audiences: str, terms: Iterable[Term] = (), tags: Iterable[str] = (), **fields: Any) -> PracticePage:
    """A published practice of Serbia for `audiences` ("public" when none are named), filed under `terms` and `tags`."""
    return published(unpublished(*audiences, terms=terms, tags=tags, **fields))


def unpublished(*audiences: str, terms: Iterable[Term] = (), tags: Iterable[str] = (), **fields: Any) -> PracticePage:
    """As `practice`, but a draft."""
    number = next(_numbers)
    parent = library()
    words = {"title": f"Practice {number}", "summary": "What was done.", "countries": ["RS"], **ANSWERED, **fields}
    if isinstance(words.get("steps"), list):
        words["steps"] = stream("step", words["steps"])
    if isinstance(words.get("results"), list):
        words["results"] = stream("result", [{"figure": figure, "text": text} for figure, text in words["results"]])
    page = PracticePage(slug=words.pop("slug", f"practice-{number}"), live=False, locale=parent.locale, **words)
    names = {"stage": "stages", "group": "groups", "instrument": "instruments", "theme": "themes"}
    for kind, name in names.items():
        getattr(page, name).set([term for term in terms if term.kind == kind])
    page.tags.set(list(tags))
    page.audiences.set(Audience.objects.filter(pk__in=audiences or ["public"]))
    parent.add_child(instance=page)
    return page


def published(page: PracticePage) -> PracticePage:
    """The page, published as the CMS does it."""
    page.save_revision().publish()
    return PracticePage.objects.get(pk=page.pk)


def text(**fields: Any) -> PracticeText:
    """A complete practice as its author writes it."""
    return PracticeText(
        **{
            "title": "Mobilni timovi za povratak",
            "summary": "Teams go where people are.",
            "countries": ["RS"],
            "problem": "Nobody asked.",
            "steps": ["First this", "Then that"],
            "did_not_work": "Nights.",
            "safeguards": ANSWERED,
            "audience": "public",
            **fields,
        }
    )


def submitted(by: User, **fields: Any) -> PracticePage:
    """A practice that waits for review."""
    library()
    return services.submit_practice(by=by, data=text(**fields))


def posted(stage: Term | None = None, **fields: Any) -> dict[str, Any]:
    """What a browser sends for a complete practice; add ``send`` or ``save``."""
    return {
        "title": "Mobilni timovi za povratak",
        "summary": "Teams go where people are.",
        "language": "sr-latn",
        "countries": ["RS"],
        "lead": "An agency",
        "running": "ongoing",
        "stages": [stage.pk] if stage else [],
        "tags": "outreach, mobile teams",
        "problem": "Nobody asked.",
        "steps": "First this\nThen that\n",
        "evidence": "described",
        "did_not_work": "Nights.",
        "audience": "public",
        "results-TOTAL_FORMS": "2",
        "results-INITIAL_FORMS": "0",
        "results-0-figure": "823",
        "results-0-text": "people reached",
        "sources-TOTAL_FORMS": "1",
        "sources-INITIAL_FORMS": "0",
        "sources-0-url": "https://example.org/report",
        **ANSWERED,
        **fields,
    }
