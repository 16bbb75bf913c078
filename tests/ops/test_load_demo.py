"""The starter content is loaded any number of times: what is missing comes, what a person did stays."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from library.practices.models import PracticePage
from network.members.models import User
from portal.vocabulary.models import Term

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def load() -> str:
    said = StringIO()
    call_command("load_demo", stdout=said)
    return said.getvalue()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, many-to-many tables included."""
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for model in models
        if model._meta.managed and not model._meta.proxy
    }


def test_loading_again_touches_no_row_whatever_people_did_meanwhile() -> None:
    assert load().startswith("Made ")
    practice = PracticePage.objects.live().first()
    practice.title = "Named anew by its author"
    practice.save_revision().publish()
    Term.objects.filter(slug="readmission").update(definition="Defined anew by staff")
    member = User.objects.get(email="member@example.org")
    member.set_password("words of my own")
    member.save()
    before = everything()

    assert load().startswith("Everything was there already.")

    assert everything() == before


def test_a_practice_that_was_deleted_comes_back_and_nothing_else_changes() -> None:
    load()
    practice = PracticePage.objects.live().first()
    slug, others = practice.slug, PracticePage.objects.count() - 1
    practice.delete()

    load()

    assert PracticePage.objects.filter(slug=slug, live=True).exists()
    assert PracticePage.objects.count() == others + 1
