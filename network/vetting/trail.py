"""What is recorded about applications, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import audit
from portal.core.audit import Words

from .enums import Capacity


def _capacity(data: dict[str, Any]) -> str:
    given = data.get("capacity")
    return _("As: %(capacity)s") % {"capacity": Capacity(given).label} if given in Capacity.values else ""


def _agency(data: dict[str, Any]) -> str:
    return _("Chosen: %(agency)s") % {"agency": data["agency"]} if data.get("agency") else ""


audit.register(
    {
        "vetting.accept": Words(
            gettext_lazy("Accepted by one person"),
            gettext_lazy("%(by)s accepted the application of %(target)s"),
            detail=_capacity,
        ),
        "vetting.agency_named": Words(
            gettext_lazy("Agency chosen"),
            gettext_lazy("%(by)s chose the agency for the application of %(target)s"),
            detail=_agency,
        ),
        "vetting.decline": Words(
            gettext_lazy("Declined by one person"),
            gettext_lazy("%(by)s declined the application of %(target)s"),
            detail=_capacity,
        ),
        "vetting.more": Words(
            gettext_lazy("Asked for more information"),
            gettext_lazy("%(by)s asked for more information on the application of %(target)s"),
            detail=_capacity,
        ),
        "vetting.not_vouched": Words(
            gettext_lazy("The sponsor does not vouch"),
            gettext_lazy("%(by)s does not vouch for the application of %(target)s"),
        ),
        "vetting.resubmitted": Words(
            gettext_lazy("Sent again"), gettext_lazy("%(by)s sent the application again: %(target)s")
        ),
        "vetting.submitted": Words(gettext_lazy("Sent"), gettext_lazy("%(by)s sent an application: %(target)s")),
        "vetting.vouched": Words(
            gettext_lazy("The sponsor vouches"), gettext_lazy("%(by)s vouches for the application of %(target)s")
        ),
        "vetting.withdrawn": Words(
            gettext_lazy("Withdrawn"), gettext_lazy("%(by)s withdrew the application: %(target)s")
        ),
    }
)
