"""The words of the field, in all languages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VocabularyConfig(AppConfig):
    """Vocabulary."""

    name = "portal.vocabulary"
    label = "vocabulary"
    verbose_name = _("Vocabulary")

    def ready(self) -> None:
        """Register sections, panels, search builders and signals."""
        from . import registrations  # noqa: F401  importing registers them
