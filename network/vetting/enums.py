"""Vetting's fixed choices."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ApplicationState(TextChoices):
    """Where an application stands. Submitted and more wanted alternate; the other three end it."""

    SUBMITTED = "submitted", _("Waiting for a decision")
    MORE_WANTED = "more_wanted", _("More information wanted")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Verdict(TextChoices):
    """What one person decided."""

    ACCEPT = "accept", _("Accept")
    MORE = "more", _("Ask for more information")
    DECLINE = "decline", _("Decline")


class Capacity(TextChoices):
    """As what a person decided, kept as it was on that day."""

    FOCAL_POINT = "focal_point", _("Focal point of the agency")
    STAFF = "staff", _("Project staff")
