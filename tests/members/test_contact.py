"""A visitor finds whom to write to, or is told."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from tests.factories.members import AgencyFactory, person
from tests.factories.pages import home_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home() -> None:
    home_page()


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_project_offices_address_stands_there_when_it_is_known(client: Client, settings: Settings) -> None:
    settings.CONTACT_EMAIL = "office@network.example"
    assert 'href="mailto:office@network.example"' in text(client, "/en/contact/")


def test_without_one_the_visitor_is_told_so(client: Client, settings: Settings) -> None:
    settings.CONTACT_EMAIL = ""
    page = text(client, "/en/contact/")
    assert "mailto:" not in page
    assert "has named no address here yet" in page


def test_organisations_stand_with_their_websites_but_not_invented_ones(client: Client) -> None:
    AgencyFactory(name="Border Police", country="BA", website="https://police.example")
    AgencyFactory(name="Without a website", country="BA", website="")
    AgencyFactory(name="Invented Office", country="BA", website="https://invented.example", is_example=True)
    page = text(client, "/en/contact/")
    assert 'href="https://police.example"' in page
    assert "Without a website" not in page
    assert "Invented Office" not in page


def test_the_page_costs_as_many_queries_with_fifty_organisations(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    AgencyFactory.create_batch(50, country="BA", website="https://police.example")
    with django_assert_max_num_queries(1):
        text(client, "/en/contact/")


def test_an_organisation_says_whom_to_write_to(client: Client) -> None:
    known = AgencyFactory(slug="known", website="https://police.example")
    unknown = AgencyFactory(slug="unknown", website="")
    assert "through its website" in text(client, known.get_absolute_url())
    assert reverse("members:contact") in text(client, unknown.get_absolute_url()).partition("<footer")[0]
    client.force_login(person(agency=known))
    assert "a focal point answers for the organisation" in text(client, known.get_absolute_url())


def test_organisations_and_terms_stand_in_the_menu_of_every_page(client: Client) -> None:
    menu = text(client, "/en/contact/").partition('id="sections"')[2].partition("</nav>")[0]
    assert 'href="/en/organisations/"' in menu
    assert 'href="/en/terms/"' in menu
