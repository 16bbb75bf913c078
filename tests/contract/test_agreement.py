"""Every engine gives the same answer: the same hits, order, scores, counts and suggestions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from search import registry
from search.documents import SearchDocument
from search.results import SearchResults
from search.synonyms import Phrase
from tests.factories.search import document

#: What the embedded engine answered; the order of the parameters has it run first.
_answers: dict[str, Any] = {}

QUERIES = [
    "",
    "return",
    "повратак",
    "readmisija",
    "forced return monitors",
    "voluntary return counselling in the country",
    '"forced return"',
    "return -forced",
    "monitors OR counsellors",
    "retrun",
    "couns",
    "type:meeting return",
    "country:RS",
    "escorts nowhere",
    "савјетовање о повратку",
]


def library() -> list[SearchDocument]:
    """A small library with many equals: the same for every engine."""
    subjects = [
        "Forced return",
        "Voluntary return",
        "Readmission",
        "Counselling",
        "Повратак",
        "Savjetovanje o povratku",
    ]
    matters = ["monitors", "in the country", "of women", "and counsellors", "on board"]
    found = []
    for number, (subject, matter) in enumerate((subject, matter) for subject in subjects for matter in matters):
        found.append(
            document(
                f"{subject} {matter}",
                id=f"{number:02d}",
                path=f"things/{number}/",
                type="meeting" if number % 4 == 0 else "practice",
                summary=f"{matters[number % 5]} {subjects[number % 6]}",
                body=" ".join(subjects[number % 3 :]),
                keywords=(subjects[(number + 1) % 6],),
                language="sr" if subject == "Повратак" else "en",
                facets={"country": [("RS", "BA", "AL")[number % 3]], "stage": ["return"] if number % 2 else []},
                date=dt.date(2020 + number % 6, 1, 1 + number) if number % 3 else None,
                rank=0.8 if number % 5 == 0 else 1.0,
                audiences={"members"} if number % 7 == 0 else {"public"},
            )
        )
    return found


def answer(results: SearchResults) -> dict[str, Any]:
    return {
        "total": results.total,
        "hits": [(hit.slug, round(hit.score, 2)) for hit in results.hits],
        "excerpts": [[str(excerpt.html) for excerpt in hit.excerpts] for hit in results.hits],
        "facets": results.facets,
        "suggestion": results.suggestion,
        "said": (results.fuzzy, results.relaxed, results.expanded),
    }


@pytest.mark.parametrize("sort", ["relevance", "newest"])
@pytest.mark.parametrize("filters", [{}, {"country": ("RS", "BA")}], ids=["all", "narrowed"])
def test_the_engines_agree(
    engine: str, index: Callable[..., None], find: Callable[..., SearchResults], sort: str, filters: dict[str, Any]
) -> None:
    registry.register_synonyms(
        lambda: [
            [Phrase("Return", "en"), Phrase("Povratak", "bs"), Phrase("Враќање", "mk")],
            [Phrase("Readmission", "en"), Phrase("Readmisija", "bs")],
            [Phrase("Return counselling", "en"), Phrase("Savjetovanje o povratku", "bs")],
        ]
    )
    index(*library())
    answers = {
        query: answer(find(query, sort=sort, filters=filters, size=50, facets=("type", "country", "stage")))
        for query in QUERIES
    }
    assert any(found["total"] for found in answers.values())
    expected = _answers.setdefault(f"{sort}{filters}", answers)
    for query in QUERIES:
        assert answers[query] == expected[query], f"{engine} answers {query!r} otherwise"
