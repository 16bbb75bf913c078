"""How staff write recommendations on a meeting's page. Publishing the page issues them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


def agency_choices() -> list[tuple[str, str]]:
    """(slug, name) of every agency."""
    from network.members.models import Agency

    return list(Agency.objects.values_list("slug", "name"))


class RecommendationBlock(blocks.StructBlock):
    """One recommendation. Its number is its identity: publishing finds the issued one by it."""

    number = blocks.IntegerBlock(
        label=_("number"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("Left empty, the next free number is given. It stays with the recommendation for good."),
    )
    text = blocks.TextBlock(label=_("recommendation"), max_length=600, rows=2)
    owner = blocks.ChoiceBlock(
        label=_("owner"),
        required=False,
        choices=agency_choices,
        help_text=_("Told by e-mail when the page is published. Later changes are made on the recommendation itself."),
    )
    due = blocks.DateBlock(label=_("due"), required=False)

    class Meta:
        icon = "tasks"
        label = _("Recommendation")
