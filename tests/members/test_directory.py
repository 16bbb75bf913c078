"""Whom members find."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from network.members.directory import PEOPLE
from network.members.enums import Role
from network.members.models import Profile, ProfileLanguage, User
from portal.finding.lists import Listing
from tests.factories.commits import index_what_waits
from tests.factories.members import AgencyFactory, person
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


def listed(query: str = "") -> Listing[Profile]:
    index_what_waits()
    return PEOPLE.listing(QueryDict(query), frozenset({"public", "members"}))


def found(query: str) -> list[str]:
    return [profile.user.name for profile in listed(query).items]


def somebody(name: str, *, country: str = "BA", languages: tuple[str, ...] = (), stage: object = None, **more) -> User:
    user = person(name=name, **more)
    user.profile.country = country
    user.profile.save()
    ProfileLanguage.objects.bulk_create(ProfileLanguage(profile=user.profile, code=code) for code in languages)
    if stage is not None:
        user.profile.stages.add(stage)
    return user


def test_only_current_members_and_staff_with_a_profile_are_listed() -> None:
    somebody("Member")
    for role in (Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED, Role.STAFF):
        person(role, name=role)
    assert found("") == ["Member"]


@pytest.mark.parametrize("words", ["đorđe", "djordje", "Ђорђе", "ĐORĐ", "orde+nobody", "komesarijat", "adviser đorđe"])
def test_a_person_is_found_by_the_beginnings_of_words_in_any_script(words: str) -> None:
    agency = AgencyFactory(name="Commissariat", names_local={"sr": "Комесаријат"})
    somebody("Đorđe Marić", agency=agency)
    somebody("Ana")
    assert found(f"q={words}") == ([] if "nobody" in words else ["Đorđe Marić"])


def test_filters_narrow_together_and_values_of_one_filter_widen() -> None:
    readmission = TermFactory(slug="readmission")
    agency = AgencyFactory()
    somebody("A", country="BA", languages=("en", "bs"), stage=readmission, agency=agency)
    somebody("B", country="RS", languages=("en",))
    somebody("C", country="RS", languages=("sr",), stage=readmission)
    assert found("country=RS") == ["B", "C"]
    assert found("country=RS&country=BA") == ["A", "B", "C"]
    assert found("country=RS&stage=readmission") == ["C"]
    assert found("language=en") == ["A", "B"]
    assert found(f"agency={agency.slug}") == ["A"]
    assert found("country=XX") == []
    assert found("country=&q=&stage=%00") == ["A", "B", "C"]


def test_counts_respect_the_other_filters_and_not_their_own() -> None:
    somebody("A", country="BA", languages=("en",))
    somebody("B", country="RS", languages=("en", "sr"))
    result = listed("country=RS")
    counts = {facet.name: {option.value: option.count for option in facet.options} for facet in result.groups}
    assert counts["country"] == {"BA": 1, "RS": 1}
    assert counts["language"] == {"en": 1, "sr": 1}
    selected = [option.value for facet in result.groups for option in facet.options if option.selected]
    assert selected == ["RS"]


def test_counts_tell_nothing_of_people_who_are_not_listed() -> None:
    suspended = person(Role.SUSPENDED)
    suspended.profile.country = "AL"
    suspended.profile.save()
    result = listed()
    assert all(not facet.options for facet in result.groups)


def test_a_chosen_value_is_taken_away_by_its_chip_and_the_rest_stays() -> None:
    somebody("A", country="BA")
    result = listed("q=a&country=BA&country=RS")
    assert {chip.label: chip.url for chip in result.chips} == {
        "Bosnia and Herzegovina": "?q=a&country=RS",
        "Serbia": "?q=a&country=BA",
    }


def test_an_unknown_value_is_shown_as_it_was_asked_for() -> None:
    result = listed("stage=nonsense")
    assert [chip.label for chip in result.chips] == ["nonsense"]
    assert result.items == []
