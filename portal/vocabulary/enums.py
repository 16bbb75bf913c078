"""The kinds of terms."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TermKind(TextChoices):
    """Which list a term belongs to; also the part of its address."""

    STAGE = "stage", _("Stage of return")
    GROUP = "group", _("Target or vulnerable group")
    INSTRUMENT = "instrument", _("Legal instrument")
    THEME = "theme", _("Theme")
    GLOSSARY = "glossary", _("Glossary term")
