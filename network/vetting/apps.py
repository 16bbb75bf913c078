"""Who is let in, by whom and why."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VettingConfig(AppConfig):
    """Vetting."""

    name = "network.vetting"
    label = "vetting"
    verbose_name = _("Vetting")

    def ready(self) -> None:
        """Register sections, panels, search builders and signals."""
        from . import registrations, trail  # noqa: F401  importing registers them
