"""One word is one tag."""

from __future__ import annotations

import pytest
from taggit.models import Tag

from tests.factories.core import document, image
from tests.factories.practices import practice

pytestmark = pytest.mark.django_db


def test_a_tag_is_one_whatever_the_case_of_its_letters_and_wherever_it_is_set() -> None:
    first, second = (
        practice(tags=["Čuvar", "čuvar", "ИЗБЕГЛИЦЕ", "Outreach"]),
        practice(tags=["C\u030cUVAR", "избеглице"]),
    )
    picture, paper = image("public"), document("public")
    picture.tags.set(["čUVAR", "outreach"])
    paper.tags.add("Избеглице")
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Outreach", "Čuvar", "ИЗБЕГЛИЦЕ"]
    assert {tag.name for tag in second.tags.all()} == {"Čuvar", "ИЗБЕГЛИЦЕ"}
    assert {tag.name for tag in picture.tags.all()} == {"Čuvar", "Outreach"}
    assert [tag.name for tag in paper.tags.all()] == ["ИЗБЕГЛИЦЕ"]
    assert first.tags.count() == 3


def test_a_tag_that_was_two_already_is_found_by_its_older_spelling() -> None:
    Tag.objects.create(name="Čuvar")
    Tag.objects.create(name="čuvar")
    assert [tag.name for tag in practice(tags=["ČUVAR"]).tags.all()] == ["Čuvar"]
