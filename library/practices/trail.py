"""What is recorded about practices, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core import audit
from portal.core.audit import Words

audit.register(
    {
        "practices.changes_requested": Words(
            _("Changes requested"), _("%(by)s asked for changes to the practice “%(target)s”")
        ),
        "practices.draft_saved": Words(_("Draft saved"), _("%(by)s saved a draft of the practice “%(target)s”")),
        "practices.published": Words(_("Published"), _("%(by)s published the practice “%(target)s”")),
        "practices.submitted": Words(
            _("Sent to the project staff"), _("%(by)s sent the practice “%(target)s” to the project staff")
        ),
    }
)
