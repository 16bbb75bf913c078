"""Current figures, with their definitions and gaps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    """Indicators."""

    name = "library.indicators"
    label = "indicators"
    verbose_name = _("Indicators")

    def ready(self) -> None:
        """Register sections, panels, search builders and signals."""
        from . import receivers, registrations, trail  # noqa: F401  importing registers them
