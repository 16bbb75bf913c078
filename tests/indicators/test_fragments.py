"""What is kept between readers, and when it is not."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.core.audience import MEMBERS, PUBLIC
from portal.core.pagecache import content_changed, generation
from tests.factories.indicators import FigureFactory, IndicatorFactory
from tests.factories.members import person

pytestmark = pytest.mark.django_db


def committed() -> None:
    """As if the test's changes had been committed: what waits for it has happened."""
    connection.run_on_commit.clear()
    generation().advance()


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    yield
    generation().advance()


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/en/figures/", "/en/figures/returned/", "/en/figures/returned/?area=RS"])
def test_the_next_reader_costs_no_query(client: Client, path: str) -> None:
    FigureFactory(indicator=IndicatorFactory(slug="returned"))
    committed()
    first = client.get(path).content
    assert queries(client, path) == 0
    assert client.get(path).content == first
    assert queries(client, f"{path}{'&' if '?' in path else '?'}unknown=1") == 0


def test_a_new_figure_is_seen_at_once(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    committed()
    client.get("/en/figures/returned/")
    FigureFactory(indicator=indicator, value=777)
    assert "777" in client.get("/en/figures/returned/").content.decode()
    committed()
    assert "777" in client.get("/en/figures/returned/").content.decode()


def test_each_language_and_each_filter_has_a_page_of_its_own(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    FigureFactory(indicator=indicator, area="XK", value=1111)
    FigureFactory(indicator=indicator, area="RS", value=2222)
    committed()
    pages = [client.get(f"/{path}").content.decode() for path in ("en/figures/returned/", "de/figures/returned/")]
    assert "1,111" in pages[0]
    assert "1.111" in pages[1]
    assert "1,111" not in client.get("/en/figures/returned/?area=RS").content.decode()


def test_what_a_member_reads_is_not_kept_for_a_visitor(client: Client) -> None:
    FigureFactory(indicator=IndicatorFactory(slug="hidden", name="Hidden series", audiences=[MEMBERS]))
    member = Client()
    member.force_login(person())
    committed()
    for path in ("/en/figures/", "/en/figures/hidden/"):
        assert "Hidden series" in member.get(path).content.decode()
    assert "Hidden series" not in client.get("/en/figures/").content.decode()
    assert client.get("/en/figures/hidden/").status_code == 404


def test_a_narrowed_audience_takes_hold_at_once(client: Client) -> None:
    indicator = IndicatorFactory(slug="returned", name="Returned persons")
    committed()
    assert client.get("/en/figures/returned/").status_code == 200
    indicator.audiences.set([MEMBERS])
    assert client.get("/en/figures/returned/").status_code == 404
    committed()
    assert client.get("/en/figures/returned/").status_code == 404
    indicator.audiences.set([PUBLIC])
    content_changed()
    committed()
    assert client.get("/en/figures/returned/").status_code == 200
