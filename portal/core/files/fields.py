"""The file of a picture and of a document: looked into whatever door it comes through, and kept bare.

A model's field is the one place that all doors share: the CMS's forms, its uploads of many at once, which write a file
past any form, and services.
"""

from __future__ import annotations

import hashlib
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import models
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile

from . import papers, pictures


def is_new(file: Any) -> bool:
    """Whether a model's file has come in and is not stored yet. What is stored already is never refused."""
    return bool(file) and not file._committed  # noqa: SLF001  Django tells it nowhere else


class DocumentField(models.FileField):
    """A document that is what its name says and does no harm."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """As Django's; raises ValidationError for a new file whose content is refused (see `papers`)."""
        cleaned = super().clean(value, model_instance)
        if is_new(cleaned):
            papers.check(cleaned.name, cleaned.file)
        return cleaned


class PictureFile(WagtailImageFieldFile):
    """A picture's file. However it is stored, what the camera wrote beside the pixels is not."""

    def get_image_dimensions(self) -> tuple[Any, Any]:
        """Width and height; those known already where the file is damaged or gone, so that its row can be kept."""
        was_closed = self.closed
        try:
            self.open()
            found = pictures.size_of(self)
        except OSError:
            found = None
        finally:
            if was_closed:
                self.close()
        row = self.instance
        return found or (getattr(row, self.field.width_field, None), getattr(row, self.field.height_field, None))

    def save(self, name: str, content: IO[bytes], save: bool = True) -> None:
        """Store the bare picture. Raises BrokenPictureError for what `PictureField.clean` refuses."""
        content.seek(0)
        given = content.read()
        kept = pictures.bare(given) if self.field.is_original or pictures.says_more(given) else given
        super().save(name, ContentFile(kept, name), save=False)
        if self.field.is_original:
            # The form counted what came in.
            self.instance.file_size = len(kept)
            self.instance.file_hash = hashlib.sha1(kept, usedforsecurity=False).hexdigest()
        if save:
            self.instance.save()


class PictureField(WagtailImageField):
    """A picture that is whole, of a size that can be opened, and bare."""

    attr_class = PictureFile
    #: Drawn anew whatever it carries: what lies behind a picture's end is seen by no reader of pictures.
    is_original = True

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """As Django's; raises ValidationError for a new file whose content is refused (see `pictures`)."""
        cleaned = super().clean(value, model_instance)
        if is_new(cleaned):
            pictures.check(cleaned.name, cleaned.file)
        return cleaned


class RenditionField(PictureField):
    """A size of a picture: Wagtail copies into it what the original carries, which may be older than this field."""

    is_original = False
