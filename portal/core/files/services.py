"""What is done to stored files."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.db import transaction

from portal.core.models import PortalImage

from . import pictures


@dataclass(slots=True)
class BaringReport:
    """How many pictures were looked at and changed, and the names of those that can not be read."""

    looked_at: int = 0
    changed: int = 0
    unreadable: list[str] = field(default_factory=list)


def bare_stored_pictures() -> BaringReport:
    """Store every picture anew that says more than its pixels. Its sizes go: they are made when they are asked for.

    The file before is deleted after the row names the new one: a picture is there at any moment.
    """
    report = BaringReport()
    for pk in list(PortalImage.objects.order_by("pk").values_list("pk", flat=True)):
        picture = PortalImage.objects.get(pk=pk)
        report.looked_at += 1
        try:
            with picture.open_file() as file:
                content = file.read()
            if pictures.says_more(content):
                _store_anew(picture, content)
                report.changed += 1
        except (OSError, pictures.BrokenPictureError):
            report.unreadable.append(picture.file.name)
    return report


def _store_anew(picture: PortalImage, content: bytes) -> None:
    before = picture.file.name
    with transaction.atomic():
        picture.renditions.all().delete()  # their files follow, by Wagtail's own receivers
        picture.file.save(before.rpartition("/")[2], ContentFile(content))
    picture.file.storage.delete(before)
