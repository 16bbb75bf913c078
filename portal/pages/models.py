"""The home page and plain pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Locale, Page

from portal.core.blocks import PROSE_BLOCKS
from portal.core.languages import in_language
from portal.core.models import BasePage


@dataclass(frozen=True, slots=True)
class Link:
    """A way onward: words, address, a line below."""

    label: str
    url: str
    text: str
    lang: str = ""


def start_links() -> list[Link]:
    """Where a newcomer starts."""
    language = get_language()
    return [
        Link(
            gettext("The stages of return"),
            reverse("vocabulary:list", args=["stage"]),
            gettext("From identification to reintegration, each with its practices"),
        ),
        Link(
            gettext("Good practices"),
            in_language("library/", language),
            gettext("What agencies do, what came of it, and what did not work"),
        ),
        Link(
            gettext("Terms of the field"),
            reverse("vocabulary:index"),
            gettext("A glossary with labels in the languages of the network"),
        ),
        Link(
            gettext("How to join"),
            in_language("how-to-join/", language),
            gettext("For officials and partners; two people decide on each application"),
        ),
    ]


class HomePage(BasePage):
    """The first page of the portal in one language, and the way to everything below it."""

    lead = models.TextField(_("lead"), max_length=600)

    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("lead")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count_per_parent = None
    template = "pages/home.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Wagtail's context with the ways in for a newcomer."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["start_links"] = start_links()
        return context

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find the page below: in this language, otherwise the one the address names in the portal's first language.

        So every page stands under every interface language, shown in the best language its content has.
        """
        try:
            return super().route(request, path_components)
        except Http404:
            default = Locale.get_default()
            if self.locale_id == default.pk:
                raise
            original = HomePage.objects.filter(translation_key=self.translation_key, locale=default).first()
            if original is None:
                raise
            return Page.route(original, request, path_components)


class StandardPage(BasePage):
    """A plain page of prose: about the network, how things work, accessibility."""

    lead = models.TextField(_("lead"), max_length=500, blank=True)
    body = StreamField(PROSE_BLOCKS, verbose_name=_("body"), blank=True)

    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("lead"), FieldPanel("body")]
    template = "pages/standard_page.html"

    class Meta:
        verbose_name = _("plain page")
