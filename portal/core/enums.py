"""The core's fixed choices."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AudienceKind(TextChoices):
    """What an audience is made of."""

    PUBLIC = "public", _("Public")
    MEMBERS = "members", _("Members")
    GROUP = "group", _("Working group")
    AGENCY = "agency", _("Agency")
