import datetime as dt
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import Workflow, WorkflowPage, WorkflowState

from library.practices import catalogue, selectors, services
from library.practices.enums import DraftState
from library.practices.models import LibraryIndexPage, PracticePage, PracticeReview
from network.members.enums import Role
from portal.core.models import AuditEntry, OutgoingMail
from tests.factories.members import person
from tests.factories.practices import ANSWERED, library, practice, published, submitted, text, unpublished

pytestmark = pytest.mark.django_db


def state_of(page: PracticePage) -> DraftState:
    return selectors.standing_of(PracticePage.objects.get(pk=page.pk)).state


def approve(page: PracticePage, by: Any) -> None:
    page.current_workflow_task_state.approve(user=by)


def test_a_saved_draft_is_kept_for_its_author_and_published_for_nobody() -> None:
    library()
    author = person()
    page = services.save_draft(by=author, text=services.PracticeText(title="Half a thought"))
    assert not page.live
    assert state_of(page) == DraftState.DRAFT
    assert page.get_latest_revision().user == author
    assert list(catalogue.visible({"public", "members"})) == []


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED])
def test_only_members_write_practices(role: Role) -> None:
    library()
    with pytest.raises(PermissionDenied):
        services.save_draft(by=person(role), text=text())
    assert not PracticePage.objects.exists()


def test_a_submitted_practice_waits_for_the_project_staff_and_its_author_has_it_in_writing() -> None:
    author = person()
    page = submitted(author)
    state = page.current_workflow_state
    assert state.workflow.name == "Practices"
    assert isinstance(state.current_task_state.task.specific, PracticeReview)
    assert state_of(page) == DraftState.IN_REVIEW
    assert page.confirmed_on == timezone.localdate()
    assert page.valid_until == timezone.localdate() + dt.timedelta(days=365)
    letter = OutgoingMail.objects.get(to=author.email)
    assert page.title in letter.subject
    assert "/en/library/mine/" in letter.body
    assert AuditEntry.objects.filter(action="practices.submitted", by=author).exists()


@pytest.mark.parametrize(("missing", "named"), [({"audience": ""}, "who will see"), ({"safeguards": {}}, "complaint")])
def test_nothing_incomplete_is_sent_and_nothing_half_done_stays(missing: dict[str, Any], named: str) -> None:
    library()
    with pytest.raises(ValidationError, match=f"(?i){named}"):
        services.submit_practice(by=person(), data=text(**missing))
    assert not PracticePage.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_approval_publishes_and_tells_the_author() -> None:
    author, staff = person(), person(Role.STAFF)
    page = submitted(author)
    approve(page, staff)
    page.refresh_from_db()
    assert page.live
    letter = OutgoingMail.objects.get(to=author.email, template="practices/published")
    assert page.url in letter.body
    assert AuditEntry.objects.filter(action="practices.published").exists()


def test_a_second_publication_tells_nobody_again() -> None:
    author, staff = person(), person(Role.STAFF)
    page = submitted(author)
    approve(page, staff)
    published(PracticePage.objects.get(pk=page.pk))
    assert OutgoingMail.objects.filter(template="practices/published").count() == 1


def test_a_publication_that_is_only_scheduled_tells_nobody_yet() -> None:
    author = person()
    page = submitted(author)
    page.go_live_at = timezone.now() + dt.timedelta(days=3)
    page.save_revision().publish()
    assert not OutgoingMail.objects.filter(template="practices/published").exists()


def test_a_request_for_changes_reaches_the_author_who_changes_and_sends_again() -> None:
    author, staff = person(), person(Role.STAFF)
    page = submitted(author)
    page.current_workflow_task_state.reject(user=staff, comment="Which year was that?")
    page = PracticePage.objects.get(pk=page.pk)
    assert state_of(page) == DraftState.CHANGES_REQUESTED
    assert selectors.standing_of(page).comment == "Which year was that?"
    letter = OutgoingMail.objects.get(template="practices/changes_requested")
    assert letter.to == author.email
    assert "Which year was that?" in letter.body
    assert AuditEntry.objects.get(action="practices.changes_requested").reason == "Which year was that?"

    services.submit_practice(by=author, data=text(title="Better", period="2024"), practice=page)
    again = PracticePage.objects.get(pk=page.pk)
    assert state_of(again) == DraftState.IN_REVIEW
    assert WorkflowState.objects.count() == 1
    approve(again, staff)
    again.refresh_from_db()
    assert again.title == "Better"
    assert again.live


def test_a_practice_in_review_or_published_is_not_its_authors_to_change() -> None:
    author, staff = person(), person(Role.STAFF)
    page = submitted(author)
    with pytest.raises(PermissionDenied):
        services.save_draft(by=author, text=text(), practice=page)
    approve(page, staff)
    with pytest.raises(PermissionDenied):
        services.save_draft(by=author, text=text(), practice=PracticePage.objects.get(pk=page.pk))


def test_nobody_changes_the_draft_of_another() -> None:
    library()
    page = services.save_draft(by=person(), text=text())
    with pytest.raises(PermissionDenied):
        services.save_draft(by=person(), text=text(title="Mine now"), practice=page)


def test_a_draft_that_was_changed_meanwhile_is_not_overwritten() -> None:
    library()
    author = person()
    page = services.save_draft(by=author, text=text())
    seen = page.latest_revision_id
    services.save_draft(by=author, text=text(problem="The other window"), practice=page, seen_revision=seen)
    with pytest.raises(services.DraftChangedError) as caught:
        services.save_draft(by=author, text=text(problem="This window"), practice=page, seen_revision=seen)
    assert caught.value.practice.problem == "The other window"


def test_a_practice_with_an_open_safeguard_is_published_by_nobody() -> None:
    page = unpublished(complaints="")
    with pytest.raises(ValidationError, match="Complaint mechanism"):
        page.save_revision().publish()
    assert not PracticePage.objects.get(pk=page.pk).live


def test_an_unexplained_answer_and_the_silence_of_sources_count_as_open() -> None:
    page = unpublished(complaints_why=" ", data_protection="silent")
    assert [question.key for question in page.unanswered()] == ["data_protection", "complaints"]


def test_what_staff_collected_may_leave_safeguards_open_and_stays_unconfirmed() -> None:
    silent = {name: "silent" for name in ANSWERED if not name.endswith("_why")}
    page = practice(**silent, is_collected=True)
    assert page.live
    assert page.is_unconfirmed
    assert page.freshness.label == "Unconfirmed since it was collected"


def test_an_incomplete_practice_can_only_be_sent_back() -> None:
    staff = person(Role.STAFF)
    page = submitted(person())
    task = page.current_workflow_task
    assert {name for name, _words, _modal in task.get_actions(page, staff)} == {"approve", "reject"}
    page.complaints = ""
    page.save_revision()
    assert {name for name, _words, _modal in task.get_actions(page, staff)} == {"reject"}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.SUSPENDED])
def test_only_project_staff_review(role: Role) -> None:
    page = submitted(person())
    assert page.current_workflow_task.get_actions(page, person(role)) == []


def test_the_review_stands_on_a_fresh_installation_and_is_made_once() -> None:
    services.ensure_workflow()
    services.ensure_workflow()
    workflow = Workflow.objects.get(name="Practices")
    assert [group.name for group in workflow.tasks.get().specific.groups.all()] == ["Project staff"]
    assert not WorkflowPage.objects.filter(workflow=workflow).exists()
    page = library()
    assert page.get_workflow() == workflow


def test_a_workflow_that_staff_put_in_its_place_stays() -> None:
    page = library()
    own = Workflow.objects.create(name="Two readers")
    page.workflowpage.workflow = own
    page.workflowpage.save()
    services.ensure_workflow()
    assert LibraryIndexPage.objects.get().get_workflow() == own


def test_addresses_never_hide_behind_the_librarys_own() -> None:
    library()
    author = person()
    slugs = [services.save_draft(by=author, text=text(title=title)).slug for title in ("Submit", "Mine", "Mine", "…")]
    assert slugs == ["submit-2", "mine-2", "mine-3", "practice"]
    with pytest.raises(ValidationError, match="library itself"):
        unpublished(slug="submit").full_clean()


def test_a_title_of_101_characters_and_a_period_that_runs_backwards_are_refused() -> None:
    with pytest.raises(ValidationError, match="101 of at most 100 characters"):
        unpublished(title="x" * 101).full_clean()
    with pytest.raises(ValidationError, match="before the first"):
        published(unpublished(year_from=2024, year_to=2019))


def test_a_practice_outlives_its_author() -> None:
    author = person()
    page = submitted(author)
    author.membership.delete()
    author.delete()
    page.refresh_from_db()
    assert page.author is None
    page.current_workflow_task_state.reject(user=person(Role.STAFF), comment="Nobody to tell")
    assert not OutgoingMail.objects.filter(template="practices/changes_requested").exists()


def test_without_a_library_a_draft_says_what_is_missing() -> None:
    with pytest.raises(ValidationError, match="no page yet"):
        services.save_draft(by=person(), text=text())


def test_the_audit_trail_names_the_kind_of_thing() -> None:
    page = submitted(person())
    kinds = {entry.content_type for entry in AuditEntry.objects.filter(object_id=str(page.pk))}
    assert kinds == {ContentType.objects.get_for_model(PracticePage)}
