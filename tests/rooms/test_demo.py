"""The example rooms."""

from __future__ import annotations

import pytest

from network.members.models import User
from network.rooms.demo import load_rooms
from network.rooms.models import Message, Room
from portal.core.demo import DemoReport
from portal.vocabulary.demo import load_terms
from tests.factories.members import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> None:
    for email in ("member@example.org", "staff@example.org"):
        example = person(groups=("readmission-officers",))
        User.objects.filter(pk=example.pk).update(email=email, is_example=True)


def load() -> DemoReport:
    report = DemoReport()
    load_terms(report)
    load_rooms(report)
    return report


def test_every_room_has_a_topic_or_a_title_and_messages_marked_as_examples(people: None) -> None:
    report = load()
    assert report.made["rooms"] == Room.objects.count() == 8
    assert report.made["messages"] == Message.objects.count() == 24
    assert not Message.objects.filter(is_example=False).exists()
    assert all(str(room) and room.audiences.count() == 1 for room in Room.objects.all())


def test_loading_again_changes_nothing_that_stands(people: None) -> None:
    load()
    room = Room.objects.get(slug="training")
    room.title = "Renamed by staff"
    room.save()
    assert "rooms" not in load().made
    assert Room.objects.get(slug="training").title == "Renamed by staff"
    assert Message.objects.count() == 24


def test_a_group_that_is_not_there_leaves_its_room_out_and_says_so() -> None:
    report = load()
    assert not Room.objects.filter(slug="readmission-officers").exists()
    assert any("readmission-officers" in note for note in report.notes)


def test_people_who_are_not_there_say_nothing() -> None:
    load()
    assert Room.objects.exists()
    assert not Message.objects.exists()
