"""Of a page and its translations a list shows one: which, is worked out when a page is indexed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Page

from portal.core.audience import tokens_of
from portal.core.languages import CODES


def knowing_translations(pages: QuerySet[Any]) -> QuerySet[Any]:
    """`pages`, each with whether it has translations: few have, so few are asked for them."""
    others = Page.objects.filter(translation_key=OuterRef("translation_key")).exclude(pk=OuterRef("pk"))
    known: QuerySet[Any] = pages.annotate(has_translations=Exists(others.order_by()))
    return known


def gives_way(page: Any, *, to_equals: bool = False) -> dict[str, frozenset[str]]:
    """For `SearchDocument.gives_way`: language of the interface -> audiences of the translations that come before.

    The one in the reader's language comes before the one in the portal's first, and that before the others. Whoever
    may not see those before is shown this one. With `to_equals` the others give way to the oldest of them.
    """
    if not getattr(page, "has_translations", True):
        return {}
    others = type(page).objects.live().filter(translation_key=page.translation_key).exclude(pk=page.pk)
    siblings = list(others.select_related("locale").prefetch_related("audiences"))

    def place(one: Any, language: str) -> tuple[int, int]:
        """In the reader's language, in the portal's first, in another; among these by age where it counts."""
        code = one.locale.language_code
        return (0 if code == language else 1 if code == settings.LANGUAGE_CODE else 2), one.pk if to_equals else 0

    def before(language: str) -> frozenset[str]:
        own = place(page, language)
        return frozenset(token for one in siblings if place(one, language) < own for token in tokens_of(one))

    return {language: before(language) for language in CODES} if siblings else {}


def translations_of(page: Page) -> QuerySet[Page]:
    """The other language versions of a page, published or not, as plain pages."""
    found: QuerySet[Page] = Page.objects.filter(translation_key=page.translation_key).exclude(pk=page.pk)
    return found.only("pk", "content_type", "translation_key")
