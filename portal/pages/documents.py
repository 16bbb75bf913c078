"""What the search sees of plain pages."""

from __future__ import annotations

from django.utils.html import strip_tags

from portal.core.audience import tokens_of
from portal.core.languages import without_language
from search.documents import SearchDocument

from .models import HomePage, StandardPage


def page_document(page: HomePage | StandardPage) -> SearchDocument | None:
    """A live page by title, lead and prose; None for what is not published."""
    if not page.live or page.url is None:
        return None
    body = strip_tags(str(page.body)) if isinstance(page, StandardPage) else ""
    return SearchDocument(
        type="page",
        id=str(page.pk),
        slug=page.slug,
        title=page.title,
        summary=page.lead,
        body=body,
        path=without_language(page.url),
        language=page.locale.language_code,
        audiences=tokens_of(page),
        facets={"language": (page.locale.language_code,)},
        date=page.first_published_at,
    )
