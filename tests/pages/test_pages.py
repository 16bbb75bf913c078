import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from wagtail.models import Locale, Page, Site

from portal.core.demo import DemoReport
from portal.pages.demo import load_pages
from portal.pages.models import HomePage, StandardPage
from tests.factories.pages import home_page, standard_page

pytestmark = pytest.mark.django_db


def test_the_bare_address_leads_to_the_readers_language(client: Client) -> None:
    home_page()
    assert client.get("/", headers={"accept-language": "de-AT,de;q=0.9"}).headers["Location"] == "/de/"
    assert client.get("/", headers={"accept-language": "xx"}).headers["Location"] == "/en/"


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_home_page_stands_under_every_language(client: Client, language: str) -> None:
    home_page()
    answer = client.get(f"/{language}/")
    assert answer.status_code == 200
    assert "Who we are." in answer.content.decode()


def test_content_in_another_language_is_marked_as_such(client: Client) -> None:
    home_page()
    assert '<h1 lang="en">One network</h1>' in client.get("/mk/").content.decode()
    assert "<h1>One network</h1>" in client.get("/en/").content.decode()


def test_a_translated_home_page_is_shown_and_the_rest_falls_back(client: Client) -> None:
    home = home_page()
    standard_page(home)
    german = Locale.objects.create(language_code="de")
    translated = home.copy_for_translation(german)
    translated.title = "Ein Netzwerk"
    translated.save_revision().publish()
    assert "<h1>Ein Netzwerk</h1>" in client.get("/de/").content.decode()
    assert "Why we meet." in client.get("/de/about/").content.decode()
    assert client.get("/de/nothing/").status_code == 404


def test_addresses_are_in_the_readers_language_and_canonical_in_the_pages_own(client: Client) -> None:
    page = standard_page()
    with translation.override("hr"):
        assert page.url == "/hr/about/"
    content = client.get("/hr/about/").content.decode()
    assert '<link rel="canonical" href="http://testserver/en/about/">' in content


def test_a_page_for_members_is_a_404_for_a_visitor(client: Client) -> None:
    standard_page(None, "members", title="Inside", slug="inside")
    answer = client.get("/en/inside/")
    assert answer.status_code == 404
    assert "Inside" not in answer.content.decode().partition("<main")[2].partition("value=")[0]


def test_a_page_without_an_audience_is_seen_by_nobody(client: Client) -> None:
    page = standard_page()
    page.audiences.clear()
    page.save()
    assert client.get("/en/about/").status_code == 404


def test_an_unknown_language_gets_a_404_that_leads_on(client: Client) -> None:
    home_page()
    standard_page()
    answer = client.get("/fr/about/", follow=True)
    assert answer.status_code == 404
    assert 'href="/en/about/"' in answer.content.decode()


def test_the_starter_content_replaces_the_welcome_page_and_stands_still_after() -> None:
    load_pages(DemoReport())
    site = Site.objects.get(is_default_site=True)
    assert isinstance(site.root_page.specific, HomePage)
    assert not Page.objects.filter(title__startswith="Welcome to your new").exists()
    assert set(StandardPage.objects.values_list("slug", flat=True)) == {
        "about",
        "accessibility",
        "how-to-join",
        "who-sees-what",
    }
    assert Locale.objects.count() == len(settings.LANGUAGES)
    page = StandardPage.objects.get(slug="about")
    page.title = "Our own title"
    page.save_revision().publish()
    report = DemoReport()
    load_pages(report)
    assert report.made == {}
    assert StandardPage.objects.get(slug="about").title == "Our own title"


def test_plain_pages_of_the_starter_content_can_be_read(client: Client) -> None:
    call_command("load_demo")
    for slug in ("about", "accessibility", "how-to-join", "who-sees-what"):
        assert client.get(f"/en/{slug}/").status_code == 200


def test_the_home_page_costs_the_same_queries_whatever_the_number_of_pages(
    client: Client, django_assert_max_num_queries
) -> None:
    home = home_page()
    client.get("/en/")
    with django_assert_max_num_queries(12) as few:
        client.get("/en/")
    for number in range(10):
        standard_page(home, title=f"Page {number}", slug=f"page-{number}")
    client.get("/en/")
    with django_assert_max_num_queries(12) as many:
        client.get("/en/")
    assert len(many) == len(few)
