"""Where what can be found is shown."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingConfig(AppConfig):
    """The result page, faceted lists."""

    name = "portal.finding"
    label = "finding"
    verbose_name = _("Finding")

    def ready(self) -> None:
        """Register signals."""
        from . import receivers  # noqa: F401  importing registers them
