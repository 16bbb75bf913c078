"""What is recorded about people and agencies, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import audit
from portal.core.audit import Words


def _posts(data: dict[str, Any]) -> str:
    held = [
        words for name, words in (("focal_point", _("focal point")), ("reviewer", _("peer reviewer"))) if data.get(name)
    ]
    return _("Now: %(posts)s") % {"posts": ", ".join(held) or _("no post")}


def _agency(data: dict[str, Any]) -> str:
    return _("For: %(agency)s") % {"agency": data["agency"]} if data.get("agency") else ""


audit.register(
    {
        "members.admitted": Words(
            gettext_lazy("Admitted"), gettext_lazy("%(by)s admitted %(target)s to the network"), detail=_agency
        ),
        "members.agency_added": Words(gettext_lazy("Added"), gettext_lazy("%(by)s added the organisation %(target)s")),
        "members.appointed": Words(
            gettext_lazy("Posts changed"), gettext_lazy("%(by)s changed the posts of %(target)s"), detail=_posts
        ),
        "members.lapsed": Words(
            gettext_lazy("Twelve months ended without confirmation"),
            gettext_lazy("%(by)s noted that twelve months ended for %(target)s without confirmation"),
        ),
        "members.left": Words(
            gettext_lazy("Left the network"),
            gettext_lazy("%(by)s took %(target)s out of the network"),
            own=gettext_lazy("%(by)s left the network"),
        ),
        "members.profile_changed": Words(
            gettext_lazy("Profile changed"),
            gettext_lazy("%(by)s changed the profile of %(target)s"),
            own=gettext_lazy("%(by)s changed their own profile"),
        ),
        "members.reconfirmed": Words(
            gettext_lazy("Confirmed for another twelve months"),
            gettext_lazy("%(by)s confirmed %(target)s for another twelve months"),
        ),
        "members.reinstated": Words(gettext_lazy("Reinstated"), gettext_lazy("%(by)s reinstated %(target)s")),
        "members.suspended": Words(gettext_lazy("Suspended"), gettext_lazy("%(by)s suspended %(target)s")),
    }
)
