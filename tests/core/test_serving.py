"""The way to a page is remembered, and never leads to what is not there any more."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Locale

from portal.pages.models import StandardPage
from tests.factories.pages import home_page, standard_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(client: Client) -> StandardPage:
    """A page that has been asked for: the way to it is remembered."""
    made = standard_page(home_page(), title="About the network")
    assert "About the network" in client.get("/en/about/").content.decode()
    return made


def test_a_page_that_is_changed_is_read_anew(client: Client, page: StandardPage) -> None:
    page.title = "About us all"
    page.save_revision().publish()
    assert "About us all" in client.get("/en/about/").content.decode()


def test_a_page_with_another_slug_stands_at_its_new_address_alone(client: Client, page: StandardPage) -> None:
    page.slug = "us"
    page.save_revision().publish()
    assert [client.get(address).status_code for address in ("/en/about/", "/en/us/")] == [404, 200]


def test_a_page_that_is_moved_takes_those_below_it_along(client: Client, page: StandardPage) -> None:
    standard_page(page, slug="rules")
    below = standard_page(home_page(), slug="help")
    assert client.get("/en/about/rules/").status_code == 200
    page.move(below, pos="last-child")
    addresses = ("/en/about/", "/en/about/rules/", "/en/help/about/", "/en/help/about/rules/")
    assert [client.get(address).status_code for address in addresses] == [404, 404, 200, 200]


def test_a_page_that_is_taken_down_is_gone(client: Client, page: StandardPage) -> None:
    page.unpublish()
    assert client.get("/en/about/").status_code == 404


def test_another_page_in_its_place_is_shown(client: Client, page: StandardPage) -> None:
    page.delete()
    assert client.get("/en/about/").status_code == 404
    standard_page(home_page(), title="Begun again")
    assert "Begun again" in client.get("/en/about/").content.decode()


def test_a_narrowed_audience_closes_it(client: Client, page: StandardPage) -> None:
    page.audiences.set(["members"])
    page.save_revision().publish()
    assert client.get("/en/about/").status_code == 404


def test_a_translation_takes_the_place_of_the_original_in_its_language(client: Client, page: StandardPage) -> None:
    assert "About the network" in client.get("/de/about/").content.decode()
    german, _made = Locale.objects.get_or_create(language_code="de")
    home_page().copy_for_translation(german).save_revision().publish()
    copy = page.copy_for_translation(german)
    copy.title, copy.slug = "Über das Netzwerk", page.slug
    copy.save_revision().publish()
    assert "Über das Netzwerk" in client.get("/de/about/").content.decode()
    assert "Über das Netzwerk" not in client.get("/en/about/").content.decode()


def test_an_address_with_a_query_or_of_another_host_leads_to_the_same_page(client: Client, page: StandardPage) -> None:
    assert client.get("/en/about/?page=2").status_code == 200
    assert client.get("/en/about/", headers={"host": "localhost"}).status_code == 200
