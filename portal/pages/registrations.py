"""What plain pages bring to the portal: registered at start-up."""

from django.utils.translation import gettext_lazy as _

from portal.core import navigation
from search import registry

from .documents import page_document
from .models import HomePage, StandardPage

for _model in (HomePage, StandardPage):
    registry.register(
        _model, page_document, type="page", label=_("Page"), plural=_("Pages"), queryset=_model.objects.live
    )

# The addresses of starter pages (facts/pages.yaml), which every installation keeps and rewrites.
for _order, (_slug, _label) in enumerate(
    [
        ("about", _("About the network")),
        ("how-to-join", _("How to join")),
        ("who-sees-what", _("Who sees what")),
        ("accessibility", _("Accessibility")),
    ]
):
    navigation.register_help(navigation.Section(_slug, _label, f"{_slug}/", _order))
