"""One way to find all of it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """Documents, registry, engines, outbox."""

    name = "search"
    label = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        """Connect the framework's signals and register the system checks."""
        from . import checks, receivers  # noqa: F401  importing registers them
