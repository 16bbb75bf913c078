"""What search knows of organisations and of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import update_last_login
from django.utils import timezone

from network.members import services
from network.members.directory import people
from network.members.documents import agency_document
from network.members.enums import Role
from network.members.models import Profile, User
from search import registry, search
from search.listing import ListRequest, ask
from search.models import OutboxRow
from search.query import SearchRequest
from tests.factories.commits import index_what_waits
from tests.factories.members import AgencyFactory, person

pytestmark = pytest.mark.django_db


def test_an_organisation_is_public_and_known_by_all_its_names() -> None:
    agency = AgencyFactory(
        slug="rs-kirs", name="Commissariat", acronym="KIRS", names_local={"sr": "Комесаријат"}, country="RS",
        role="reception centres", participants=["AL"],
    )  # fmt: skip
    document = agency_document(agency)
    assert document.audiences == {"public"}
    assert document.path == "organisations/rs-kirs/"
    assert {"KIRS", "Комесаријат"} <= set(document.keywords)
    assert document.facets["country"] == ("AL", "RS")
    assert document.facets["kind"] == ("other",)


def test_an_example_stands_below_the_real_ones() -> None:
    assert agency_document(AgencyFactory(is_example=True)).rank < agency_document(AgencyFactory()).rank


def test_organisations_are_registered_and_their_kinds_have_words() -> None:
    agency = AgencyFactory()
    registration = registry.registration_of(agency)
    assert registration is not None
    assert registration.build(agency) is not None
    kind = registry.facets()["kind"]
    assert kind.value_label("police") == "Police"
    assert kind.value_label("nonsense") == ""


@pytest.mark.parametrize("role", Role)
def test_the_index_lists_whom_the_directory_shows(role: Role) -> None:
    """Two answers to one question: `selectors.current` in the database, and what is indexed, compared day by day."""
    if role == Role.ANONYMOUS:
        return
    user = person(role)
    Profile.objects.get_or_create(user=user)
    index_what_waits()
    request = ListRequest(type="person", audiences=frozenset({"members"}), language="en")
    assert ask(request).total == len(people()) == (role not in (Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED))
    assert ask(ListRequest(type="person", audiences=frozenset({"public"}), language="en")).total == 0


def test_a_membership_that_ends_takes_the_person_out_of_the_index_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    user = person(name="Mina")
    index_what_waits()
    request = ListRequest(type="person", audiences=frozenset({"members"}), language="en")
    last = user.membership.valid_until
    for day, listed in ((last, 1), (last + dt.timedelta(days=1), 0)):
        monkeypatch.setattr(timezone, "localdate", lambda day=day: day)
        assert ask(request).total == listed


@pytest.mark.parametrize(
    "change",
    [
        lambda user: User.objects.filter(pk=user.pk).get().delete(),
        lambda user: services.leave(user=user),
        lambda user: _save(user, is_active=False),
        lambda user: _save(user.membership, state="suspended"),
    ],
    ids=["deleted", "left", "closed", "suspended"],
)
def test_whoever_goes_is_found_no_more(change: Callable[[User], Any]) -> None:
    user = person(name="Mina")
    index_what_waits()
    assert found("mina") == [str(user.pk)]
    change(User.objects.get(pk=user.pk))
    index_what_waits()
    assert found("mina") == []


def test_a_person_is_found_by_a_new_name_and_the_new_name_of_the_agency() -> None:
    user = person(name="Mina", agency=AgencyFactory(name="Commissariat"))
    index_what_waits()
    _save(user, name="Milena")
    _save(user.membership.agency, name="Directorate", names_local={"sr": "Дирекција"})
    index_what_waits()
    assert found("milena") == found("direkcija") == [str(user.pk)]
    assert found("mina") == found("commissariat") == []


def test_a_log_in_indexes_nobody_anew() -> None:
    user = person()
    OutboxRow.objects.all().delete()
    update_last_login(None, user)
    assert not OutboxRow.objects.exists()


def _save(row: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def found(words: str) -> list[str]:
    """The people a member finds by words, in everything that can be found."""
    request = SearchRequest(text=words, audiences=frozenset({"public", "members"}), filters={"type": ("person",)})
    return [hit.slug for hit in search(request).hits]
