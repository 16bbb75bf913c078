"""Posting a message, and how far a person has read."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections, transaction

from network.members.enums import Role
from network.rooms import services
from network.rooms.models import Message, ReadMark, Room
from network.rooms.selectors import read_seq
from tests.factories.members import ROLES, person
from tests.factories.rooms import MessageFactory, RoomFactory

pytestmark = pytest.mark.django_db


def post(room: Room, by: Any, body: str = "Hello", client_id: uuid.UUID | None = None) -> Message:
    return services.post_message(room=room, by=by, body=body, client_id=client_id or uuid.uuid4())


def test_messages_are_numbered_from_one_without_gaps() -> None:
    room, author = RoomFactory(), person()
    assert [post(room, author).seq for _ in range(3)] == [1, 2, 3]
    room.refresh_from_db()
    assert room.last_seq == 3


def test_the_same_client_id_returns_the_message_that_stands() -> None:
    room, author, number = RoomFactory(), person(), uuid.uuid4()
    first = post(room, author, "Once", number)
    again = post(room, author, " Once\r\n", number)
    assert again == first
    assert Message.objects.filter(room=room).count() == 1


def test_the_same_client_id_with_another_text_is_refused_rather_than_lost() -> None:
    room, author, number = RoomFactory(), person(), uuid.uuid4()
    post(room, author, "First thought", number)
    with pytest.raises(ValidationError) as refusal:
        post(room, author, "Second thought", number)
    assert refusal.value.code == "already_posted"


def test_two_people_may_use_the_same_client_id() -> None:
    room, number = RoomFactory(), uuid.uuid4()
    assert post(room, person(), "Mine", number) != post(room, person(), "Yours", number)


def test_one_person_may_use_the_same_client_id_in_two_rooms() -> None:
    author, number = person(), uuid.uuid4()
    assert post(RoomFactory(), author, "Here", number) != post(RoomFactory(), author, "There", number)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "blank"),
        (" \n\t ", "blank"),
        ("\u200b\u2060", "blank"),
        ("x" * 4001, "too_long"),
        ("a\x00b", "hidden_character"),
        ("half of \ud83d", "hidden_character"),
    ],
)
def test_what_can_not_stand_is_refused_with_its_reason(body: str, code: str) -> None:
    room = RoomFactory()
    with pytest.raises(ValidationError) as refusal:
        post(room, person(), body)
    assert refusal.value.code == code
    assert not Message.objects.exists()


@pytest.mark.parametrize("body", ["x" * 4000, "👩‍👩‍👧 Здраво\n\tđ", "<script>alert(1)</script>"])
def test_any_other_text_stands_as_it_was_written(body: str) -> None:
    assert post(RoomFactory(), person(), body).body == body


def test_line_ends_and_blank_ends_are_made_alike() -> None:
    assert post(RoomFactory(), person(), "\r\n one\r\ntwo\rthree\vfour \n").body == "one\ntwo\nthree\nfour"


ENTER = {Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.STAFF, Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", ROLES)
def test_only_current_members_and_staff_write(role: Role) -> None:
    room, author = RoomFactory(), person(role)
    if role in ENTER:
        assert post(room, author).seq == 1
    else:
        with pytest.raises(PermissionDenied):
            post(room, author)


@pytest.mark.parametrize("role", [*ROLES])
def test_a_room_for_nobody_is_written_in_by_nobody(role: Role) -> None:
    with pytest.raises(PermissionDenied):
        post(RoomFactory(audiences=[]), person(role))


def test_a_public_audience_does_not_open_a_room_to_the_public() -> None:
    with pytest.raises(PermissionDenied):
        post(RoomFactory(audiences=["public"]), person(Role.APPLICANT))


def test_a_room_of_a_group_is_for_its_people_and_staff() -> None:
    room = RoomFactory(audiences=["group:escorts"])
    assert post(room, person(groups=("escorts",))).seq == 1
    assert post(room, person(Role.STAFF)).seq == 2
    with pytest.raises(PermissionDenied):
        post(room, person(groups=("others",)))


def test_an_archived_room_takes_no_message_but_confirms_one_that_stands() -> None:
    room, author, number = RoomFactory(), person(), uuid.uuid4()
    standing = post(room, author, "Before", number)
    Room.objects.filter(pk=room.pk).update(is_archived=True)
    assert post(room, author, "Before", number) == standing
    with pytest.raises(ValidationError) as refusal:
        post(room, author, "After")
    assert refusal.value.code == "archived"


def test_reading_moves_forward_only_and_not_beyond_what_was_said() -> None:
    room, reader = RoomFactory(said=5), person()
    for seq, expected in [(2, 2), (4, 4), (3, 4), (99, 5)]:
        services.mark_read(room=room, by=reader, seq=seq)
        assert read_seq(room, reader) == expected
    assert ReadMark.objects.count() == 1


def test_who_may_not_enter_marks_nothing() -> None:
    with pytest.raises(PermissionDenied):
        services.mark_read(room=RoomFactory(said=1), by=person(Role.EXPIRED), seq=1)


def test_a_message_outlives_its_author() -> None:
    message = MessageFactory(room=RoomFactory())
    message.author.delete()
    message.refresh_from_db()
    assert message.byline is None


def at_once(number: int, work: Any) -> list[Any]:
    """Run `work(0)` … `work(number - 1)` in threads that start together; their results or errors, in that order."""
    start, results = threading.Barrier(number), [None] * number

    def run(position: int) -> None:
        start.wait(10)
        try:
            results[position] = work(position)
        except Exception as error:  # noqa: BLE001  the test looks at it
            results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(position,)) for position in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_a_message_sent_many_times_at_once_stands_once() -> None:
    room, author, number = RoomFactory(), person(), uuid.uuid4()
    found = at_once(8, lambda _position: post(room, author, "Only once", number).pk)
    assert len(set(found)) == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_messages_sent_at_once_are_all_kept_and_numbered_without_gaps() -> None:
    room, authors = RoomFactory(), [person() for _ in range(8)]

    def three(position: int) -> list[int]:
        return [post(room, authors[position], f"{position}-{turn}").seq for turn in range(3)]

    found = at_once(8, three)
    assert sorted(seq for seqs in found for seq in seqs) == list(range(1, 25))
    assert list(Message.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 25))


@pytest.mark.django_db(transaction=True)
def test_a_number_taken_back_is_given_to_the_next() -> None:
    room, author = RoomFactory(), person()
    with transaction.atomic():
        post(room, author)
        transaction.set_rollback(True)
    assert post(room, author).seq == 1


@pytest.mark.django_db(transaction=True)
def test_reading_marked_twice_at_once_leaves_one_mark() -> None:
    room, reader = RoomFactory(said=9), person()
    at_once(6, lambda position: services.mark_read(room=room, by=reader, seq=position + 1))
    services.mark_read(room=room, by=reader, seq=9)
    assert list(ReadMark.objects.values_list("seq", flat=True)) == [9]
