"""What the viewer may not see leaves no trace: not in hits, counts, suggestions, excerpts, scores."""

from __future__ import annotations

from collections.abc import Callable

from search.results import SearchResults
from tests.factories.search import document

Find = Callable[..., SearchResults]
FACETS = ("type", "country", "stage")
MEMBER = frozenset({"public", "members", "group:escorts"})


def test_everyone_finds_what_is_for_them(index: Callable[..., None], find: Find) -> None:
    index(
        document("Open return", id="open"),
        document("Return for members", id="members", audiences={"members"}),
        document("Return for escorts", id="escorts", audiences={"group:escorts", "agency:x"}),
        document("Return for nobody", id="nobody", audiences=set()),
    )

    def slugs(*tokens: str) -> set[str]:
        return {hit.slug for hit in find("return", audiences=frozenset(tokens)).hits}

    assert slugs("public") == {"open"}
    assert slugs("public", "members") == {"open", "members"}
    assert slugs(*MEMBER) == {"open", "members", "escorts"}
    assert slugs("agency:x") == {"escorts"}
    assert slugs("group:other") == set()
    assert slugs() == set()


def test_a_viewer_may_hold_many_audiences(index: Callable[..., None], find: Find) -> None:
    index(document("For one agency", audiences={"agency:33"}))
    tokens = frozenset(f"agency:{number}" for number in range(60))
    assert find("agency", audiences=tokens).total == 1
    assert find("agency", audiences=tokens - {"agency:33"}).total == 0


def test_a_viewer_without_audiences_finds_nothing_whatever_is_asked(index: Callable[..., None], find: Find) -> None:
    index(document("Open return", facets={"country": ["RS"]}))
    results = find("", audiences=frozenset(), facets=FACETS)
    assert (results.total, results.hits, results.facets) == (0, (), {})


def test_counts_do_not_tell_of_hidden_documents(index: Callable[..., None], find: Find) -> None:
    index(
        document("Open return", facets={"country": ["RS"]}),
        document(
            "Hidden return", audiences={"members"}, type="meeting", facets={"country": ["RS", "BA"], "stage": ["x"]}
        ),
    )
    results = find("return", facets=FACETS, filters={"country": ("RS",)})
    assert results.total == 1
    counts = {name: {count.value: count.count for count in counts} for name, counts in results.facets.items()}
    assert counts == {"type": {"practice": 1}, "country": {"RS": 1}, "stage": {}}
    assert find("return", facets=("stage",), audiences=MEMBER).facets["stage"][0].count == 1


def test_a_suggestion_does_not_tell_of_hidden_words(index: Callable[..., None], find: Find) -> None:
    index(document("Laissez-passer"), document("Zebrafish memorandum", audiences={"members"}))
    hidden = find("zebrafsh")
    assert (hidden.total, hidden.suggestion) == (0, None)
    shown = find("zebrafsh", audiences=MEMBER)
    assert shown.suggestion is not None
    assert shown.suggestion.text == "zebrafish"


def test_a_hidden_word_does_not_switch_likeness_off(index: Callable[..., None], find: Find) -> None:
    """Were likeness not searched because a hidden document has the word, its absence would tell of the document."""
    index(document("Ombudsman"), document("Ombudsmon", audiences={"members"}))
    before = find("ombudsmon")
    assert [hit.document.title for hit in before.hits] == ["Ombudsman"]
    assert before.fuzzy == ("ombudsmon",)


def test_scores_do_not_tell_of_hidden_documents(index: Callable[..., None], find: Find) -> None:
    index(document("Return and escorts", id="1"), document("Return and counselling", id="2"))
    before = [(hit.slug, hit.score) for hit in find("return escorts flights").hits]
    index(*(document("Hidden escorts", audiences={"members"}) for _ in range(20)))
    assert [(hit.slug, hit.score) for hit in find("return escorts flights").hits] == before
    assert before


def test_excerpts_come_from_visible_documents_only(index: Callable[..., None], find: Find) -> None:
    index(
        document("Open", body="A word on secrets."), document("Hidden", body="Secrets are here.", audiences={"members"})
    )
    excerpts = [str(excerpt.html) for hit in find("secrets").hits for excerpt in hit.excerpts]
    assert excerpts == ["A word on <mark>secrets</mark>."]


def test_an_exclusion_or_a_filter_opens_nothing(index: Callable[..., None], find: Find) -> None:
    index(document("Open return"), document("Hidden return", audiences={"members"}, type="meeting"))
    assert find("-open").total == 0
    assert find("type:meeting").total == 0
    assert find("hidden OR open").total == 1


def test_a_narrowed_audience_takes_hold_at_once(index: Callable[..., None], find: Find) -> None:
    index(document("Return", id="7"))
    assert find("return").total == 1
    index(document("Return", id="7", audiences={"members"}))
    assert find("return").total == 0
    assert find("return", audiences=MEMBER).total == 1
