from __future__ import annotations

from typing import Any

import pytest

from portal.core.audience import ANONYMOUS, audience_labels
from portal.core.models import Audience

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _audiences() -> None:
    Audience.objects.create(token="group:escorts", kind="group", key="escorts", label="Escorts")
    Audience.objects.create(token="group:monitors", kind="group", key="monitors", label="Monitors")


def test_every_set_of_tokens_has_its_label(django_assert_num_queries: Any) -> None:
    sets = [
        ANONYMOUS,
        frozenset({"public", "members"}),
        frozenset({"members", "group:escorts"}),
        frozenset({"group:monitors", "group:escorts"}),
        frozenset({"group:gone"}),
        frozenset(),
    ]
    with django_assert_num_queries(1):
        labels = audience_labels(sets)
    assert [(label.kind, label.text) for label in labels] == [
        ("public", "Public"),
        ("public", "Public"),
        ("members", "Members"),
        ("group", "Escorts, Monitors"),
        ("nobody", "Nobody yet"),
        ("nobody", "Nobody yet"),
    ]


def test_public_things_cost_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert [label.kind for label in audience_labels([ANONYMOUS] * 50)] == ["public"] * 50
        assert audience_labels([]) == []
