"""The CMS's form of a picture."""

from __future__ import annotations

from typing import Any

from django.forms import FileField
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from . import pictures


class PictureFormField(WagtailImageField):
    """Wagtail's, which unpacks a picture before it looks how large it is, and fails over one that ends too soon."""

    def to_python(self, data: Any) -> Any:
        """The upload. Raises ValidationError in words for all that is refused."""
        upload = FileField.to_python(self, data)
        if upload is None:
            return None
        self.check_image_file_size(upload)
        name = upload.name or ""
        if pictures.is_named_as_one(name):
            pictures.check(name, upload)
        return super().to_python(data)


class PictureForm(BaseImageForm):
    """Wagtail's form with the field above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A field declared on the class would stand in the form of many uploads too, which has none.
        given = self.fields.get("file")
        if given is not None:
            self.fields["file"] = PictureFormField(label=given.label, required=given.required, widget=given.widget)
