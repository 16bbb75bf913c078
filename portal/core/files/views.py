"""Who gets a file, and what a browser may do with it.

A file that is hidden from the asker, one that was never there and one asked for by a wrong name get one answer, after
the same questions to the database: nobody learns by asking whether there is something to be hidden.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.storage import Storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from portal.core.audience import held_by, visible_to
from portal.core.models import PortalDocument, PortalImage, PortalRendition

from .papers import CONTENT_TYPES

#: What a browser may draw in its window: pictures that can do nothing else. All else is only ever downloaded.
_SHOWN = {"gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_UNKNOWN = "application/octet-stream"

#: A file runs nothing, loads nothing and stands in no other page, whatever a browser takes it for.
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
def serve_document(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """A document by its key and name."""
    documents: QuerySet[PortalDocument] = PortalDocument.objects.filter(pk=pk)
    item = _readable(documents, request)
    if item is None or item.filename != name:
        raise Http404
    return _download(item.file.storage, item.file.name)


@require_safe
def serve_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file by its path: a picture, a size of a picture (which asks the picture) or a document."""
    if "\0" in path:  # no name holds it, and PostgreSQL refuses to look
        raise Http404
    of_a_size = PortalImage.objects.filter(renditions__file=path)
    owners = (of_a_size, PortalImage.objects.filter(file=path), PortalDocument.objects.filter(file=path))
    # All three are asked, so that one answer takes as long as another.
    found = [item for item in [_readable(owner, request) for owner in owners] if item is not None]
    if not found:
        raise Http404
    fields = PortalRendition if found[0].file.name != path else type(found[0])
    return _download(fields._meta.get_field("file").storage, path)


def _readable(items: QuerySet[Any], request: HttpRequest) -> Any:
    """The one of `items` that the asker may read, or None; where staff closed its collection, by that too."""
    item = visible_to(items, held_by(request)).select_related("collection").first()
    if item is None:
        return None
    closed = item.collection.get_view_restrictions()
    return item if all(restriction.accept_request(request) for restriction in closed) else None


def _download(storage: Storage, path: str) -> HttpResponseBase:
    try:
        stream = storage.open(path)
    except FileNotFoundError:
        raise Http404 from None
    ending = path.rpartition(".")[2].lower()
    kind = _SHOWN.get(ending) or CONTENT_TYPES.get(ending, _UNKNOWN)
    response = FileResponse(stream, content_type=kind, as_attachment=ending not in _SHOWN)
    response["Cache-Control"] = f"private, max-age={settings.FILES_MAX_AGE}"
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
