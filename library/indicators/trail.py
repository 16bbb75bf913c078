"""What is recorded about indicators, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core import audit
from portal.core.audit import Words

audit.register({"indicators.created": Words(_("Created"), _("%(by)s created the indicator “%(target)s”"))})
