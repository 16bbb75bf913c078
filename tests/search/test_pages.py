"""Wagtail pages: publication, unpublication, moves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from wagtail.models import Locale, Page, Site
from wagtail.signals import page_published

from search import indexing, registry
from search.documents import SearchDocument
from search.models import OutboxRow

pytestmark = pytest.mark.django_db(transaction=True)
Found = Callable[..., list[str]]


def page_document(page: Page) -> SearchDocument | None:
    if not page.live or page.depth < 3:
        return None
    path = page.url_path.split("/", 2)[2]
    return SearchDocument(type="page", id=str(page.pk), slug=path, title=page.title, path=path, audiences={"public"})


@pytest.fixture
def home() -> Page:
    registry.register(Page, page_document, type="page", label="Page")
    Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    return root.add_child(title="Home", slug="own-home")


def test_a_published_page_is_found_and_an_unpublished_one_is_not(home: Page, found: Found) -> None:
    page = home.add_child(instance=Page(title="Escorts", slug="escorts", live=False))
    assert found("escorts") == []
    page.save_revision().publish()
    assert found("escorts") == ["escorts/"]
    page.refresh_from_db()
    page.unpublish()
    assert found("escorts") == []


def test_a_draft_changes_nothing_that_is_found(home: Page, found: Found) -> None:
    page = home.add_child(title="Escorts", slug="escorts")
    page.title = "Monitors"
    page.save_revision()
    assert found("monitors") == []
    assert found("escorts") == ["escorts/"]


def test_the_signal_of_a_scheduled_publication_publishes_nothing(home: Page, found: Found) -> None:
    page = home.add_child(instance=Page(title="Escorts", slug="escorts", live=False))
    page_published.send(sender=Page, instance=page)
    assert found("escorts") == []


def test_pages_below_a_moved_page_have_new_addresses(home: Page, found: Found) -> None:
    old = home.add_child(title="Old", slug="old")
    new = home.add_child(title="New", slug="new")
    old.add_child(title="Escorts", slug="escorts")
    assert found("escorts") == ["old/escorts/"]
    old.refresh_from_db()
    old.move(new, pos="last-child")
    assert found("escorts") == ["new/old/escorts/"]


def test_pages_below_a_renamed_page_have_new_addresses(home: Page, found: Found) -> None:
    old = home.add_child(title="Old", slug="old")
    old.add_child(title="Escorts", slug="escorts")
    old.refresh_from_db()
    old.slug = "renamed"
    old.save_revision().publish()
    assert found("escorts") == ["renamed/escorts/"]


def test_a_deleted_page_takes_those_below_it(home: Page, found: Found) -> None:
    section = home.add_child(title="Section", slug="section")
    section.add_child(title="Escorts", slug="escorts")
    Page.objects.get(pk=section.pk).delete()
    assert found("escorts") == []
    assert OutboxRow.objects.count() == 0


def test_a_page_is_registered_by_its_specific_class(home: Page) -> None:
    """Wagtail hands signals plain pages too: they count as what they are."""
    registration = registry.registration_of(Page.objects.get(pk=home.pk))
    assert registration is not None
    indexing.enqueue(Site(pk=1))
    assert OutboxRow.objects.count() == 0
