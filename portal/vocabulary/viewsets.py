"""How staff keep the terms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Term


class TermViewSet(SnippetViewSet):
    """List, search and edit terms."""

    model = Term
    icon = "tag"
    menu_label = _("Terms")
    menu_order = 320
    add_to_admin_menu = True
    list_display = ("label", "kind", "order")
    list_filter = ("kind",)
    search_fields = ("label", "slug", "definition")
    panels = (
        MultiFieldPanel(
            [FieldPanel("kind"), FieldPanel("slug"), FieldPanel("label"), FieldPanel("labels")], _("Words")
        ),
        FieldPanel("definition"),
        FieldPanel("synonyms"),
        MultiFieldPanel(
            [FieldPanel("stage"), FieldPanel("broader"), FieldPanel("related"), FieldPanel("order")], _("Neighbours")
        ),
        MultiFieldPanel([FieldPanel("details"), FieldPanel("sources"), FieldPanel("notes")], _("Sources")),
    )
