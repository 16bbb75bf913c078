"""Which passwords are refused, and with which words."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from network.members.models import User
from tests.factories.members import PASSWORD, AgencyFactory, person

pytestmark = pytest.mark.django_db


def refused(password: str, user: User | None = None) -> str:
    """The words it is refused with; nothing for a good one."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.parametrize("password", ["password1234", "Password1234", "correcthorsebatterystaple", "1qaz2wsx3edc4rfv"])
def test_stolen_passwords_are_refused_in_any_case(password: str) -> None:
    assert "stands in lists of stolen passwords" in refused(password)


@pytest.mark.parametrize("password", ["Password2025!", "zzzzzzzzzzzzzzz", "lkjhgfdsapoiu", "abcabcabcabcabc"])
def test_passwords_that_are_soon_guessed_are_refused(password: str) -> None:
    assert "is soon guessed" in refused(password)


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("Sarajevo2025!", "Sarajevo"),
        ("ReturnNetwork2025", "Network"),
        ("readmisija-2025", "readmisija"),
        ("Hadžihasanović1985", "Hadžihasanović"),
        ("hadzihasanovic85!", "hadzihasanovic"),
        ("Ljubljana-2025!", "Ljubljana"),
        ("ana.h@sluzba.example", "ana.h@sluzba.example"),
        ("SlužbaZaStrance2025", "Strance"),
    ],
)
def test_words_about_the_person_the_agency_and_the_network_are_named(password: str, word: str) -> None:
    agency = AgencyFactory(name="Služba za poslove sa strancima", names_local={"bs": "Služba za strance"})
    user = person(agency=agency, name="Ana Hadžihasanović", email="ana.h@sluzba.example")
    assert f"“{word}”" in refused(password, user)


@pytest.mark.parametrize(
    "password", [PASSWORD, "a heron by the river Una", "кишобран плови преко моста", "tL9#vQ2m!xR7"]
)
def test_good_ones_are_taken(password: str) -> None:
    assert refused(password, person(name="Ana Hadžihasanović")) == ""


def test_a_password_longer_than_any_judge_reads_is_taken() -> None:
    assert refused("кишобран плови преко моста " * 50) == ""


def test_nothing_and_too_little_are_refused_for_their_length() -> None:
    assert "at least 12" in refused("")
    assert "at least 12" in refused("short")


def test_the_rules_stand_under_the_field() -> None:
    rules = str(password_validators_help_text_html())
    assert "at least 12 characters" in rules
    assert "lists of stolen passwords" in rules
    assert "not built on your name" in rules


def test_sign_up_knows_the_name_that_is_typed_beside_the_password(client: Client) -> None:
    mine = "Hadzihasanovic1985"
    sent = {"name": "Ana Hadžihasanović", "email": "a@b.example", "password1": mine, "password2": mine}
    page = client.post("/en/accounts/signup/", sent).content.decode()
    assert "built on “Hadzihasanovic”" in page
    assert not User.objects.exists()
