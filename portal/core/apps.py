"""The frame every other app stands on."""

from typing import Any

from django.apps import AppConfig

from . import text_fields


class CoreConfig(AppConfig):
    """Audiences, base page, files, mail, audit trail, panels, navigation, page cache."""

    name = "portal.core"
    label = "core"
    verbose_name = "Portal"

    def __init__(self, *args: Any) -> None:
        """Put the rule for texts into Django's fields: Django makes every app before it imports any app's models."""
        super().__init__(*args)
        text_fields.take_hold()

    def ready(self) -> None:
        """Connect the framework's signals and register the system checks."""
        from search import indexing

        from . import checks, mail, receivers, registrations, tags  # noqa: F401  importing registers them
        from .lifespan import on_start

        tags.take_hold()
        on_start(mail.drain)
        on_start(indexing.drain)
