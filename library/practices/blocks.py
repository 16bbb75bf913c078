"""The ordered parts of a practice as the CMS edits them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

#: Characters of one step: it becomes a station on the page.
MAX_STEP = 600


class ResultBlock(blocks.StructBlock):
    """A result: the figure first, then of what; or words alone."""

    figure = blocks.CharBlock(
        label=_("figure"), required=False, max_length=40, help_text=_("As it is to be read: 823, 48.6 %. May be empty.")
    )
    text = blocks.CharBlock(label=_("of what, and when"), max_length=500)

    class Meta:
        icon = "order"
        label = _("result")


class SourceBlock(blocks.StructBlock):
    """Where something is said."""

    title = blocks.CharBlock(label=_("title"), required=False, max_length=250)
    url = blocks.URLBlock(label=_("address"), required=False, max_length=600)
    publisher = blocks.CharBlock(label=_("publisher"), required=False, max_length=150)

    class Meta:
        icon = "link"
        label = _("source")


STEP_BLOCKS = [("step", blocks.TextBlock(label=_("step"), rows=2, max_length=MAX_STEP, icon="arrow-right"))]
RESULT_BLOCKS = [("result", ResultBlock())]
SOURCE_BLOCKS = [("source", SourceBlock())]
