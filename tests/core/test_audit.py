"""The audit trail: it keeps who did what to whom, and the database lets nobody change that."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from events.services import report_progress
from network.members.enums import Role
from network.members.models import User
from network.vetting.enums import Verdict
from network.vetting.services import decide
from portal.core import audit
from portal.core.models import AuditEntry
from tests.factories.events import recommendation
from tests.factories.members import AgencyFactory, UserFactory, person
from tests.factories.vetting import application

pytestmark = pytest.mark.django_db


def test_the_trail_says_who_did_what_to_which_record_newest_first() -> None:
    agency, other, staff = AgencyFactory(), AgencyFactory(), person(Role.STAFF)
    audit.record(action="members.agency_added", by=staff, target=agency, reason="Named", data={"a": 1})
    audit.record(action="members.agency_added", by=None, target=agency)
    audit.record(action="members.agency_added", by=staff, target=other)
    audit.record(action="members.reconfirmed", by=staff, target=staff)
    entries = [(entry.by, entry.by_name, entry.reason, entry.data) for entry in audit.trail_of(agency)]
    assert entries == [(None, "", "", {}), (staff, str(staff), "Named", {"a": 1})]
    assert [step.by for step in audit.steps(audit.trail_of(agency))] == ["the portal", str(staff)]


# Names outlive people and things


def sentences() -> list[str]:
    return [audit.sentence(entry) for entry in AuditEntry.objects.order_by("pk")]


def test_the_names_outlive_the_applicant_who_decided_and_what_was_decided_on() -> None:
    service = AgencyFactory(name="Service")
    applicant = UserFactory(name="Amra Applicant")
    focal_point = person(Role.FOCAL_POINT, agency=service, name="Fatima Focal")
    staff = person(Role.STAFF, name="Stana Staff")
    subject = application(user=applicant, agency=service)
    decide(application=subject, by=focal_point, verdict=Verdict.ACCEPT)
    decide(application=subject, by=staff, verdict=Verdict.ACCEPT)
    row = recommendation()
    report_progress(recommendation=row, version=row.version, status="in_progress", by=staff)
    decider = staff.pk
    for gone in (applicant, focal_point, staff, row, service):
        type(gone)._default_manager.get(pk=gone.pk).delete()
    told = sentences()
    assert "Fatima Focal accepted the application of Amra Applicant, Service" in told
    assert "Stana Staff accepted the application of Amra Applicant, Service" in told
    assert "Stana Staff admitted Amra Applicant to the network" in told
    assert f"Stana Staff reported on {row.code} {row.text}" in told
    assert not User.objects.filter(pk=decider).exists()
    assert AuditEntry.objects.filter(by_id=decider).count() == 3


def test_a_name_is_the_one_of_the_day() -> None:
    staff = person(Role.STAFF, name="Stana Before")
    audit.record(action="members.agency_added", by=staff, target=AgencyFactory(name="Old name"))
    staff.name = "Stana After"
    staff.save()
    assert sentences() == ["Stana Before added the organisation Old name"]


# The database refuses


@pytest.fixture
def entry() -> AuditEntry:
    return audit.record(action="members.suspended", by=person(Role.STAFF), target=person(), reason="Left the agency")


def refused(statement: str, *values: Any) -> None:
    refusal = pytest.raises(IntegrityError, match="only ever added to")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_database_lets_nobody_change_or_delete_an_entry(entry: AuditEntry) -> None:
    refused("UPDATE core_auditentry SET reason = 'Nothing'")
    refused("UPDATE core_auditentry SET by_id = NULL WHERE id = %s", entry.pk)
    refused("DELETE FROM core_auditentry WHERE id = %s", entry.pk)
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
            change()
    if connection.vendor == "sqlite":
        refused("REPLACE INTO core_auditentry SELECT * FROM core_auditentry")
    assert AuditEntry.objects.get().reason == "Left the agency"


@pytest.mark.django_db(transaction=True)
def test_nobody_empties_the_table(entry: AuditEntry) -> None:
    if connection.vendor == "postgresql":
        refused("TRUNCATE core_auditentry")
    with pytest.raises(CommandError, match="flushed"):
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


# Words for every action


def recorded_actions() -> Iterator[tuple[str, str]]:
    """(file, text) of every action named where an entry is recorded; of a text made from parts, its beginning."""
    for folder in ("events", "library", "network", "portal"):
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in ("audit.record", "record"):
                    for keyword in call.keywords:
                        if keyword.arg == "action":
                            texts = (node.value for node in ast.walk(keyword.value) if isinstance(node, ast.Constant))
                            yield from ((path.name, str(text)) for text in texts if "." in str(text))


def test_every_action_has_words_and_every_word_an_action() -> None:
    named = {text for _file, text in recorded_actions()}
    known = set(audit.actions())
    made = {text for text in named if text.endswith(".")}  # f"vetting.{verdict}"
    assert named - made - known == set()
    assert {action for action in known - named if not action.startswith(tuple(made))} == set()
    assert {f"vetting.{verdict}" for verdict in Verdict.values} <= known
    assert len(known) >= 26


def test_an_action_without_words_is_not_recorded() -> None:
    with pytest.raises(LookupError, match=r"members\.painted"):
        audit.record(action="members.painted", by=None, target=AgencyFactory())


@pytest.mark.parametrize("action", sorted(audit.actions()))
def test_every_action_reads_as_a_sentence(action: str) -> None:
    staff = person(Role.STAFF, name="Stana Staff")
    entry = audit.record(action=action, by=staff, target=AgencyFactory(name="Service"))
    told = audit.sentence(entry)
    assert told.startswith("Stana Staff ")
    assert "Service" in told
    assert "%" not in told
    assert audit.label(action) != action
    audit.detail(entry)


def test_what_is_not_recorded_any_more_still_reads() -> None:
    entry = audit.record(action="members.suspended", by=None, target=AgencyFactory(name="Service"))
    entry.action = "members.painted"
    assert audit.sentence(entry) == "The portal: members.painted, Service"
    assert (audit.label(entry.action), audit.detail(entry)) == ("members.painted", "")


# Entries from before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_entries_from_before_get_the_names_that_can_be_known_and_the_way_back_is_open() -> None:
    staff, agency = person(Role.STAFF, name="Stana Staff"), AgencyFactory(name="Service")
    subject = application(user=person(Role.APPLICANT, name="Amra Applicant"), agency=agency)
    executor = MigrationExecutor(connection)
    executor.migrate([("core", "0002_initial")])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_auditentry")
    state = executor.loader.project_state([("core", "0002_initial"), ("contenttypes", "0002_remove_content_type_name")])
    old = state.apps.get_model("core", "AuditEntry").objects
    kinds = state.apps.get_model("contenttypes", "ContentType").objects
    for model, key, by, action in (
        ("application", subject.pk, staff.pk, "vetting.accept"),
        ("agency", agency.pk, None, "members.agency_added"),
        ("user", 987654, None, "members.lapsed"),
    ):
        old.create(content_type=kinds.get(model=model), object_id=str(key), by_id=by, action=action)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert sentences() == [
        "Stana Staff accepted the application of Amra Applicant, Service",
        "Somebody whose account was deleted added the organisation Service",
        "The portal noted that twelve months ended for user 987654 without confirmation",
    ]
    refused("DELETE FROM core_auditentry")
