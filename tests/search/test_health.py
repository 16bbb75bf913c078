from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from search import health
from search.models import OutboxRow
from tests.factories.search import SILENT

pytestmark = pytest.mark.django_db


def test_well_with_nothing_waiting() -> None:
    assert health.check() == (True, "answers; nothing waits")


def test_well_while_a_little_waits() -> None:
    OutboxRow.objects.create(key="group:1", model="auth.group", object_id="1", reason="why", attempts=1)
    assert health.check() == (True, "answers; 1 changes wait, 1 of them failed before: why")


def test_not_well_when_the_engine_is_silent(settings: Any) -> None:
    settings.SEARCH = SILENT
    ok, reason = health.check()
    assert not ok
    assert "Elasticsearch at http://127.0.0.1:9 does not answer" in reason


def test_not_well_when_the_index_can_not_be_opened(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "CURRENT").write_text("0.0-old")
    ok, reason = health.check()
    assert not ok
    assert "made by another version" in reason
    assert "rebuild_search" in reason


def test_not_well_when_changes_pile_up_or_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    OutboxRow.objects.create(key="group:1", model="auth.group", object_id="1")
    monkeypatch.setattr(health, "MOST_WAITING", 0)
    assert not health.check()[0]
    monkeypatch.setattr(health, "MOST_WAITING", 1000)
    assert health.check()[0]
    OutboxRow.objects.update(changed_at=timezone.now() - dt.timedelta(hours=1))
    ok, reason = health.check()
    assert not ok
    assert "check_search" in reason


def test_not_well_without_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DatabaseError

    monkeypatch.setattr("search.indexing.backlog", fail)
    assert health.check() == (False, "search outbox unreadable: DatabaseError")
