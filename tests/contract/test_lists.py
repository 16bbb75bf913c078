"""Lists: the same pages, counts and neighbours from every engine, and nothing of what the viewer may not see."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from search import orders
from search.documents import SearchDocument
from search.listing import ListAnswer, ListRequest, Part, ask, count, nearest
from search.plan import Between, Everything, Has
from search.results import SearchResults
from tests.factories.search import document

Index = Callable[..., None]
TODAY = dt.date(2025, 6, 1)


@pytest.fixture(autouse=True)
def _engine(backend: Any) -> None:
    """An empty index of every engine."""


def asked(**values: Any) -> ListRequest:
    given = {"type": "practice", "audiences": frozenset({"public"}), "language": "en", "size": 100, **values}
    return ListRequest(**given)


def listed(**values: Any) -> list[str]:
    return list(ask(asked(**values)).ids)


def counted(answer: ListAnswer) -> dict[str, dict[str, int]]:
    return {name: dict(counts) for name, counts in answer.counts.items()}


def many(number: int) -> list[SearchDocument]:
    """Practices whose titles and periods are alike in their beginnings, in no order."""
    chance = random.Random(14)
    found = [
        document(
            f"Voluntary return counselling {chance.choice('abc')} {place % 17}",
            id=f"{place:03d}",
            orders={"period": orders.joined(orders.latest_year_first(2020 + place % 3), f"Return {place % 17}")},
            facets={"country": [("RS", "BA", "AL")[place % 3]]},
        )
        for place in range(number)
    ]
    chance.shuffle(found)
    return found


@pytest.mark.parametrize("order", ["title", "period"])
def test_the_pages_of_an_order_hold_everything_once_and_in_order(index: Index, order: str) -> None:
    documents = many(150)
    index(*documents[:60])
    index(*documents[60:])
    expected = [one.id for one in sorted(documents, key=lambda one: (one.orders[order], one.id))]
    pages = [listed(parts=(Part(order),), offset=offset, size=20) for offset in range(0, 160, 20)]
    assert [one for page in pages for one in page] == expected
    assert ask(asked(parts=(Part(order),), offset=140, size=20)).total == 150
    assert listed(parts=(Part(order),), offset=400, size=20) == []


def test_every_order_is_read_as_its_name_says(index: Index) -> None:
    moment = dt.datetime(2025, 1, 28, 9, tzinfo=dt.UTC)
    index(
        document("Čekaonica", id="c", date=moment),
        document("дом", id="d", date=moment + dt.timedelta(seconds=1)),
        document("Ceka", id="a", date=dt.date(2024, 5, 2)),
        document("Ceka se", id="b"),
    )
    assert listed(parts=(Part("title"),)) == ["a", "b", "c", "d"]
    assert listed(parts=(Part("newest"),)) == ["d", "c", "a", "b"]


def test_a_list_holds_one_type_and_what_its_filters_leave(index: Index) -> None:
    index(
        document("One", id="1", facets={"country": ["RS"], "stage": ["return"]}),
        document("Two", id="2", facets={"country": ["RS", "BA"], "stage": ["asylum"]}),
        document("Three", id="3", facets={"country": ["BA"]}),
        document("Four", id="4", type="meeting", facets={"country": ["RS"]}),
        document("Five", id="5", audiences={"members"}, facets={"country": ["AL"]}),
    )
    answer = ask(asked(filters={"country": ("RS",)}, facets=("country", "stage"), parts=(Part("title"),)))
    assert (answer.total, answer.ids) == (2, ("1", "2"))
    assert counted(answer) == {"country": {"RS": 2, "BA": 2}, "stage": {"return": 1, "asylum": 1}}
    assert ask(asked(size=0)).total == 3
    assert ask(asked(audiences=frozenset())).total == 0
    assert listed(audiences=frozenset({"public", "members"}), filters={"country": ("AL",)}) == ["5"]


def test_every_word_begins_a_word(index: Index) -> None:
    index(
        document("Đorđe Marić", id="1", summary="adviser", keywords=("Комесаријат",)),
        document("Ana Marić", id="2", summary="border guard"),
    )
    assert listed(text="djor") == listed(text="ЂОРЂЕ") == listed(text="komes adv") == ["1"]
    assert listed(text="mar", parts=(Part("title"),)) == ["2", "1"]
    assert listed(text="djordje border") == []
    assert listed(text="...", parts=(Part("title"),)) == ["2", "1"]


def test_what_has_ended_is_neither_listed_nor_found(index: Index, find: Callable[..., SearchResults]) -> None:
    today = timezone.localdate()
    index(
        document("Escorts today", id="today", until=today),
        document("Escorts yesterday", id="over", until=today - dt.timedelta(days=1), facets={"country": ["RS"]}),
        document("Escorts always", id="always"),
    )
    assert set(listed()) == {"today", "always"}
    results = find("escorts", facets=("country",))
    assert {hit.slug for hit in results.hits} == {"today", "always"}
    assert results.facets["country"] == ()


def test_of_translations_each_viewer_is_listed_one(index: Index) -> None:
    """The German text is for members alone: for the public it is not there, and hides nothing."""
    index(
        document("Guardians", id="en", gives_way={"de": {"members"}}),
        document("Vormunde", id="de", audiences={"members"}, gives_way={"en": {"public"}, "sr": {"public"}}),
    )
    member = frozenset({"public", "members"})
    assert listed(language="de", audiences=member) == ["de"]
    assert listed(language="de") == ["en"]
    assert listed(language="en", audiences=member) == listed(language="sr", audiences=member) == ["en"]
    assert listed(language="sr", audiences=frozenset({"members"})) == ["de"]


def test_parts_stand_one_after_the_other(index: Index) -> None:
    due = [TODAY + dt.timedelta(days=days) for days in (3, -5, 1, -1, -9)]
    index(
        *(
            document(f"Thing {place}", id=str(place), due=day, orders={"due": orders.soonest_first(day)})
            for place, day in enumerate(due)
        ),
        document("Thing without a day", id="none"),
    )
    late = Between("due", high=TODAY.toordinal() - 1)
    coming = Between("due", low=TODAY.toordinal())
    parts = (Part("due", late), Part("title", coming))
    assert listed(parts=parts) == ["4", "1", "3", "0", "2"]
    assert [listed(parts=parts, offset=offset, size=2) for offset in (0, 2, 4, 6)] == [
        ["4", "1"],
        ["3", "0"],
        ["2"],
        [],
    ]
    assert ask(asked(parts=parts, size=1)).total == 5
    assert count(asked(), [late, coming, Everything()]) == [3, 2, 6]
    assert listed(parts=()) == []


def test_counts_of_several_parts_are_those_of_all_of_them(index: Index) -> None:
    index(
        document("A", id="1", facets={"country": ["RS"], "stage": ["return"]}),
        document("B", id="2", facets={"country": ["RS"], "stage": ["asylum"]}),
        document("C", id="3", facets={"country": ["BA"]}),
    )
    parts = tuple(Part("title", Has("facets", (f"stage={stage}",))) for stage in ("return", "asylum"))
    answer = ask(asked(parts=parts, facets=("country",)))
    assert (answer.ids, counted(answer)) == (("1", "2"), {"country": {"RS": 2}})


def test_the_nearest_share_the_most_and_the_hidden_are_not_among_them(index: Index) -> None:
    own = {"stage": ["return", "asylum"], "country": ["RS"]}
    index(
        document("Itself", id="0", facets=own),
        document("Two stages", id="1", facets={"stage": ["return", "asylum"]}),
        document("A stage and the country", id="2", facets={"stage": ["return"], "country": ["RS"]}),
        document("The country", id="3", facets={"country": ["RS", "BA"]}, date=dt.date(2020, 1, 1)),
        document("The country, later", id="4", facets={"country": ["RS"]}, date=dt.date(2024, 1, 1)),
        document("Nothing", id="5", facets={"country": ["BA"]}),
        document("Hidden", id="6", facets=own, audiences={"members"}),
        document("Another type", id="7", facets=own, type="meeting"),
    )
    weights = {"stage": 3.0, "country": 1.0}
    assert nearest(asked(size=3), to="0", facets=own, weights=weights) == ["1", "2", "4"]
    assert nearest(asked(), to="0", facets=own, weights=weights) == ["1", "2", "4", "3"]
    assert nearest(asked(), to="0", facets={}, weights=weights) == []
