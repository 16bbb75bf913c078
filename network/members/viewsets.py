"""How staff keep agencies and working groups, and administrators accounts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from .cms_forms import UserCreationForm, UserEditForm
from .models import Agency, WorkingGroup


class AgencyViewSet(SnippetViewSet):
    """List, search and edit agencies."""

    model = Agency
    icon = "home"
    menu_label = _("Organisations")
    menu_order = 330
    add_to_admin_menu = True
    list_display = ("name", "country", "kind")
    list_filter = ("kind", "country")
    search_fields = ("name", "acronym", "slug")
    panels = (
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("slug"), FieldPanel("acronym"), FieldPanel("names_local")], _("Names")
        ),
        MultiFieldPanel(
            [
                FieldPanel("country"),
                FieldPanel("kind"),
                FieldPanel("part_of"),
                FieldPanel("seat"),
                FieldPanel("participants"),
            ],
            _("What it is"),
        ),
        FieldPanel("role"),
        FieldPanel("website"),
        FieldPanel("mail_domains"),
        MultiFieldPanel([FieldPanel("sources"), FieldPanel("notes")], _("Sources")),
    )


class WorkingGroupViewSet(SnippetViewSet):
    """List and edit working groups and who is in them."""

    model = WorkingGroup
    icon = "group"
    menu_label = _("Working groups")
    menu_order = 340
    add_to_admin_menu = True
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    panels = (FieldPanel("name"), FieldPanel("slug"), FieldPanel("people"))


class UserViewSet(WagtailUserViewSet):
    """Accounts, for administrators."""

    def get_form_class(self, for_update: bool = False) -> Any:
        """Forms for the portal's own user."""
        return UserEditForm if for_update else UserCreationForm
