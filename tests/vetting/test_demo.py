"""The example application."""

from __future__ import annotations

import pytest

from network.members.demo import load_accounts, load_agencies
from network.members.enums import Role
from network.vetting.demo import load_application
from network.vetting.models import Application
from network.vetting.services import decide
from portal.core.demo import DemoReport
from tests.factories.members import person

pytestmark = pytest.mark.django_db


def test_one_application_waits_for_its_second_decision_and_staff_can_take_it() -> None:
    report = DemoReport()
    load_agencies(report)
    load_accounts(report)
    load_application(report)
    load_application(report)
    subject = Application.objects.get()
    assert subject.reason.startswith("Example")
    assert subject.decisions.count() == 1
    assert decide(application=subject, by=person(Role.STAFF), verdict="accept").state == "accepted"
    load_application(report)
    assert report.made["example applications"] == 1


def test_without_the_example_people_there_is_no_example_application() -> None:
    load_application(DemoReport())
    assert not Application.objects.exists()
