"""Rooms as pages: to read and to write without JavaScript; with it the page stays and the socket takes over."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from network.members.permissions import member_required
from portal.core.audience import AudienceLabel, audience_label, held_by
from portal.core.navigation import Crumb

from . import selectors, services
from .conversation import days_of
from .forms import MessageForm
from .frames import Reason
from .models import Room

#: Messages on one page.
PAGE = 50
#: Kinds of audience that include every member.
EVERYONE = ("public", "members")

#: What the page's script says. Every reason a frame can be refused for is here: what a person caused, and our faults.
WORDS: dict[str, Promise | str] = {
    "connecting": gettext_lazy("Connecting …"),
    "connected": gettext_lazy("Connected. New messages appear by themselves."),
    "waiting": gettext_lazy("No connection. Trying again; what you write is kept and sent then."),
    "denied": gettext_lazy("You can not read this room any more. Reload the page to see why."),
    "too_many_sockets": gettext_lazy("This room is open in too many windows. Close some and reload the page."),
    "sending": gettext_lazy("Sending"),
    "not_sent_yet": gettext_lazy("Not sent yet: no connection"),
    "not_sent": gettext_lazy("Not sent"),
    "try_again": gettext_lazy("Try again"),
    "discard": gettext_lazy("Discard"),
    "you": gettext_lazy("You"),
    "deleted": gettext_lazy("Former member"),
    "first_unread": gettext_lazy("First unread"),
    "example": gettext_lazy("Example"),
    **dict.fromkeys(
        [
            *(Reason.NOT_TEXT, Reason.TOO_LARGE, Reason.NOT_JSON, Reason.NO_TYPE, Reason.UNKNOWN_TYPE, Reason.BAD_SEQ),
            *(Reason.BAD_CLIENT_ID, Reason.BAD_BODY, Reason.FAILED),
        ],
        gettext_lazy("The portal could not take the message. Try again."),
    ),
    Reason.TOO_MANY: gettext_lazy("Many messages in a short time: sent again in a moment."),
    Reason.BLANK: gettext_lazy("Write something first."),
    Reason.TOO_LONG: gettext_lazy("{length} of at most {limit} characters. Shorten it, or send it in two."),
    Reason.HIDDEN_CHARACTER: gettext_lazy(
        "A hidden character, {code} “{name}”, after “{before}”. Discard, delete it or type this place anew, and send."
    ),
    "hidden_character_first": gettext_lazy(
        "A hidden character, {code} “{name}”, at the beginning of a line. Discard, delete it, and send."
    ),
    Reason.ARCHIVED: gettext_lazy("This room is archived: it can be read, not written in."),
    Reason.ALREADY_POSTED: gettext_lazy("Your message was posted before you changed it."),
}


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    """The rooms one may enter, by audience, with topic, unread count and time of the last message."""
    return render(request, "rooms/index.html", {"groups": _groups(_rooms(request))})


@require_safe
@member_required
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest messages, or with ``?before=<seq>`` those before that number; 404 for a room one may not enter."""
    return _room_page(request, _room_or_404(request, slug), MessageForm(), before=_before(request))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def post(request: HttpRequest, slug: str) -> HttpResponse:
    """Post the form, then go to the message. What is refused comes back with the text and the reason."""
    here = _room_or_404(request, slug)
    if request.method != "POST":
        return redirect(here)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            message = services.post_message(room=here, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            return redirect(f"{here.get_absolute_url()}#m-{message.seq}")
    return _room_page(request, here, form, before=None)


def _room_page(request: HttpRequest, here: Room, form: MessageForm, *, before: int | None) -> HttpResponse:
    messages = selectors.page_of_messages(here, before=before, limit=PAGE)
    is_newest = not messages or messages[-1].seq >= here.last_seq
    read_seq = selectors.read_seq(here, request.user)
    shown = messages[-1].seq if messages else 0
    days = days_of(messages, read_seq=read_seq)
    lines = [line for day in days for line in day.lines]
    label = audience_label(here)
    context: dict[str, Any] = {
        "room": here,
        "groups": _groups(_rooms(request)),
        "days": days,
        "first_unread": next((line for line in lines if line.is_first_unread), None),
        "newest": lines[-1] if lines else None,
        "earlier": messages[0].seq if messages and messages[0].seq > 1 else None,
        "is_newest": is_newest,
        "last_seq": shown,
        "form": form,
        "label": label,
        "who_reads": _who_reads(label),
        "words": {key: str(text) for key, text in WORDS.items()},
        "time_zone": settings.TIME_ZONE,
        "crumbs": [Crumb(_("Rooms"), reverse("rooms:index"))],
    }
    response = render(request, "rooms/room.html", context)
    # After the page was made, so that it still shows what was unread.
    if shown > read_seq:
        services.mark_read(room=here, by=request.user, seq=shown)
    return response


def _rooms(request: HttpRequest) -> list[Room]:
    tokens = held_by(request)
    return list(selectors.rooms_with_news(request.user, tokens))


def _groups(rooms: list[Room]) -> list[tuple[str, list[Room]]]:
    """Rooms by who is in them: the whole network first, then groups and agencies by name; archived ones come last."""
    everyone = _("Whole network")
    found: dict[str, list[Room]] = {}
    for one in sorted(rooms, key=lambda room: (room.is_archived, str(room).casefold())):
        label = audience_label(one)
        found.setdefault(everyone if label.kind in EVERYONE else label.text, []).append(one)
    return sorted(found.items(), key=lambda pair: (pair[0] != everyone, pair[0].casefold()))


def _room_or_404(request: HttpRequest, slug: str) -> Room:
    found = selectors.room_for(request.user, held_by(request), slug)
    if found is None:
        raise Http404(_("There is no room called “%(slug)s” that you may enter.") % {"slug": slug})
    return found


def _before(request: HttpRequest) -> int | None:
    """The number in ``?before=``; 404 for what is no number of a message."""
    given = request.GET.get("before")
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 16 and int(given) > 1):
        raise Http404(
            _("“%(given)s” is no number of a message. Open the room to see the newest ones.") % {"given": given}
        )
    return int(given)


def _who_reads(label: AudienceLabel) -> str:
    """A sentence on who will see what is written here."""
    if label.kind in EVERYONE:
        return _("Every member of the network and the project staff will read this.")
    return _("The people of %(audience)s and the project staff will read this.") % {"audience": label.text}
