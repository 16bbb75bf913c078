"""The fixed choices of meetings and recommendations."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: Characters of a note, of evidence, of a reason.
MAX_NOTE = 2000


class DatePrecision(TextChoices):
    """How exactly the sources date a meeting. What they do not say stays not known."""

    DAY = "day", _("Exact days")
    MONTH = "month", _("Only the month")
    YEAR = "year", _("Only the year")
    BEFORE = "before", _("Before the day given")
    REPORTED = "reported", _("Only the day of the report")
    UNKNOWN = "unknown", _("Not known")


class OrganisationRole(TextChoices):
    """What an organisation did at a meeting."""

    ORGANISER = "organiser", _("Organiser")
    SUPPORTER = "supporter", _("Supported it")
    PARTICIPANT = "participant", _("Took part")


class RecommendationStatus(TextChoices):
    """Where a recommendation stands. *Overdue* is not stored: it is an unfinished one whose day has passed."""

    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


#: What travels on to the next meeting.
UNFINISHED = (RecommendationStatus.OPEN, RecommendationStatus.IN_PROGRESS)


class Priority(TextChoices):
    """How urgent a recommendation is."""

    HIGH = "high", _("High")
    NORMAL = "normal", _("Normal")
    LOW = "low", _("Low")
