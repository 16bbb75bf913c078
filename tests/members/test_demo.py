"""The starter content: real agencies, example people."""

from __future__ import annotations

import pytest
from django.test import Client

from network.members import demo
from network.members.enums import AgencyKind, Role
from network.members.models import Agency, User, WorkingGroup
from network.members.selectors import role_of
from portal.core.demo import DemoReport
from portal.vocabulary.demo import load_terms

pytestmark = pytest.mark.django_db


def load() -> DemoReport:
    report = DemoReport()
    load_terms(report)
    demo.load_agencies(report)
    demo.load_accounts(report)
    return report


def test_every_agency_of_the_facts_is_there_under_its_id() -> None:
    load()
    assert Agency.objects.filter(is_example=False).count() == 45
    assert Agency.objects.get(slug="rs-kirs").names_local["sr"].startswith("Комесаријат")
    assert Agency.objects.get(slug="ba-hajde").kind == "ngo"
    parts = set(Agency.objects.exclude(part_of=None).values_list("part_of__slug", flat=True))
    assert parts == {"xk-mia"}
    assert set(Agency.objects.values_list("kind", flat=True)) <= set(AgencyKind.values)


def test_examples_are_marked_and_name_no_agency() -> None:
    load()
    examples = Agency.objects.filter(is_example=True)
    assert {agency.slug for agency in examples} == {"example-agency-ba", "example-agency-mk", "example-agency-rs"}
    assert all(agency.role == "Example: names no agency" for agency in examples)
    assert all(user.name.startswith("Example") and user.is_example for user in User.objects.all())
    assert all(user.email.endswith("@example.org") for user in User.objects.all())


def test_there_is_an_account_of_every_role_and_two_of_staff() -> None:
    load()
    roles = sorted(role_of(user) for user in User.objects.all())
    assert set(roles) == set(Role) - {Role.ANONYMOUS}
    assert roles.count(Role.STAFF) == 2
    assert list(WorkingGroup.objects.get(slug="readmission-officers").people.values_list("email", flat=True)) == [
        "member@example.org"
    ]


def test_each_account_logs_in_with_the_password_that_is_printed(client: Client) -> None:
    report = load()
    assert demo.PASSWORD in report.notes[0]
    for account in demo.ACCOUNTS:
        assert account.email in report.notes[0]
        response = client.post("/en/accounts/login/", {"login": account.email, "password": demo.PASSWORD})
        assert response.status_code == 302
        client.post("/en/accounts/logout/")


def test_a_second_run_makes_nothing_and_touches_nothing() -> None:
    load()
    User.objects.filter(email="member@example.org").update(name="Renamed by hand")
    agency = Agency.objects.get(slug="rs-kirs")
    agency.name = "Changed by staff"
    agency.save()
    WorkingGroup.objects.get().people.clear()
    report = load()
    assert report.made == {}
    assert User.objects.get(email="member@example.org").name == "Renamed by hand"
    assert Agency.objects.get(slug="rs-kirs").name == "Changed by staff"
    assert not WorkingGroup.objects.get().people.exists()
