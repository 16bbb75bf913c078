"""What rooms bring to the portal: registered at start-up."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.members.access import on_access_ended
from portal.core import navigation, panels
from portal.core.audience import MEMBERS, held_by
from portal.core.lifespan import on_stop
from portal.vocabulary.models import Term

from . import announcements, hub, selectors

navigation.register(navigation.Section("rooms", _("Rooms"), "rooms/", order=40, members_only=True))
on_stop(hub.stop)


@panels.register("term", order=60)
def rooms_on_topic(request: HttpRequest, subject: Term) -> panels.Panel | None:
    """The rooms on a term that the reader may enter. No query for a visitor."""
    held = held_by(request)
    if MEMBERS not in held:
        return None
    rooms = list(selectors.rooms_for(request.user, held).filter(topic=subject, is_archived=False))
    return panels.Panel("rooms/panels/term.html", {"rooms": rooms}) if rooms else None


@on_access_ended
def close_sockets(user_id: int, session_key: str | None) -> None:
    """The sockets of a session that ended close; those of a person whose access changed are asked again."""
    if session_key is None:
        announcements.ask_again(user_id=user_id)
    else:
        announcements.session_ended(session_key)
