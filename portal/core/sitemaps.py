"""The sitemap: public pages under their own language, nothing else."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from wagtail.models import Page

from .audience import ANONYMOUS, visible_to
from .models import BasePage


def page_types() -> list[type[BasePage]]:
    """Every concrete page type of the portal."""
    from wagtail.models import get_page_models

    return [model for model in get_page_models() if issubclass(model, BasePage)]


class PageSitemap(Sitemap[Page]):
    """Live pages a visitor may see, one query a page type."""

    def items(self) -> list[Page]:
        """The pages, in tree order."""
        found: list[Page] = []
        for model in page_types():
            pages: QuerySet[Page] = visible_to(model.objects.live(), ANONYMOUS).select_related("locale")
            found.extend(pages)
        return sorted(found, key=lambda page: page.path)

    def location(self, item: Page) -> str:
        """The path under the page's own language."""
        return str(item.canonical_path)

    def lastmod(self, item: Page) -> datetime | None:
        """When it was last published."""
        published: datetime | None = item.last_published_at
        return published
