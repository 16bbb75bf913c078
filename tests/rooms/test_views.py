"""Rooms as pages, without JavaScript."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from network.members.enums import Role
from network.members.models import User
from network.rooms import views
from network.rooms.models import Message, Room
from tests.factories.members import ROLES, person
from tests.factories.rooms import MessageFactory, RoomFactory
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db

ENTER = {Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.STAFF, Role.ADMINISTRATOR}


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(html: str) -> list[int]:
    """The numbers of the messages on a page, in order."""
    return [int(number) for number in re.findall(r'id="m-(\d+)"', html)]


def hidden_number(html: str) -> str:
    found = re.search(r'name="client_id" value="([^"]+)"', html)
    assert found
    return found[1]


@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize("path", ["/en/rooms/", "/en/rooms/talk/", "/en/rooms/talk/post/"])
def test_rooms_open_to_current_members_and_staff_only(role: Role | None, path: str) -> None:
    RoomFactory(slug="talk")
    answer = browser(person(role) if role else None).get(path)
    if role in ENTER:
        assert answer.status_code == (302 if path.endswith("post/") else 200)
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/en/accounts/login/" if role is None else "/en/apply/")


def test_the_index_shows_each_room_with_what_is_unread_and_when_it_was_last_written_in() -> None:
    reader, room = person(), RoomFactory(title="Interpreters", said=3)
    client = browser(reader)
    html = text_of(client, "/en/rooms/")
    assert "Interpreters" in html
    assert "<strong>3</strong>" in html
    text_of(client, f"/en/rooms/{room.slug}/")
    assert "<strong>3</strong>" not in text_of(client, "/en/rooms/")


def test_rooms_of_groups_stand_after_those_of_the_whole_network() -> None:
    RoomFactory(title="A group's", audiences=["group:escorts"])
    RoomFactory(title="Everybody's")
    html = text_of(browser(person(groups=("escorts",))), "/en/rooms/")
    assert html.index("Whole network") < html.index("Everybody&#x27;s") < html.index("A group&#x27;s")


def test_without_rooms_the_index_says_why_and_what_next() -> None:
    assert "No rooms yet" in text_of(browser(person()), "/en/rooms/")


def test_a_room_without_a_title_is_named_by_its_topic_in_the_readers_language() -> None:
    topic = TermFactory(theme=True, label="Training", labels={"de": "Schulung"})
    room = RoomFactory(title="", topic=topic)
    client = browser(person())
    assert "<h1>Training</h1>" in text_of(client, f"/en/rooms/{room.slug}/")
    assert "<h1>Schulung</h1>" in text_of(client, f"/de/rooms/{room.slug}/")


def test_the_room_says_above_the_compose_box_who_will_read() -> None:
    html = text_of(browser(person()), RoomFactory().get_absolute_url())
    assert "Every member of the network and the project staff will read this." in html
    group = RoomFactory(audiences=["group:escorts"])
    assert "The people of Escorts and the project staff" in text_of(
        browser(person(groups=("escorts",))), group.get_absolute_url()
    )


def test_what_was_written_is_text_never_markup() -> None:
    room = RoomFactory()
    MessageFactory(room=room, body="<script>alert(1)</script>\n\nSee https://example.org/a?b=1 & more")
    html = text_of(browser(person()), room.get_absolute_url())
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<a href="https://example.org/a?b=1" rel="nofollow">' in html


def test_the_newest_messages_are_shown_and_earlier_ones_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 3)
    room, client = RoomFactory(said=8), browser(person())
    newest = text_of(client, room.get_absolute_url())
    assert shown(newest) == [6, 7, 8]
    assert 'href="?before=6"' in newest
    earlier = text_of(client, f"{room.get_absolute_url()}?before=6")
    assert shown(earlier) == [3, 4, 5]
    assert "Newest messages" in earlier
    assert "<textarea" not in earlier
    first = text_of(client, f"{room.get_absolute_url()}?before=3")
    assert shown(first) == [1, 2]
    assert "Earlier messages" not in first


def test_the_time_of_a_message_is_its_permanent_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 3)
    room, client = RoomFactory(said=8), browser(person())
    page = text_of(client, f"{room.get_absolute_url()}?before=5")
    link = re.search(r'href="([^"#]+)#m-4"', page)
    assert link
    assert 4 in shown(text_of(client, link[1]))


@pytest.mark.parametrize("before", ["0", "1", "-3", "x", "", "1.5", "٣", "9" * 40])
def test_an_address_that_names_no_message_gets_a_helpful_404(before: str) -> None:
    room = RoomFactory(said=1)
    answer = browser(person()).get(room.get_absolute_url(), {"before": before})
    assert answer.status_code == 404
    assert "Open the room to see the newest ones" in answer.content.decode()


def test_before_a_number_that_is_not_there_yet_stand_the_newest() -> None:
    room = RoomFactory(said=2)
    assert shown(text_of(browser(person()), f"{room.get_absolute_url()}?before=999999")) == [1, 2]


def test_a_line_stands_above_the_first_unread_message() -> None:
    room, client = RoomFactory(said=2), browser(person())
    assert 'id="unread"' not in text_of(client, room.get_absolute_url())
    MessageFactory(room=room)
    html = text_of(client, room.get_absolute_url())
    assert html.index('id="m-2"') < html.index('id="unread"') < html.index('id="m-3"')
    assert 'id="unread"' not in text_of(client, room.get_absolute_url())


def test_messages_of_one_author_in_one_breath_share_the_name_and_days_are_parted() -> None:
    room, author, start = RoomFactory(), person(name="Vesna"), timezone.now() - dt.timedelta(days=2)
    for minutes in (0, 3, 30, 60 * 24):
        MessageFactory(room=room, author=author, created_at=start + dt.timedelta(minutes=minutes))
    html = text_of(browser(person()), room.get_absolute_url())
    conversation = html[html.index('role="log"') : html.index("<template")]
    assert conversation.count("Vesna") == 3
    assert conversation.count('class="day"') == 2


def test_a_deleted_authors_messages_stay_without_the_name() -> None:
    message = MessageFactory(room=RoomFactory(), author=person(name="Vesna"))
    message.author.delete()
    html = text_of(browser(person()), message.room.get_absolute_url())
    assert "Former member" in html
    assert "Vesna" not in html


def test_an_example_message_says_so() -> None:
    message = MessageFactory(room=RoomFactory(), is_example=True)
    html = text_of(browser(person()), message.room.get_absolute_url())
    assert '<span class="example">Example</span>' in html


@pytest.mark.parametrize(
    ("fields", "sign", "agency"),
    [
        ({"country": "XK", "acronym": "AX"}, "XK*", "AX"),
        ({"country": "", "acronym": ""}, "AI", "Joint body"),
    ],
)
def test_the_sign_of_an_author_is_the_country_or_the_initials(fields: dict[str, str], sign: str, agency: str) -> None:
    author = person(name="Ana Ilić")
    author.membership.agency.__class__.objects.update(name="Joint body", **fields)
    html = text_of(
        browser(person(Role.STAFF)), MessageFactory(room=RoomFactory(), author=author).room.get_absolute_url()
    )
    assert f'<span class="message__who" aria-hidden="true">{sign}</span>' in html
    assert f'<span class="message__meta">{agency}</span>' in html


def test_staff_without_an_agency_are_signed_by_their_initials() -> None:
    author = person(Role.STAFF, name="Petra Novak")
    html = text_of(browser(author), MessageFactory(room=RoomFactory(), author=author).room.get_absolute_url())
    assert '<span class="message__who" aria-hidden="true">PN</span>' in html


# Posting by form


def send(client: Client, room: Room, body: str, client_id: str = "") -> Any:
    return client.post(f"/en/rooms/{room.slug}/post/", {"body": body, "client_id": client_id or str(uuid.uuid4())})


def test_a_message_is_posted_by_form_and_the_page_goes_to_it() -> None:
    room, client = RoomFactory(said=1), browser(person())
    answer = send(client, room, "By form")
    assert answer.status_code == 302
    assert answer["Location"] == f"{room.get_absolute_url()}#m-2"
    assert "By form" in text_of(client, room.get_absolute_url())


def test_a_form_sent_twice_posts_once() -> None:
    room, client = RoomFactory(), browser(person())
    number = hidden_number(text_of(client, room.get_absolute_url()))
    first, second = send(client, room, "Once", number), send(client, room, "Once", number)
    assert first["Location"] == second["Location"]
    assert Message.objects.count() == 1


def test_a_text_changed_after_it_was_posted_is_kept_and_can_be_sent_as_another() -> None:
    room, client, number = RoomFactory(), browser(person()), str(uuid.uuid4())
    send(client, room, "First", number)
    answer = send(client, room, "First, and more", number)
    html = answer.content.decode()
    assert "was posted before you changed it" in html
    assert "First, and more</textarea>" in html
    assert hidden_number(html) != number
    assert send(client, room, "First, and more", hidden_number(html)).status_code == 302


@pytest.mark.parametrize(
    ("body", "reason"),
    [(" \n", "Write something first."), ("x" * 4001, "4,001 of at most 4,000 characters"), ("a\x07b", "U+0007 “bell”")],
)
def test_what_can_not_stand_comes_back_with_the_reason(body: str, reason: str) -> None:
    room, client = RoomFactory(), browser(person())
    answer = send(client, room, body)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert reason in html
    assert 'href="#id_body"' in html
    if body.strip():
        assert f"{body}</textarea>" in html
    assert not Message.objects.exists()


@pytest.mark.parametrize("number", ["", "not-a-number", "{}"])
def test_a_form_whose_hidden_number_was_damaged_still_posts(number: str) -> None:
    room, client = RoomFactory(), browser(person())
    answer = client.post(f"/en/rooms/{room.slug}/post/", {"body": "Hello", "client_id": number})
    assert answer.status_code == 302
    assert Message.objects.count() == 1


def test_an_archived_room_has_no_form_and_takes_none() -> None:
    room, client = RoomFactory(is_archived=True, said=1), browser(person())
    assert "<textarea" not in text_of(client, room.get_absolute_url())
    html = send(client, room, "Late").content.decode()
    assert "This room is archived" in html
    assert Message.objects.count() == 1


def test_posting_too_often_is_refused_with_a_time_to_try_again(one_window: None) -> None:
    room, client = RoomFactory(), browser(person())
    answers = [send(client, room, "Hello") for _ in range(31)]
    assert answers[-1].status_code == 429
    # Nothing is lost: the page holds what was typed, to be sent again.
    assert 'name="body" value="' in answers[-1].content.decode()
    assert answers[-1]["Retry-After"]


# Constant cost


def queries(client: Client, path: str, django_assert_max_num_queries: Any, limit: int) -> int:
    client.get(path)  # what is asked once a process or a visit
    with django_assert_max_num_queries(limit) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_a_room_costs_the_same_with_five_and_with_fifty_messages(django_assert_max_num_queries: Any) -> None:
    few, many, client = RoomFactory(said=5), RoomFactory(said=50), browser(person())
    counted = [queries(client, room.get_absolute_url(), django_assert_max_num_queries, 14) for room in (few, many)]
    assert counted[0] == counted[1]


def test_the_index_costs_the_same_with_five_and_with_fifty_rooms(django_assert_max_num_queries: Any) -> None:
    client, counted = browser(person()), []
    for more in (5, 45):
        RoomFactory.create_batch(more)
        counted.append(queries(client, "/en/rooms/", django_assert_max_num_queries, 10))
    assert counted[0] == counted[1]
