"""What prose is made of in the CMS."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

FEATURES = ["bold", "italic", "link", "document-link", "ol", "ul", "h3", "blockquote"]


class FigureBlock(blocks.StructBlock):
    """An image with the words for those who do not see it."""

    image = ImageChooserBlock(label=_("image"))
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=250)

    class Meta:
        icon = "image"
        template = "core/blocks/figure.html"


PROSE_BLOCKS = [
    (
        "heading",
        blocks.CharBlock(label=_("heading"), max_length=120, icon="title", template="core/blocks/heading.html"),
    ),
    ("text", blocks.RichTextBlock(label=_("text"), features=FEATURES)),
    ("figure", FigureBlock(label=_("figure"))),
    ("document", DocumentChooserBlock(label=_("document"), template="core/blocks/document.html")),
]
