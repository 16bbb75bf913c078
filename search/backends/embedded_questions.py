"""Questions to tantivy: a plan as its query, a page of what it finds, the counts of facets."""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Order, Query

from search.fields import ORDER_FIELDS, facet_token, key_in_order
from search.plan import AllOf, AnyOf, Between, Everything, Has, Like, Node, Run, Scored, StartsWith

from .base import Answer, Question, RawHit

#: Facet values counted at most, over all facets.
_MOST_VALUES = 10_000
#: Equal scores are put in order by key; this many beyond the page are looked at for it.
_LOOK_AHEAD = 30
#: Texts of an order that are read one by one without it being felt.
_FEW = 50
_MANY_TERMS = 16


def answer(searcher: tantivy.Searcher, schema: tantivy.Schema, question: Question) -> Answer:
    """See `SearchBackend.search`."""
    base = AllOf((question.visible, question.match))
    wanted = {
        name: Has("facets", tuple(facet_token(name, value) for value in values))
        for name, values in question.filters.items()
    }
    query = translate(schema, AllOf((base, *wanted.values())))
    page = _in_order if question.order else _by_score
    hits, total = page(searcher, schema, query, question)
    return Answer(total, hits, _facet_counts(searcher, schema, base, wanted, question.facets))


def roughly(field: str) -> str:
    """The field of numbers beside an order's field of texts."""
    return f"{field}_roughly"


def beginning(text: str) -> int:
    """The first eight bytes of a text as a number: smaller where the text comes before, perhaps the same."""
    return int.from_bytes(text.encode()[:8].ljust(8, b"\0"), "big")


def _in_order(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: Query, question: Question
) -> tuple[list[RawHit], int]:
    """The page of an order, and how many match in all.

    tantivy reads the text of every document before the page, which takes it long on a late one. So numbers say first
    where the page begins, and texts are read from there.
    """
    field, skipped = ORDER_FIELDS[question.order], 0
    page = query
    if question.offset > _FEW:
        before = searcher.search(
            query, limit=question.offset + 1, order_by_field=roughly(field), order=Order.Asc, count=False
        )
        values = [value for value, _address in before.hits]
        if len(values) > question.offset:
            skipped = bisect_left(values, values[-1])
            rest = Query.range_query(schema, roughly(field), FieldType.Unsigned, values[-1], None)
            page = Query.boolean_query([(Occur.Must, query), (Occur.Must, rest)])
    found = searcher.search(
        page, limit=max(question.size, 1), offset=question.offset - skipped, order_by_field=field, order=Order.Asc
    )
    hits = [
        RawHit(key_in_order(value), 0.0, searcher.doc(address).get_first("source") if question.whole else "")
        for value, address in found.hits[: question.size]
    ]
    return hits, int(found.count) + skipped


def _by_score(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: Query, question: Question
) -> tuple[list[RawHit], int]:
    """The page of the best, and how many match in all."""
    scored = Query.boolean_query(
        [
            (Occur.Must, Query.const_score_query(query, 0.0)),
            *((Occur.Should, translate(schema, node)) for node in question.scores),
        ]
    )
    result = searcher.search(scored, limit=question.offset + question.size + _LOOK_AHEAD, weight_by_field="weight")
    values = [float(value) for value, _address in result.hits]
    end = min(question.offset + question.size, len(values))
    if question.offset >= end:
        return [], int(result.count)
    # What scores like the page's first or last hit may belong on it too.
    first = bisect_left(values, -values[question.offset], key=operator.neg)
    last = bisect_right(values, -values[end - 1], key=operator.neg)
    near = [(-values[place], searcher.doc(result.hits[place][1])) for place in range(first, last)]
    ranked = sorted(near, key=lambda pair: (pair[0], pair[1].get_first("key")))
    hits = [
        RawHit(stored.get_first("key"), round(-value, 4), stored.get_first("source") if question.whole else "")
        for value, stored in ranked[question.offset - first : end - first]
    ]
    return hits, int(result.count)


def _facet_counts(
    searcher: tantivy.Searcher, schema: tantivy.Schema, base: Node, wanted: dict[str, Has], names: tuple[str, ...]
) -> dict[str, dict[str, int]]:
    """Facet -> value -> count: each facet under all filters but its own."""
    if not names:
        return {}
    free = tuple(name for name in names if name not in wanted)
    counts: dict[str, dict[str, int]] = {}
    rounds = [(free, tuple(wanted.values()))] if free else []
    rounds += [
        ((name,), tuple(node for other, node in wanted.items() if other != name)) for name in names if name in wanted
    ]
    for asked, filters in rounds:
        query = translate(schema, AllOf((base, *filters)))
        found: dict[str, Any] = searcher.aggregate(
            query, {"values": {"terms": {"field": "facets", "size": _MOST_VALUES}}}
        )
        for bucket in found["values"]["buckets"]:
            name, _equals, value = bucket["key"].partition("=")
            if name in asked:
                counts.setdefault(name, {})[value] = int(bucket["doc_count"])
    return counts


def translate(schema: tantivy.Schema, node: Node) -> Query:
    """A plan's node as tantivy's query. Outside `Scored` every match scores the same."""
    match node:
        case Everything():
            return Query.all_query()
        case Has(field, terms):
            return _holding(schema, field, terms)
        case Between(field, low, high):
            return Query.range_query(schema, field, FieldType.Integer, low, high)
        case Run(field, terms):
            return (
                Query.phrase_query(schema, field, list(terms))
                if len(terms) > 1
                else translate(schema, Has(field, terms))
            )
        case StartsWith(field, prefix):
            return Query.fuzzy_term_query(schema, field, prefix, 0, True, True)
        case Like(field, term, edits):
            return Query.fuzzy_term_query(schema, field, term, edits, True)
        case AnyOf(parts, least):
            return Query.boolean_query([(Occur.Should, translate(schema, part)) for part in parts], least)
        case AllOf(parts, without):
            clauses = [(Occur.Must, translate(schema, part)) for part in parts or (Everything(),)]
            return Query.boolean_query([*clauses, *((Occur.MustNot, translate(schema, part)) for part in without)])
        case Scored(inner, points):
            return Query.const_score_query(translate(schema, inner), points)
    return Query.disjunction_max_query([translate(schema, part) for part in node.parts], node.tie)


def _holding(schema: tantivy.Schema, field: str, terms: tuple[str, ...]) -> Query:
    # A term set walks the dictionary: slower than asking for a few terms one by one.
    if len(terms) > _MANY_TERMS:
        return Query.term_set_query(schema, field, list(terms))
    several = [Query.term_query(schema, field, term, "basic") for term in terms]
    return several[0] if len(several) == 1 else Query.boolean_query([(Occur.Should, one) for one in several], 1)
