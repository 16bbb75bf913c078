"""Nobody learns of a room they may not enter."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from network.members.enums import Role
from network.rooms.models import Room
from tests.factories.members import ROLES, person
from tests.factories.rooms import MessageFactory, RoomFactory
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db

SECRET = "Zzyzx"


@pytest.fixture
def hidden() -> Room:
    """A group's room whose name and messages hold a word found nowhere else."""
    topic = TermFactory(theme=True, label="Escorting", slug="escorting")
    room = RoomFactory(slug=SECRET.lower(), title=SECRET, topic=topic, audiences=["group:escorts"])
    MessageFactory(room=room, body=f"{SECRET} was said here")
    RoomFactory(title="Open to all", topic=topic)
    return room


def outsiders() -> Iterator[Client]:
    yield Client()
    for role in ROLES:
        if role not in (Role.STAFF, Role.ADMINISTRATOR):
            client = Client()
            client.force_login(person(role, groups=("others",)))
            yield client


PLACES = ["/en/", "/en/rooms/", "/en/terms/theme/escorting/", "/en/search/?q=zzyzx", "/sitemap.xml", "/en/rooms/open/"]


@pytest.mark.parametrize("path", PLACES)
def test_no_page_names_it(hidden: Room, path: str) -> None:
    RoomFactory(slug="open")
    for client in outsiders():
        answer = client.get(path, follow=True)
        asked = "zzyzx" in path
        said = answer.content.decode().replace("zzyzx", "") if asked else answer.content.decode().lower()
        assert "zzyzx" not in said
        assert "was said here" not in said


@pytest.mark.parametrize("path", ["", "?before=2", "post/"])
def test_its_address_answers_as_one_that_never_was(hidden: Room, path: str) -> None:
    client = Client()
    client.force_login(person(groups=("others",)))
    real = client.get(f"/en/rooms/{hidden.slug}/{path}")
    never = client.get(f"/en/rooms/xyzzy/{path}")
    assert (real.status_code, never.status_code) == (404, 404)
    assert without(real, hidden.slug) == without(never, "xyzzy")


def without(answer: HttpResponse, slug: str) -> str:
    """The page less what was asked for, and less the token that differs every time."""
    return re.sub(r'(?<=csrfmiddlewaretoken" value=")\w+', "", answer.content.decode().replace(slug, ""))


def test_posting_there_answers_as_to_a_room_that_never_was(hidden: Room) -> None:
    client = Client()
    client.force_login(person())
    for slug in (hidden.slug, "xyzzy"):
        assert client.post(f"/en/rooms/{slug}/post/", {"body": "Hello?"}).status_code == 404
    assert hidden.messages.count() == 1


def test_its_topic_shows_it_to_those_who_may_enter_and_no_room_to_visitors(hidden: Room) -> None:
    inside = Client()
    inside.force_login(person(groups=("escorts",)))
    path = "/en/terms/theme/escorting/"
    assert SECRET in inside.get(path).content.decode()
    assert "Open to all" not in Client().get(path).content.decode()
    outside = Client()
    outside.force_login(person())
    html = outside.get(path).content.decode()
    assert "Open to all" in html
    assert SECRET not in html


def test_a_topic_whose_rooms_are_all_hidden_shows_no_panel() -> None:
    RoomFactory(topic=TermFactory(theme=True, slug="quiet"), audiences=["group:escorts"])
    client = Client()
    client.force_login(person())
    assert "Rooms on this topic" not in client.get("/en/terms/theme/quiet/").content.decode()


def test_the_masthead_shows_rooms_to_members_only() -> None:
    member = Client()
    member.force_login(person())
    assert 'href="/en/rooms/"' in member.get("/en/rooms/").content.decode()
    applicant = Client()
    applicant.force_login(person(Role.APPLICANT))
    for client in (Client(), applicant):
        masthead = client.get("/en/terms/").content.decode().partition("</header>")[0]
        assert 'href="/en/rooms/"' not in masthead
