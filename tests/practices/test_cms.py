"""Staff make and publish practices in the CMS; a draft may be incomplete, a publication not."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from library.practices.models import PracticePage
from library.practices.safeguards import QUESTIONS
from network.members.enums import Role
from network.members.staff_group import ensure_staff_group
from tests.factories.members import person
from tests.factories.practices import ANSWERED, library, practice, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    ensure_staff_group()
    client.force_login(person(Role.STAFF))
    return client


def stream(name: str) -> dict[str, str]:
    return {f"{name}-count": "0"}


def fields(**more: Any) -> dict[str, Any]:
    return {
        "title": "Made by staff",
        "slug": "made-by-staff",
        "summary": "What was done.",
        "audiences": ["public"],
        "countries": ["RS", "FR"],
        "running": "unknown",
        "language": "en",
        "evidence": "described",
        "tags": "one, two",
        **stream("steps"),
        **stream("results"),
        **stream("sources"),
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        **more,
    }


def add(staff: Client, **more: Any) -> Any:
    address = reverse("wagtailadmin_pages:add", args=["practices", "practicepage", library().pk])
    assert staff.get(address).status_code == 200
    return staff.post(address, fields(**more))


def test_staff_publish_a_collected_practice_with_open_safeguards(staff: Client) -> None:
    add(staff, is_collected="on", **{"action-publish": "1"})
    page = PracticePage.objects.get()
    assert page.live
    assert page.countries == ["RS", "FR"]
    assert staff.get("/en/library/made-by-staff/").status_code == 200


def test_a_draft_may_be_incomplete(staff: Client) -> None:
    add(staff, summary="")
    assert not PracticePage.objects.get().live


def test_a_new_practice_is_for_nobody_until_an_audience_is_chosen(staff: Client) -> None:
    answer = add(staff, audiences=[])
    assert "This field is required" in answer.content.decode()
    assert not PracticePage.objects.exists()
    form = staff.get(reverse("wagtailadmin_pages:add", args=["practices", "practicepage", library().pk]))
    assert form.context["form"]["audiences"].value() in (None, [])


def test_publication_is_refused_while_a_safeguard_or_the_audience_is_open(staff: Client) -> None:
    answer = add(staff, **{"action-publish": "1"})
    assert answer.content.decode().count("Publication is blocked while this is open") == len(QUESTIONS)
    assert not PracticePage.objects.exists()
    assert (
        "This field is required"
        in add(staff, is_collected="on", audiences=[], **{"action-publish": "1"}).content.decode()
    )
    assert not PracticePage.objects.exists()


def test_a_complete_practice_is_published(staff: Client) -> None:
    add(staff, **ANSWERED, **{"action-publish": "1"})
    assert PracticePage.objects.get().live


def test_a_draft_beside_what_is_published_may_be_incomplete_too(staff: Client) -> None:
    add(staff, is_collected="on", **{"action-publish": "1"})
    page = PracticePage.objects.get()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert staff.post(address, fields(title="Not collected any more")).status_code == 302
    page.refresh_from_db()
    assert (page.is_collected, page.draft_title) == (True, "Not collected any more")
    assert "Publication is blocked" in staff.post(address, fields(**{"action-publish": "1"})).content.decode()


def test_the_librarys_own_addresses_are_refused(staff: Client) -> None:
    answer = add(staff, slug="submit", is_collected="on", **{"action-publish": "1"})
    assert "The library itself uses this address" in answer.content.decode()


def test_staff_see_what_waits_and_all_practices_in_one_list(staff: Client) -> None:
    page = submitted(person())
    practice(title="A published one")
    assert page.title in staff.get("/cms/").content.decode()
    listed = staff.get(reverse("practice_list:index")).content.decode()
    assert page.title in listed
    assert "A published one" in listed


def test_a_member_has_no_way_into_the_review(client: Client) -> None:
    author = person()
    page = submitted(author)
    client.force_login(author)
    task = page.current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    assert client.post(address).status_code in (302, 403)
    assert not PracticePage.objects.get(pk=page.pk).live


def test_approval_of_an_incomplete_practice_is_not_taken(staff: Client) -> None:
    page = submitted(person())
    page.complaints = ""
    page.save_revision(clean=False)
    task = page.current_workflow_task_state
    staff.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk]))
    assert not PracticePage.objects.get(pk=page.pk).live


def test_the_streams_of_a_practice_survive_the_editor(staff: Client) -> None:
    page = practice(steps=["First"], results=[("823", "people")])
    answer = staff.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert answer.status_code == 200
    assert "823" in answer.content.decode()


def test_a_preview_shows_the_draft_and_never_what_was_kept(staff: Client) -> None:
    page = practice(title="As published", **ANSWERED)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    form = fields(title="As edited", slug=page.slug, problem="Only in the draft", is_collected="on")
    connection.run_on_commit.clear()
    assert "As published" in staff.get(page.url).content.decode()
    assert staff.post(address, form).json()["is_valid"]
    shown = staff.get(address, {"mode": ""}).content.decode()
    assert "Only in the draft" in shown
    assert "Only in the draft" not in staff.get(page.url).content.decode()
