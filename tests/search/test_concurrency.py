"""Several processes change, drain and search at once; threads with connections of their own stand for them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from search import backends, indexing
from search.comparing import compare
from search.models import OutboxRow

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], None]) -> list[Exception]:
    """Run all works at the same time, each with its own database connection; the errors they ended with."""
    errors: list[Exception] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001  looked at by the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_the_index_ends_with_the_newest_state_of_everything(groups: None, found: Callable[..., list[str]]) -> None:
    Group.objects.all().delete()
    records = Group.objects.bulk_create(Group(name=f"group {number}") for number in range(3))

    def change(mark: str) -> Callable[[], None]:
        def work() -> None:
            for step in range(8):
                for record in records:
                    group = Group.objects.get(pk=record.pk)
                    group.name = f"group {record.pk} {mark} {step}"
                    group.save()

        return work

    assert at_once(change("one"), change("two"), change("three")) == []
    indexing.retry_now()
    assert OutboxRow.objects.count() == 0
    assert set(found("group")) == set(Group.objects.values_list("name", flat=True))
    assert compare(repair=False).differences == 0


def test_two_drains_index_every_row_once(groups: None) -> None:
    Group.objects.all().delete()
    with indexing.paused():
        for number in range(20):
            Group.objects.create(name=f"group {number}")
        reports: list[int] = []

        def work() -> None:
            reports.append(indexing.drain().done)

        assert at_once(work, work, work) == []
    assert sum(reports) == 20
    assert len(list(backends.current().fingerprints())) == 20
