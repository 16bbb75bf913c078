"""The library's fixed choices."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EvidenceLevel(TextChoices):
    """What stands behind the results. It says how they were looked at, and ranks nobody."""

    DESCRIBED = "described", _("Described")
    MONITORED = "monitored", _("Monitored")
    INTERNAL = "internal", _("Internally evaluated")
    INDEPENDENT = "independent", _("Independently evaluated")


class RunningState(TextChoices):
    """Whether the practice still runs."""

    PLANNED = "planned", _("Planned")
    ONGOING = "ongoing", _("Ongoing")
    COMPLETED = "completed", _("Completed")
    UNKNOWN = "unknown", _("Not known")


class SafeguardAnswer(TextChoices):
    """An answer to one of the eight questions on rights."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    SILENT = "silent", _("The sources do not speak of it")


class DraftState(TextChoices):
    """Where a member's practice stands; worked out from the page and its workflow, never stored."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("No longer published")
