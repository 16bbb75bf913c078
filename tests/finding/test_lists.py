"""The faceted list, as the library uses it: the engine away, behind, and with more than a page can hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import filling
from library.practices.catalogue import PER_PAGE, listing
from library.practices.models import PracticePage
from portal.core.models import Audience
from portal.finding import lists, pages
from portal.vocabulary.models import Term
from search import indexing
from search.indexing import drain
from tests.factories.commits import as_after_the_commit, index_what_waits
from tests.factories.members import AgencyFactory
from tests.factories.practices import practice
from tests.factories.search import SILENT
from tests.factories.vocabulary import TermFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]

PUBLIC = frozenset({"public"})
AWAY = "Filters and sorting are unavailable at the moment. Here are the newest."


def titles(html: str) -> list[str]:
    """The titles of the practices listed."""
    return re.findall(r'<h3 class="entry__title"[^>]*><a [^>]*>([^<]*)</a>', html)


def ask(query: str = "") -> lists.Listing[PracticePage]:
    index_what_waits()
    return listing(QueryDict(query), PUBLIC)


class TestWithoutTheEngine:
    @pytest.fixture
    def some(self) -> list[PracticePage]:
        stage = TermFactory(slug="arrival", label="Arrival")
        agency = AgencyFactory(slug="lead")
        made = [
            practice(title=f"Practice {number:02d}", slug=f"p-{number}", terms=[stage], lead_agency=agency)
            for number in range(PER_PAGE + 2)
        ]
        practice("members", title="For members")
        as_after_the_commit()
        return made

    def test_the_newest_are_listed_page_by_page_with_a_word(
        self, client: Client, some: list[PracticePage], settings: Any
    ) -> None:
        settings.SEARCH = SILENT
        with CaptureQueriesContext(connection) as asked:
            first = client.get("/en/library/?stage=arrival&page=1").content.decode()
        assert len(asked) <= 12
        assert AWAY in first
        assert titles(first) == [f"Practice {number:02d}" for number in range(PER_PAGE + 1, 1, -1)]
        assert "filters__option" not in first
        assert 'rel="next"' in first
        second = client.get("/en/library/?page=2").content.decode()
        assert titles(second) == ["Practice 01", "Practice 00"]
        assert 'rel="next"' not in second
        assert 'rel="prev"' in second
        assert AWAY in client.get("/en/library/?page=99999").content.decode()

    def test_a_practice_and_the_pages_around_it_stand(
        self, client: Client, some: list[PracticePage], settings: Any
    ) -> None:
        settings.SEARCH = SILENT
        shown = client.get("/en/library/p-1/").content.decode()
        assert "Practice 01" in shown
        assert "Similar practices" not in shown
        home = client.get("/en/").content.decode()
        assert titles(home) == ["Practice 13", "Practice 12", "Practice 11"]
        assert "All practices" in home
        assert titles(client.get("/en/terms/stage/arrival/").content.decode())[0] == "Practice 13"
        assert titles(client.get("/en/organisations/lead/").content.decode())[0] == "Practice 13"

    def test_it_is_remembered_by_nobody(self, client: Client, some: list[PracticePage], settings: Any) -> None:
        working = settings.SEARCH
        settings.SEARCH = SILENT
        for place in ("/en/library/", "/en/library/p-1/", "/en/"):
            client.get(place)
        settings.SEARCH = working
        assert AWAY not in client.get("/en/library/").content.decode()
        assert "Similar practices" in client.get("/en/library/p-1/").content.decode()
        assert "All 14 practices" in client.get("/en/").content.decode()


def test_what_the_database_no_longer_shows_is_left_out_while_the_index_lags_behind() -> None:
    narrowed, gone, stays = practice(title="Narrowed"), practice(title="Gone"), practice(title="Stays")
    drain()
    narrowed.audiences.set(Audience.objects.filter(pk="members"))
    narrowed.save_revision().publish()
    gone.unpublish()
    found = listing(QueryDict(), PUBLIC)
    assert [one.title for one in found.items] == [stays.title]
    assert found.found == 3
    drain()
    assert listing(QueryDict(), PUBLIC).found == 1


def test_a_facet_shows_what_most_have_and_what_is_chosen() -> None:
    practice(tags=[f"tag {number:02d}" for number in range(lists.MOST_OPTIONS + 5)])
    practice(tags=["tag 44"])
    shown = next(group for group in ask("tag=tag-43").groups if group.name == "tag").options
    assert [option.value for option in shown if option.selected] == ["tag-43"]
    assert len(shown) == lists.MOST_OPTIONS + 1
    assert [option.label for option in shown] == sorted(option.label for option in shown)
    assert {"tag-44", "tag-00"} <= {option.value for option in shown}
    assert "tag-42" not in {option.value for option in shown}
    assert ask("tag=tag-42").found == 1


def test_nobody_pages_deeper_than_the_engine() -> None:
    assert pages.asked_for(QueryDict("page=99999999"), 12) == 833
    last = pages.Pages(50_000, 12).get_page(833)
    assert (last.paginator.count, last.has_next()) == (50_000, False)
    assert "Only the first 10000 can be paged through." in pages.hints(QueryDict("page=4000"), last)[0]
    assert pages.hints(QueryDict("page=833"), last) == []


class CountingCursor(CursorWrapper):
    """A cursor that counts the rows it gives."""

    rows = 0

    def _count(self, rows: Any) -> Any:
        CountingCursor.rows += len(rows)
        return rows

    def fetchone(self) -> Any:
        row = self.cursor.fetchone()
        CountingCursor.rows += row is not None
        return row

    def fetchmany(self, *size: int) -> Any:
        return self._count(self.cursor.fetchmany(*size))

    def fetchall(self) -> Any:
        return self._count(self.cursor.fetchall())

    def __iter__(self) -> Any:
        return iter(self.fetchall())


@pytest.mark.parametrize(
    "place",
    ["/en/library/", "/en/library/?country=RS&page=2", "/en/library/looked-at/", "/en/", "/en/terms/stage/arrival/"],
)
def test_no_more_rows_are_read_from_four_hundred_practices_than_from_one_hundred(
    client: Client, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    TermFactory(slug="arrival", label="Arrival")
    AgencyFactory()
    practice(slug="looked-at", terms=Term.objects.all(), tags=["tag 1"])

    def read(total: int) -> int:
        filling.fill(total)
        indexing.enqueue_all(PracticePage.objects.all())
        as_after_the_commit()
        CountingCursor.rows = 0
        with monkeypatch.context() as patch:
            patch.setattr(connection, "make_cursor", lambda cursor: CountingCursor(cursor, connection))
            assert client.get(place).status_code == 200
        return CountingCursor.rows

    # What a page shows may hold a few terms more.
    few = read(100)
    assert read(400) <= few + 10, few
