"""The frame every other app stands on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Audiences, base page, files, mail, audit trail, panels, navigation, page cache."""

    name = "portal.core"
    label = "core"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Connect the framework's signals and register the system checks."""
        from search import indexing

        from . import checks, mail, receivers, registrations  # noqa: F401  importing registers them
        from .lifespan import on_start

        on_start(mail.drain)
        on_start(indexing.drain)
