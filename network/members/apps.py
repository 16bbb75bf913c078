"""Members, their agencies and what each may do."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class MembersConfig(AppConfig):
    """Users, agencies, working groups, profiles, permissions."""

    name = "network.members"
    label = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Register sections, search builders and signals, and what happens at start-up."""
        from portal.core.lifespan import on_start

        from . import receivers, registrations, services, trail  # noqa: F401  importing registers them

        on_start(services.end_lapsed)


class CmsUsersConfig(WagtailUsersAppConfig):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's accounts, with forms for the portal's own user."""

    user_viewset = "network.members.viewsets.UserViewSet"
