"""How staff open, rename and archive rooms. What is said in them is not edited here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Room


class RoomViewSet(SnippetViewSet):
    """List and edit rooms."""

    model = Room
    icon = "comment"
    menu_label = _("Rooms")
    menu_order = 330
    add_to_admin_menu = True
    list_display = ("__str__", "slug", "topic", "is_archived")
    list_filter = ("is_archived",)
    search_fields = ("slug", "title", "description")
    panels = (
        FieldPanel("slug"),
        FieldPanel("title"),
        FieldPanel("topic"),
        FieldPanel("description"),
        FieldPanel("audiences"),
        FieldPanel("is_archived"),
    )
