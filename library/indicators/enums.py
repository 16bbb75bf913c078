"""The fixed choices of figures."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Frequency(TextChoices):
    """What a figure's period is; figures are compared only within one."""

    YEAR = "year", _("Years")
    QUARTER = "quarter", _("Quarters")
    MONTH = "month", _("Months")
    DAY = "day", _("Days")
    SPAN = "span", _("Other periods")


class FigureStatus(TextChoices):
    """Whether the owner still expects to change the figure."""

    AS_PUBLISHED = "published", _("As published")
    PROVISIONAL = "provisional", _("Provisional")
    FINAL = "final", _("Final")


class FigureOrigin(TextChoices):
    """Who says it: the owner of the data, or someone who reports on them."""

    OWNER = "owner", _("From the owner")
    REPORTED = "reported", _("Reported by others")
