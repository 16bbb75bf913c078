"""How staff keep indicators and figures."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Indicator


class IndicatorViewSet(SnippetViewSet):
    """List, search and edit indicators with their figures."""

    model = Indicator
    icon = "table"
    menu_label = _("Figures")
    menu_order = 310
    add_to_admin_menu = True
    list_display = ("name", "code", "owner")
    list_filter = ("audiences",)
    search_fields = ("name", "code", "owner", "definition")
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    MultiFieldPanel(
                        [FieldPanel("name"), FieldRowPanel([FieldPanel("code"), FieldPanel("slug")])], _("Name")
                    ),
                    FieldPanel("audiences"),
                    MultiFieldPanel([FieldPanel("owner"), FieldPanel("owner_agency")], _("Owner")),
                    FieldPanel("definition"),
                    FieldPanel("counting_rule"),
                    FieldRowPanel([FieldPanel("unit"), FieldPanel("stock_flow"), FieldPanel("period")]),
                    FieldPanel("dimensions"),
                    FieldPanel("terms"),
                    MultiFieldPanel(
                        [FieldPanel("legal_basis"), FieldPanel("notes"), FieldPanel("gaps"), FieldPanel("sources")],
                        _("Sources"),
                    ),
                    FieldPanel("order"),
                ],
                heading=_("Definition"),
            ),
            ObjectList(
                [
                    InlinePanel(
                        "figures",
                        [
                            FieldRowPanel([FieldPanel("code"), FieldPanel("area"), FieldPanel("area_note")]),
                            FieldRowPanel([FieldPanel("period"), FieldPanel("start"), FieldPanel("end")]),
                            FieldRowPanel(
                                [
                                    FieldPanel("value"),
                                    FieldPanel("value_text"),
                                    FieldPanel("unit"),
                                    FieldPanel("rounded"),
                                ]
                            ),
                            FieldPanel("source"),
                            FieldRowPanel([FieldPanel("status"), FieldPanel("origin"), FieldPanel("coverage")]),
                            FieldPanel("note"),
                        ],
                        label=_("figure"),
                    )
                ],
                heading=_("Figures"),
            ),
        ]
    )
