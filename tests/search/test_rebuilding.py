from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group

from search import backends, leases, rebuilding
from search.backends.base import Change, EngineUnavailableError
from search.comparing import compare
from search.models import OutboxRow
from search.rebuilding import RebuildRunningError, rebuild
from tests.factories.search import SILENT, document

pytestmark = pytest.mark.django_db(transaction=True)
Found = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _three_groups(groups: None) -> None:
    Group.objects.all().delete()
    OutboxRow.objects.all().delete()
    Group.objects.bulk_create([Group(name="escorts"), Group(name="draft monitors"), Group(name="counsellors")])


def test_everything_published_is_in_the_new_index(found: Found) -> None:
    backends.current().apply([Change("group:999", document("gone", type="group", id="999"))])
    report = rebuild()
    assert (report.total, report.documents, report.failures) == (2, {"group": 2}, {})
    assert set(found()) == {"escorts", "counsellors"}


def test_progress_is_told_for_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "BATCH", 1)
    told: list[tuple[str, int, int]] = []
    rebuild(lambda *progress: told.append(progress))
    assert told == [("auth.group", 1, 3), ("auth.group", 3, 3), ("auth.group", 3, 3)]


def test_a_change_during_the_rebuild_is_in_the_new_index(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drained into the old index after the new one has read the record."""
    monkeypatch.setattr(rebuilding, "BATCH", 1)

    def change(_label: str, done: int, everything: int) -> None:
        group = Group.objects.filter(name="escorts").first()
        if group and done == everything:
            group.name = "renamed"
            group.save()
            assert found() == ["renamed"]

    rebuild(change)
    assert set(found()) == {"renamed", "counsellors"}
    assert OutboxRow.objects.count() == 0


def test_a_broken_record_is_reported_and_waits_in_the_outbox(found: Found) -> None:
    broken = Group.objects.bulk_create([Group(name="broken")])[0]
    report = rebuild()
    assert report.failures == {f"group:{broken.pk}": "ZeroDivisionError: no such figure"}
    assert set(found()) == {"escorts", "counsellors"}
    assert OutboxRow.objects.get().model == "auth.group"


def test_two_rebuilds_at_once_are_refused() -> None:
    lease = leases.take("rebuild", seconds=60)
    assert lease is not None
    with pytest.raises(RebuildRunningError, match="another process is rebuilding"):
        rebuild()


def test_a_failed_rebuild_leaves_the_index_and_the_lease(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    rebuild()
    Group.objects.filter(name="escorts").delete()

    def fail(*_progress: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(fail)
    assert set(found()) == {"counsellors"}
    assert not leases.is_held("rebuild")
    assert len([path for path in backends.current().path.iterdir() if path.is_dir()]) == 1


def test_a_silent_engine_is_an_error_with_a_reason(settings: Any) -> None:
    settings.SEARCH = SILENT
    with pytest.raises(EngineUnavailableError, match="does not answer"):
        rebuild()
    assert not leases.is_held("rebuild")


class TestComparing:
    def test_a_current_index_agrees(self) -> None:
        rebuild()
        found = compare(repair=False)
        assert (found.same, found.differences, found.is_well) == (3, 0, True)

    def test_differences_are_named_and_repaired(self, found: Found) -> None:
        rebuild()
        escorts, draft, counsellors = (
            Group.objects.get(name=name) for name in ("escorts", "draft monitors", "counsellors")
        )
        Group.objects.filter(pk=escorts.pk).update(name="renamed")
        Group.objects.filter(pk=draft.pk).update(name="monitors")
        Group.objects.filter(pk=counsellors.pk).update(name="draft counsellors")
        backends.current().apply([Change("group:999", document("gone", type="group", id="999"))])
        before = compare(repair=False)
        assert before.outdated == [f"group:{escorts.pk}"]
        assert before.missing == [f"group:{draft.pk}"]
        assert before.surplus == [f"group:{counsellors.pk}", "group:999"]
        assert not before.is_well
        after = compare(repair=True)
        assert (after.differences, after.repaired, after.is_well) == (4, 4, True)
        assert set(found()) == {"renamed", "monitors"}
        assert compare(repair=False).differences == 0

    def test_many_are_repaired_in_batches(self, found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("search.comparing.BATCH", 1)
        assert compare(repair=True).repaired == 2
        assert set(found()) == {"escorts", "counsellors"}

    def test_changes_that_wait_are_no_differences(self) -> None:
        rebuild()
        group = Group.objects.get(name="escorts")
        Group.objects.filter(pk=group.pk).update(name="renamed")
        OutboxRow.objects.create(key=f"group:{group.pk}", model="auth.group", object_id=str(group.pk))
        assert compare(repair=False).differences == 0

    def test_a_record_that_can_not_be_built_is_reported_and_left(self) -> None:
        rebuild()
        Group.objects.filter(name="escorts").update(name="broken")
        found = compare(repair=True)
        assert list(found.failures.values()) == ["ZeroDivisionError: no such figure"]
        assert not found.is_well
