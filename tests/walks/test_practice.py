"""A member submits a practice; staff publish it in the CMS; it is found in another script, and its author is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page

from library.practices.models import PracticePage
from network.members.enums import Role
from network.members.staff_group import ensure_staff_group
from portal.core.models import AuditEntry, OutgoingMail
from search import search
from search.models import OutboxRow
from search.query import SearchRequest
from tests.factories.members import person
from tests.factories.practices import library, posted
from tests.factories.vocabulary import TermFactory

VISITOR = frozenset({"public"})


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH = {
        "BACKEND": "search.backends.embedded.EmbeddedBackend",
        "OPTIONS": {"path": str(tmp_path / "index")},
    }


@pytest.fixture
def _page_tree(transactional_db: None) -> None:
    """The root that Wagtail's migrations make, where an earlier test's flush took it away."""
    if Page.get_first_root_node() is None:
        locale, _made = Locale.objects.get_or_create(language_code="en")
        Page.add_root(instance=Page(title="Root", slug="root", locale=locale))


def found(text: str) -> list[str]:
    return [hit.slug for hit in search(SearchRequest(text=text, audiences=VISITOR)).hits]


def act(staff: Client, page: PracticePage, action: str, **words: str) -> None:
    """What the buttons of the CMS do with a task."""
    task = page.current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, task.pk])
    assert staff.post(address, words).status_code in (200, 302)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_page_tree")
def test_a_practice_is_submitted_sent_back_improved_published_found_and_told() -> None:
    library()
    ensure_staff_group()
    author, colleague = person(), person(Role.STAFF)
    member, staff, visitor = Client(), Client(), Client()
    member.force_login(author)
    staff.force_login(colleague)
    title = "Mobilni timovi za povratak"

    sent = member.post("/en/library/submit/", posted(TermFactory(), send="1"))
    assert sent.headers["Location"] == "/en/library/mine/"
    page = PracticePage.objects.get()
    assert visitor.get(f"/en/library/{page.slug}/").status_code == 404
    assert found("povratak") == []

    assert title in staff.get("/cms/").content.decode()
    assert staff.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    act(staff, page, "reject", comment="Since when?")
    assert "Since when?" in member.get("/en/library/mine/").content.decode()
    assert OutgoingMail.objects.filter(to=author.email, template="practices/changes_requested").exists()
    again = member.post(
        f"/en/library/mine/{page.pk}/",
        posted(TermFactory(), send="1", period="since 2024", revision=PracticePage.objects.get().latest_revision_id),
    )
    assert again.headers["Location"] == "/en/library/mine/"

    act(staff, PracticePage.objects.get(), "approve")
    page = PracticePage.objects.get()
    assert page.live
    assert "since 2024" in visitor.get(f"/en/library/{page.slug}/").content.decode()
    assert title in visitor.get("/sr/library/").content.decode()
    assert not OutboxRow.objects.exists()
    assert found("повратак") == [page.slug]
    told = OutgoingMail.objects.get(to=author.email, template="practices/published")
    assert told.sent_at is not None
    assert f"/en/library/{page.slug}/" in told.body
    assert AuditEntry.objects.get(action="practices.published").by == colleague
    assert "Published" in member.get("/en/library/mine/").content.decode()

    page.unpublish()
    assert found("повратак") == []
    assert visitor.get(f"/en/library/{page.slug}/").status_code == 404
    assert title not in visitor.get("/en/library/").content.decode()
