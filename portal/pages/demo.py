"""The home page and the plain pages of the starter content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from wagtail.models import Locale, Page, Site

from portal.core import demo
from portal.core.audience import PUBLIC

from .models import HomePage, StandardPage

FACTS = Path(__file__).parent / "facts"


@demo.register(order=30)
def load_pages(report: demo.DemoReport) -> None:
    """Create the home page and the plain pages that are missing."""
    for code, _label in settings.LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    facts = demo.read_facts(FACTS / "pages.yaml")
    home = _home(facts["home"], report)
    standing = set(home.get_children().values_list("slug", flat=True))
    for record in facts["pages"]:
        if record["id"] in standing:
            continue
        body = [block for entry in record["body"] for block in entry.items()]
        page = StandardPage(
            title=record["title"], slug=record["id"], lead=record["lead"].strip(), body=body, locale=home.locale
        )
        home.add_child(instance=page)
        page.audiences.set([PUBLIC])
        page.save_revision().publish()
        report.count("pages")


def _home(record: dict[str, Any], report: demo.DemoReport) -> HomePage:
    """The home page of the default site, in place of Wagtail's welcome page."""
    standing: HomePage | None = HomePage.objects.order_by("path").first()
    if standing is not None:
        return standing
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    root = Page.get_first_root_node()
    home = HomePage(title=record["title"], slug="network", lead=record["lead"], locale=Locale.get_default())
    root.add_child(instance=home)
    home.audiences.set([PUBLIC])
    home.save_revision().publish()
    if site is None:
        Site.objects.create(
            hostname="localhost", root_page=home, is_default_site=True, site_name=settings.WAGTAIL_SITE_NAME
        )
    else:
        welcome = site.root_page
        site.root_page = home
        site.site_name = settings.WAGTAIL_SITE_NAME
        site.save()
        # Wagtail's own first migration leaves a page without a type of ours.
        if welcome.specific_class is Page and not welcome.is_root():
            Page.objects.get(pk=welcome.pk).delete()
    report.count("pages")
    return home
