"""Meetings, what they recommend, and what becomes of it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Meetings."""

    name = "events"
    label = "events"
    verbose_name = _("Meetings")

    def ready(self) -> None:
        """Register sections, panels, search builders and signals."""
        from . import registrations, trail  # noqa: F401  importing registers them
