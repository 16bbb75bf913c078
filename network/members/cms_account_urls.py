"""A colleague's own settings in the CMS, without the picture: it would belong to nothing, and be shown to nobody."""

from __future__ import annotations

from typing import Any

from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel


class CmsAccountView(AccountView):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's page with one door for files less."""

    def get_panels(self) -> list[Any]:
        """Wagtail's panels but the picture's."""
        return [panel for panel in super().get_panels() if not isinstance(panel, AvatarSettingsPanel)]


urlpatterns = [path("", require_admin_access(CmsAccountView.as_view()), name="wagtailadmin_account")]
