"""What search sees of a practice, and when it sees it anew."""

import datetime as dt

import pytest
from django.utils import timezone

import search as searching
from library.practices.documents import UNCONFIRMED_RANK, practice_document, practice_queryset
from library.practices.models import PracticePage
from portal.core.models import Audience
from search.indexing import drain
from search.query import SearchRequest
from tests.factories.practices import practice, unpublished
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


def document_of(page: PracticePage) -> object:
    return practice_document(practice_queryset().get(pk=page.pk))


def found(text: str) -> list[str]:
    drain()
    request = SearchRequest(text=text, audiences=frozenset({"public"}), filters={"type": ("practice",)})
    return [hit.slug for hit in searching.search(request).hits]


def test_a_draft_is_nothing_to_search() -> None:
    assert document_of(unpublished()) is None


def test_a_practice_is_found_by_everything_it_says_and_is_filed_under() -> None:
    stage = TermFactory(slug="arrival", label="Reception", labels={"bs": "Prihvat"})
    page = practice(
        terms=[stage],
        tags=["Airport"],
        slug="x",
        steps=["Hand over a booklet"],
        results=[("823", "certificates")],
        did_not_work="Nights",
        partners="UNHCR",
        year_to=2019,
        language="sr-latn",
    )
    document = practice_document(practice_queryset().get(pk=page.pk))
    assert document is not None
    for words in ("Hand over a booklet", "823 certificates", "Nights", "UNHCR", "It is part of the procedure."):
        assert words in document.body
    assert document.keywords == ("Airport",)
    assert {"Reception", "Prihvat"} <= set(document.subjects)
    assert document.path == "library/x/"
    assert document.facets["country"] == ("RS",)
    assert document.facets["stage"] == ("arrival",)
    assert document.facets["tag"] == ("airport",)
    assert document.facets["year"] == ("2019",)
    assert document.facets["language"] == ("sr-latn",)
    assert document.audiences == {"public"}


def test_an_unconfirmed_practice_stands_lower() -> None:
    today = timezone.localdate()
    confirmed = practice(confirmed_on=today, valid_until=today + dt.timedelta(days=9))
    lapsed = practice(confirmed_on=today, valid_until=today - dt.timedelta(days=1))
    ranks = [practice_document(page).rank for page in (confirmed, lapsed, practice())]
    assert ranks == [1.0, UNCONFIRMED_RANK, UNCONFIRMED_RANK]


@pytest.mark.usefixtures("_own_index")
def test_tags_terms_and_audiences_changed_by_themselves_reach_the_index() -> None:
    page = practice(slug="x", title="Something")
    assert found("#kiosks") == found("kiosks") == []
    page.tags.add("kiosks")
    page.save()
    assert found("kiosks") == ["x"]
    page.themes.add(TermFactory(theme=True, label="Interpretation"))
    page.save()
    assert found("interpretation") == ["x"]
    page.audiences.set(Audience.objects.filter(pk="members"))
    page.save()
    assert found("kiosks") == []
