import pytest
from django.test import Client
from django.urls import reverse

from library.indicators.models import Figure, Indicator
from network.members.models import User
from portal.core.audience import PUBLIC
from tests.factories.indicators import FigureFactory, IndicatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("admin@example.org", "x"))
    return client


def form(indicator: Indicator, **changes: str | list[str]) -> dict[str, str | list[str]]:
    """The editing form of an indicator with one new figure."""
    return {
        "name": indicator.name,
        "slug": indicator.slug,
        "audiences": [PUBLIC],
        "definition": indicator.definition,
        "order": "0",
        "figures-TOTAL_FORMS": "1",
        "figures-INITIAL_FORMS": "0",
        "figures-MIN_NUM_FORMS": "0",
        "figures-MAX_NUM_FORMS": "1000",
        "figures-0-area": "RS",
        "figures-0-period": "2025-Q1",
        "figures-0-value": "42",
        "figures-0-source": "https://example.org/",
        "figures-0-status": "published",
        "figures-0-origin": "owner",
        "figures-0-ORDER": "1",
        **changes,
    }


def edit_url(indicator: Indicator) -> str:
    return reverse(Indicator.snippet_viewset.get_url_name("edit"), args=[indicator.pk])


def test_staff_add_a_figure_and_it_is_on_the_page(admin: Client, client: Client) -> None:
    indicator = IndicatorFactory(slug="returned")
    answer = admin.post(edit_url(indicator), form(indicator))
    assert answer.status_code == 302, answer.context["form"].errors
    figure = Figure.objects.get(indicator=indicator)
    assert (str(figure.start), figure.frequency) == ("2025-01-01", "quarter")
    assert "2025 Q1" in client.get("/en/figures/returned/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"figures-0-period": "soon"}, "“soon” is no period"),
        ({"figures-0-area": "ZZ"}, "“ZZ” is no area"),
        ({"figures-0-value": "", "figures-0-value_text": ""}, "A figure needs a value"),
        ({"figures-0-source": "here"}, "Enter a valid URL"),
        ({"sources": "nowhere"}, "“nowhere” is no web address"),
        ({"audiences": []}, "This field is required"),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_is_lost(admin: Client, changes: dict[str, str], words: str) -> None:
    indicator = IndicatorFactory()
    answer = admin.post(edit_url(indicator), form(indicator, **changes))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page
    assert "2025-Q1" in page or "soon" in page
    assert not Figure.objects.exists()


def test_the_list_of_the_cms_is_searched(admin: Client) -> None:
    IndicatorFactory(name="Returned persons")
    IndicatorFactory(name="Detections")
    page = admin.get(reverse(Indicator.snippet_viewset.get_url_name("list")), {"q": "returned"}).content.decode()
    assert "Returned persons" in page
    assert "Detections" not in page


def test_a_figure_keeps_its_words_when_its_indicator_is_saved_again(admin: Client) -> None:
    indicator = IndicatorFactory()
    figure = FigureFactory(indicator=indicator, words=True)
    data = form(
        indicator,
        **{
            "figures-INITIAL_FORMS": "1",
            "figures-0-id": str(figure.pk),
            "figures-0-value": "",
            "figures-0-value_text": "about half",
        },
    )
    assert admin.post(edit_url(indicator), data).status_code == 302
    figure.refresh_from_db()
    assert (figure.value, figure.value_text) == (None, "about half")


def test_blank_lines_between_sources_are_left_out(admin: Client) -> None:
    indicator = IndicatorFactory()
    sources = "https://a.example/\n\n https://b.example/ \n"
    assert admin.post(edit_url(indicator), form(indicator, sources=sources)).status_code == 302
    indicator.refresh_from_db()
    assert indicator.sources == "https://a.example/\nhttps://b.example/"
