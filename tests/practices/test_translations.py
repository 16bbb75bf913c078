"""Of a practice and its translations a reader is listed one: the index and the database say the same."""

from __future__ import annotations

import itertools
import random

import pytest
from django.utils import translation
from wagtail.models import Locale

from library.practices.catalogue import PRACTICES, published
from library.practices.models import PracticePage
from portal.core.models import Audience
from search.indexing import drain
from search.listing import ListRequest, Part, ask
from tests.factories.pages import home_page
from tests.factories.practices import library, practice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]

AUDIENCES = ("public", "members")
VIEWERS = (frozenset({"public"}), frozenset({"public", "members"}))
LANGUAGES = ("en", "de", "sr")


def translated(page: PracticePage, code: str, *audiences: str) -> PracticePage:
    """The page in another language, published."""
    locale, _made = Locale.objects.get_or_create(language_code=code)
    for parent in (home_page(), library()):
        if not parent.has_translation(locale):
            parent.copy_for_translation(locale).save_revision().publish()
    other: PracticePage = page.copy_for_translation(locale)
    other.title = f"{page.title} ({code})"
    other.audiences.set(Audience.objects.filter(pk__in=audiences))
    other.save_revision().publish()
    return PracticePage.objects.get(pk=other.pk)


def listed(language: str, tokens: frozenset[str]) -> set[int]:
    """What the index lists."""
    request = ListRequest(type="practice", audiences=tokens, language=language, parts=(Part("title"),), size=100)
    return {int(one) for one in ask(request).ids}


def agree() -> bool:
    """Whether index and database list the same to every viewer in every language."""
    drain()
    for language, tokens in itertools.product(LANGUAGES, VIEWERS):
        with translation.override(language):
            shown = set(published(tokens).values_list("pk", flat=True))
        assert listed(language, tokens) == shown, (language, tokens)
    return True


def test_index_and_database_agree_whatever_the_audiences_of_translations() -> None:
    chance = random.Random(7)
    for number in range(6):
        original = practice(chance.choice(AUDIENCES), title=f"Practice {number}")
        for code in chance.sample(("de", "sr"), chance.randint(0, 2)):
            translated(original, code, *chance.sample(AUDIENCES, chance.randint(1, 2)))
        if number % 3 == 2:
            original.unpublish()
    assert agree()


def test_a_change_of_one_translation_reaches_the_others() -> None:
    english = practice(title="Guardians")
    german = translated(english, "de", "public")
    assert agree()
    assert listed("de", VIEWERS[0]) == {german.pk}
    german.audiences.set(Audience.objects.filter(pk="members"))
    german.save_revision().publish()
    assert agree()
    assert (listed("de", VIEWERS[0]), listed("de", VIEWERS[1])) == ({english.pk}, {german.pk})
    PracticePage.objects.get(pk=german.pk).unpublish()
    assert agree()
    PracticePage.objects.get(pk=german.pk).get_latest_revision().publish()
    assert agree()
    PracticePage.objects.get(pk=german.pk).delete()
    assert agree()
    assert listed("de", VIEWERS[1]) == {english.pk}


def test_the_list_shows_a_member_the_translation_that_is_for_members_alone() -> None:
    english = practice(title="Guardians")
    translated(english, "de", "members")
    drain()
    with translation.override("de"):
        found = [PRACTICES.some(tokens, 5).items for tokens in VIEWERS]
    assert [[page.title for page in pages] for pages in found] == [["Guardians"], ["Guardians (de)"]]
