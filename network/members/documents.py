"""What search knows of organisations."""

from __future__ import annotations

from portal.core.audience import ANONYMOUS
from search.documents import SearchDocument

from .models import Agency


def agency_document(agency: Agency) -> SearchDocument:
    """An organisation by its names in every language."""
    return SearchDocument(
        type="organisation",
        id=str(agency.pk),
        slug=agency.slug,
        title=agency.name,
        summary=agency.role,
        body=agency.seat,
        keywords=(agency.acronym, *agency.names_local.values()),
        path=f"organisations/{agency.slug}/",
        audiences=ANONYMOUS,
        language="en",
        facets={"country": (agency.country, *agency.participants), "kind": (agency.kind,)},
        # An invented agency stands below every real one.
        rank=0.5 if agency.is_example else 1.0,
    )
