"""The walk of a message: form or socket → service → commit → hub → every socket and page → unread counts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from network.members.enums import Role
from network.members.models import User
from network.members.sockets import writing
from network.rooms.models import Room
from tests.factories.members import person
from tests.factories.rooms import RoomFactory
from tests.rooms.browser_end import Opened, Opener
from tests.rooms.conftest import _nothing_counted_yet, open_socket, socket_threads

__all__ = ["_nothing_counted_yet", "open_socket", "socket_threads"]

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


class Pages:
    """A browser without JavaScript."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def open(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200
        return answer.content.decode()

    def unread(self) -> list[int]:
        """What the list of rooms says is unread, a number for each."""
        return [int(number) for number in re.findall(r"<dd>(?:<strong>)?(\d+)", self.open("/en/rooms/"))]

    def send(self, room: Room, body: str) -> str:
        """Send the form of the room's page; returns where it leads."""
        number = re.search(r'name="client_id" value="([^"]+)"', self.open(room.get_absolute_url()))
        assert number
        answer = self.client.post(f"/en/rooms/{room.slug}/post/", {"body": body, "client_id": number[1]})
        assert answer.status_code == 302
        return str(answer["Location"])


async def texts(socket: Opened, number: int) -> list[str]:
    return [message["text"] for message in await socket.hear_messages(number)]


async def test_a_message_goes_from_one_member_to_all_others_whatever_they_read_with(open_socket: Opener) -> None:
    def prepare() -> tuple[Room, list[User]]:
        room = RoomFactory(slug="escorts", audiences=["group:escorts"])
        return room, [person(groups=("escorts",)) for _ in range(3)] + [person(groups=("others",))]

    room, (ana, boris, vesna, outsider) = await writing(prepare)

    def with_pages(user: User, do: Any) -> Any:
        return writing(lambda: do(Pages(user)))

    # Boris and Ana are in the room; Vesna and the outsider are not.
    at_anas, at_boris = await open_socket(ana, room, hello=0), await open_socket(boris, room, hello=0)

    # Ana writes with her browser's script; it stands, and both see it.
    number = await at_anas.post("Who has used the shared pool?")
    assert (await at_anas.hear_a("posted")) == {"type": "posted", "client_id": number, "seq": 1}
    assert await texts(at_boris, 1) == ["Who has used the shared pool?"]

    # Vesna finds it unread, reads it on the page, and answers with the form.
    assert await with_pages(vesna, lambda pages: pages.unread()) == [1]
    assert "Who has used the shared pool?" in await with_pages(vesna, lambda pages: pages.open("/en/rooms/escorts/"))
    assert await with_pages(vesna, lambda pages: pages.unread()) == [0]
    assert (await with_pages(vesna, lambda pages: pages.send(room, "We did, last spring."))).endswith("#m-2")

    # Boris sees the answer at once. Ana was away meanwhile, and gets it when she is back.
    assert await texts(at_boris, 1) == ["We did, last spring."]
    await at_anas.leave()
    await at_boris.post("So did we.")
    assert (await at_boris.hear_a("posted"))["seq"] == 3
    back = await open_socket(ana, room, hello=1)
    assert await texts(back, 2) == ["We did, last spring.", "So did we."]

    # Nobody else learns of any of it; staff may read along.
    assert await with_pages(outsider, lambda pages: pages.unread()) == []
    staff = await writing(person, Role.STAFF)
    assert "So did we." in await with_pages(staff, lambda pages: pages.open("/en/rooms/escorts/"))
