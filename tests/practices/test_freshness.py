import datetime as dt

import pytest
from django.utils import timezone

from library.practices.models import PracticePage, short_address

#: A page looks up its own content type, unless a test before it has.
pytestmark = pytest.mark.django_db


def days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        ({"is_collected": True}, "unconfirmed", "Unconfirmed since it was collected"),
        ({}, "unconfirmed", "Not confirmed"),
        ({"confirmed_on": days(-400), "valid_until": days(-1)}, "unconfirmed", "Unconfirmed since"),
        ({"confirmed_on": days(-300), "valid_until": days(30)}, "soon", "Due for confirmation"),
        ({"confirmed_on": days(-1), "valid_until": days(364)}, "confirmed", "Confirmed"),
        ({"confirmed_on": days(-1)}, "confirmed", "Confirmed"),
    ],
)
def test_a_practice_says_how_current_it_is(fields: dict[str, object], kind: str, words: str) -> None:
    fresh = PracticePage(**fields).freshness
    assert fresh.kind == kind
    assert fresh.label.startswith(words)


def test_an_address_is_shown_as_people_read_it() -> None:
    assert short_address("https://www.example.org/a%20b/?page=1") == "example.org/a b"
    assert len(short_address("https://example.org/" + "x" * 200)) == 80
