"""The library of good practices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """Practices."""

    name = "library.practices"
    label = "practices"
    verbose_name = _("Practices")

    def ready(self) -> None:
        """Register sections, panels, search builders and signals."""
        from . import receivers, registrations, trail  # noqa: F401  importing registers them
