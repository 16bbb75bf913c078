"""The page tree for tests: a home page in place of Wagtail's welcome page."""

from __future__ import annotations

from typing import Any, TypeVar

from wagtail.models import Locale, Page, Site

from portal.core.models import BasePage
from portal.pages.models import HomePage, StandardPage

P = TypeVar("P", bound=BasePage)


def home_page() -> HomePage:
    """The default site's home page, public; made once a test."""
    standing = HomePage.objects.first()
    if standing is not None:
        return standing
    locale, _made = Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node() or Page.add_root(title="Root", locale=locale)  # a flushed database has none
    home = HomePage(title="One network", slug="network", lead="Who we are.", locale=locale)
    root.add_child(instance=home)
    home.audiences.set(["public"])
    home.save()
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    return home


def add_page(parent: Page, page: P, *audiences: str) -> P:
    """`page` under `parent`, published, for `audiences` ("public" when none are named)."""
    page.locale = parent.locale
    parent.add_child(instance=page)
    page.audiences.set(audiences or ["public"])
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def standard_page(parent: Page | None = None, *audiences: str, **fields: Any) -> StandardPage:
    """A plain page under `parent` (the home page by default)."""
    words = {"title": "About", "slug": "about", "lead": "Why we meet.", **fields}
    return add_page(parent or home_page(), StandardPage(**words), *audiences)
