"""Discussion rooms, one a topic."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    """Rooms."""

    name = "network.rooms"
    label = "rooms"
    verbose_name = _("Rooms")

    def ready(self) -> None:
        """Register sections, panels, search builders and signals."""
        from . import receivers, registrations  # noqa: F401  importing registers them
