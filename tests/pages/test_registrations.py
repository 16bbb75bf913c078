import pytest
from django.test import Client
from django.utils import translation

from portal.core.demo import DemoReport
from portal.core.navigation import help_pages
from portal.pages.demo import load_pages

pytestmark = pytest.mark.django_db


def test_every_page_under_rules_and_help_stands_in_every_language(client: Client) -> None:
    load_pages(DemoReport())
    for language in ("en", "sr-latn"):
        with translation.override(language):
            pages = help_pages()
        assert pages[0].url == f"/{language}/about/"
        for page in pages:
            answer = client.get(page.url)
            assert answer.status_code == 200
            assert f'href="{page.url}"' in answer.content.decode().partition("<footer")[2]
