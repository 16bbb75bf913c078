"""How staff find practices in the CMS."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.pages import PageListingViewSet

from .models import PracticePage


class PracticeViewSet(PageListingViewSet):
    """All practices, drafts too, to be filtered and edited."""

    model = PracticePage
    icon = "doc-full"
    menu_label = _("Practices")
    menu_order = 220
    add_to_admin_menu = True
    columns = (
        *PageListingViewSet.columns,
        BooleanColumn("is_collected", label=_("Collected")),
        Column("valid_until", label=_("Valid until")),
    )
