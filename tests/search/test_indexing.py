"""From a change to the index: in the same transaction, after the commit, retried, the newest state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from search import backends, indexing, leases, registry
from search.models import OutboxRow
from search.signals import index_changed
from search.synonyms import Phrase
from tests.factories.search import SILENT, document
from tests.search.conftest import group_document

Found = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _registered(groups: None) -> None:
    """Groups can be found."""


@pytest.fixture
def _silent(settings: Any) -> None:
    settings.SEARCH = SILENT


@pytest.mark.django_db(transaction=True)
class TestChanges:
    def test_a_saved_record_is_found_after_the_commit(self, found: Found) -> None:
        with transaction.atomic():
            Group.objects.create(name="escorts")
            assert found("escorts") == []
            assert OutboxRow.objects.count() == 1
        assert found("escorts") == ["escorts"]
        assert OutboxRow.objects.count() == 0

    def test_a_rolled_back_record_is_not(self, found: Found) -> None:
        with transaction.atomic():
            Group.objects.create(name="escorts")
            transaction.set_rollback(True)
        assert found("escorts") == []
        assert OutboxRow.objects.count() == 0

    def test_a_rolled_back_part_of_a_transaction_does_not_keep_the_rest(self, found: Found) -> None:
        with transaction.atomic():
            with transaction.atomic():
                Group.objects.create(name="escorts")
                transaction.set_rollback(True)
            Group.objects.create(name="monitors")
        assert found() == ["monitors"]

    def test_a_changed_record_is_found_by_its_new_words_only(self, found: Found) -> None:
        group = Group.objects.create(name="escorts")
        group.name = "monitors"
        group.save()
        assert found("escorts") == []
        assert found("monitors") == ["monitors"]

    def test_a_deleted_record_is_not_found(self, found: Found) -> None:
        Group.objects.create(name="escorts").delete()
        assert found() == []

    def test_a_record_that_is_no_longer_published_is_not_found(self, found: Found) -> None:
        group = Group.objects.create(name="escorts")
        group.name = "draft escorts"
        group.save()
        assert found() == []

    def test_a_many_to_many_change_is_found_from_either_side(self, found: Found) -> None:
        group = Group.objects.create(name="escorts")
        permission = Permission.objects.get(codename="view_group")
        group.permissions.add(permission)
        assert found("view_group") == ["escorts"]
        permission.group_set.remove(group)
        assert found('"view_group"') == []

    def test_records_of_other_models_leave_no_rows(self) -> None:
        with transaction.atomic():
            Permission.objects.create(codename="x", name="x", content_type=Permission.objects.first().content_type)
            assert OutboxRow.objects.count() == 0

    def test_many_changes_of_a_transaction_start_one_drain(self, monkeypatch: pytest.MonkeyPatch) -> None:
        drained: list[int] = []
        original = indexing.drain
        monkeypatch.setattr(indexing, "drain", lambda: drained.append(1) or original())
        with transaction.atomic():
            for number in range(5):
                Group.objects.create(name=f"group {number}")
        assert len(drained) == 1

    def test_the_newest_state_wins_however_many_rows(self, found: Found) -> None:
        with indexing.paused():
            group = Group.objects.create(name="first")
            group.name = "second"
            group.save()
            Group.objects.filter(pk=group.pk).update(name="third")
            assert OutboxRow.objects.count() == 2
        assert found() == ["third"]

    def test_collected_changes_are_indexed_at_the_end(self, found: Found) -> None:
        with indexing.paused():
            Group.objects.create(name="escorts")
            assert found() == []
        assert found() == ["escorts"]

    def test_others_are_told_that_the_index_shows_something_else(self) -> None:
        told: list[object] = []

        def listen(**kwargs: object) -> None:
            told.append(kwargs["sender"])

        index_changed.connect(listen)
        try:
            Group.objects.create(name="escorts")
            indexing.drain()
        finally:
            index_changed.disconnect(listen)
        assert told == [OutboxRow]

    def test_changed_words_of_the_vocabulary_are_known_at_once(self, found: Found) -> None:
        registry.register_synonyms(
            lambda: [[Phrase(name, "en") for name in group.name.split("=")] for group in Group.objects.all()],
            made_from=(Group,),
        )
        backends.current().apply([])
        assert found("pratnja") == []
        Group.objects.create(name="escort=pratnja")
        Group.objects.create(name="a charter escort")
        assert set(found("pratnja")) == {"escort=pratnja", "a charter escort"}


@pytest.mark.django_db(transaction=True)
class TestFailures:
    @pytest.mark.usefixtures("_silent")
    def test_a_silent_engine_does_not_break_the_change(self) -> None:
        Group.objects.create(name="escorts")
        row = OutboxRow.objects.get()
        assert row.attempts == 1
        assert "Elasticsearch at http://127.0.0.1:9 does not answer" in row.reason
        assert row.due_at > timezone.now()
        backlog = indexing.backlog()
        assert (backlog.waiting, backlog.failing, backlog.is_late) == (1, 1, False)
        assert backlog.reason == row.reason

    def test_what_failed_is_indexed_when_the_engine_is_back(self, settings: Any, found: Found) -> None:
        working = settings.SEARCH
        settings.SEARCH = SILENT
        Group.objects.create(name="escorts")
        settings.SEARCH = working
        assert indexing.drain().done == 0
        assert indexing.retry_now().done == 1
        assert found() == ["escorts"]
        assert OutboxRow.objects.count() == 0

    @pytest.mark.usefixtures("_silent")
    def test_it_waits_longer_after_each_failure(self) -> None:
        Group.objects.create(name="escorts")
        waits = []
        for _ in range(3):
            OutboxRow.objects.update(due_at=timezone.now())
            indexing.drain()
            waits.append((OutboxRow.objects.get().due_at - timezone.now()).total_seconds())
        assert waits == sorted(waits)
        assert waits[-1] > 30
        OutboxRow.objects.update(attempts=500, due_at=timezone.now())
        indexing.drain()
        assert OutboxRow.objects.get().due_at - timezone.now() <= dt.timedelta(seconds=indexing.LAST_RETRY)

    def test_a_broken_record_does_not_hold_up_the_others(self, found: Found) -> None:
        with transaction.atomic():
            Group.objects.create(name="broken")
            Group.objects.create(name="escorts")
        assert found() == ["escorts"]
        assert OutboxRow.objects.get().reason == "ZeroDivisionError: no such figure"

    def test_a_model_that_is_gone_is_named(self) -> None:
        OutboxRow.objects.create(key="old:1", model="old.thing", object_id="1")
        assert indexing.drain().failed == 1
        assert OutboxRow.objects.get().reason == "old.thing is not registered with search"

    def test_a_task_backend_that_fails_does_not_break_the_change(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("search.tasks.drain_outbox", None)
        Group.objects.create(name="escorts")
        assert OutboxRow.objects.count() == 1

    @pytest.mark.usefixtures("_silent")
    def test_a_worker_is_asked_to_try_again_once_for_all_that_failed(self, settings: Any) -> None:
        settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
        with transaction.atomic():
            Group.objects.create(name="escorts")
            Group.objects.create(name="monitors")
        indexing.drain()
        soon = timezone.now() + dt.timedelta(hours=1)
        retries = DBTaskResult.objects.filter(run_after__range=(timezone.now(), soon))
        assert retries.count() == 1
        assert retries.get().run_after >= OutboxRow.objects.first().due_at

    def test_an_old_backlog_is_late(self) -> None:
        long_ago = timezone.now() - dt.timedelta(hours=1)
        OutboxRow.objects.create(key="group:1", model="auth.group", object_id="1", changed_at=long_ago)
        assert indexing.backlog().is_late


@pytest.mark.django_db(transaction=True)
class TestOneAtATime:
    def test_a_drain_leaves_the_rows_to_the_one_at_work(self, found: Found) -> None:
        lease = leases.take("drain", seconds=60)
        assert lease is not None
        Group.objects.create(name="escorts")
        assert found() == []
        lease.release()
        indexing.drain()
        assert found() == ["escorts"]

    def test_rows_that_come_while_a_drain_ends_are_taken_by_it(
        self, found: Found, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other process finds the lease taken and goes: this one must look again after giving it back."""
        release = leases.Held.release
        late: list[str] = ["late"]

        def release_with_a_late_change(self: leases.Held) -> None:
            if late:
                with transaction.atomic():
                    Group.objects.create(name=late.pop())
            release(self)

        monkeypatch.setattr(leases.Held, "release", release_with_a_late_change)
        Group.objects.create(name="escorts")
        assert set(found()) == {"escorts", "late"}

    def test_changes_during_a_rebuild_are_kept_for_the_new_index(self, found: Found) -> None:
        lease = leases.take("rebuild", seconds=60)
        assert lease is not None
        Group.objects.create(name="escorts")
        assert found() == ["escorts"]
        assert OutboxRow.objects.get().held
        assert indexing.drain().done == 0
        assert indexing.backlog().waiting == 0
        lease.release()
        assert indexing.drain().done == 1
        assert OutboxRow.objects.count() == 0


@pytest.mark.django_db
def test_a_lease_is_held_by_one_and_ends_by_itself() -> None:
    first = leases.take("drain", seconds=60)
    assert first is not None
    assert leases.is_held("drain")
    assert leases.take("drain", seconds=60) is None
    assert leases.take("rebuild", seconds=60) is not None
    assert first.renew()
    leases.Lease.objects.filter(name="drain").update(until=timezone.now())
    second = leases.take("drain", seconds=60)
    assert second is not None
    assert not first.renew()
    first.release()
    assert leases.is_held("drain")
    assert str(leases.Lease.objects.get(name="drain")) == "drain"


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [5, 50])
def test_a_drain_costs_the_same_number_of_queries(rows: int, django_assert_num_queries: Any) -> None:
    """Two looks at what is due, taking and giving back the lease, the rows, the records, the rebuild, the deletion."""
    registry._registrations.clear()
    registry.register(
        Group, lambda group: document(group.name, type="group", id=str(group.pk)), type="group", label="Group"
    )
    indexing.enqueue_all(Group.objects.bulk_create(Group(name=f"group {number}") for number in range(rows)))
    leases.take("drain", seconds=-1)
    with django_assert_num_queries(10):
        assert indexing.drain().done == rows


@pytest.mark.django_db
def test_enqueueing_many_costs_one_insert(django_assert_num_queries: Any) -> None:
    groups = Group.objects.bulk_create(Group(name=f"group {number}") for number in range(50))
    with django_assert_num_queries(1):
        indexing.enqueue_all(groups)
    assert str(OutboxRow.objects.first()) == f"group:{groups[0].pk}"
    with django_assert_num_queries(0):
        indexing.enqueue_all([])


def test_the_builder_of_these_tests_is_honest() -> None:
    assert group_document(Group(name="draft")) is None
