"""Files with audiences."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image
from wagtail.models import Collection

from portal.core.models import PortalDocument, PortalImage, PortalRendition


def _picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (120, 90), "white").save(buffer, "PNG")
    return buffer.getvalue()


_PICTURE = _picture()


def _root_collection() -> Collection:
    return Collection.get_first_root_node() or Collection.add_root(name="Root")


def document(*audiences: str, **fields: Any) -> PortalDocument:
    """A text file for `audiences`; for nobody without any."""
    content = ContentFile(b"what the agencies agreed\n", name="agreed.txt")
    made = PortalDocument.objects.create(
        **{"title": "Agreed", "file": content, "collection": _root_collection(), **fields}
    )
    made.audiences.set(audiences)
    return made


def image(*audiences: str, **fields: Any) -> PortalImage:
    """A small picture for `audiences`; for nobody without any."""
    made = PortalImage.objects.create(
        **{"title": "Map", "file": ContentFile(_PICTURE, name="map.png"), "collection": _root_collection(), **fields}
    )
    made.audiences.set(audiences)
    return made


def rendition(picture: PortalImage, name: str = "map.max-120x90.png") -> PortalRendition:
    """A size of a picture, as Wagtail keeps it."""
    content = ContentFile(_PICTURE, name=name)
    return PortalRendition.objects.create(
        image=picture, filter_spec="max-120x90", focal_point_key="", width=120, height=90, file=content
    )
