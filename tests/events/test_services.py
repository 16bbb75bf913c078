import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from events import services
from events.enums import RecommendationStatus
from events.models import FollowUp, MeetingPage, Recommendation
from events.services import Draft
from portal.core.audience import MEMBERS
from portal.core.dates import date_text
from portal.core.models import AuditEntry, OutgoingMail
from tests.factories import events as make

pytestmark = pytest.mark.django_db


def test_issuing_twice_makes_the_recommendations_once() -> None:
    page, by = make.meeting(), make.staff()
    drafts = [Draft(1, "Share figures."), Draft(2, "Meet again.")]
    assert len(services.issue_recommendations(meeting=page, recommended=drafts, by=by)) == 2
    assert services.issue_recommendations(meeting=page, recommended=drafts, by=by) == []
    assert list(page.recommendations.values_list("number", "text")) == [(1, "Share figures."), (2, "Meet again.")]
    assert AuditEntry.objects.filter(action="events.recommendation_issued", by=by).count() == 2


def test_changed_wording_reaches_the_issued_one_and_leaves_its_progress() -> None:
    page, by = make.meeting(recommended=["Share figures."]), make.staff()
    row = page.recommendations.get()
    services.report_progress(recommendation=row, version=1, status="in_progress", evidence="A first table.", by=by)
    services.issue_recommendations(meeting=page, recommended=[Draft(1, "Share figures monthly.")], by=by)
    row.refresh_from_db()
    assert (row.text, row.status, row.evidence) == ("Share figures monthly.", "in_progress", "A first table.")
    assert AuditEntry.objects.get(action="events.recommendation_reworded").data["before"] == "Share figures."


def test_publishing_an_older_revision_takes_no_recommendation_away() -> None:
    page = make.meeting()
    older = page.latest_revision
    page.recommended = make.blocks("Share figures.")
    page.save_revision().publish()
    row = page.recommendations.get()
    make.follow_up(row, make.meeting("ljubljana"))
    older.publish()
    assert list(MeetingPage.objects.get(pk=page.pk).recommendations.all()) == [row]
    assert row.follow_ups.count() == 1


def test_a_number_given_twice_is_refused_and_nothing_is_issued() -> None:
    page = make.meeting()
    with pytest.raises(ValidationError, match="two recommendations"):
        services.issue_recommendations(meeting=page, recommended=[Draft(1, "a"), Draft(1, "b")], by=None)
    assert not page.recommendations.exists()


def test_codes_name_place_year_and_number_and_never_collide() -> None:
    first = make.meeting("sarajevo", start=make.days(-10), recommended=["One.", "Two."])
    second = make.meeting("sarajevo-again", city="Sarajevo", start=make.days(-10), recommended=["Three."])
    undated = make.meeting("podgorica", city="", country="ME", date_precision="before", recommended=["Four."])
    year = f"{first.start:%y}"
    assert [row.code for row in first.recommendations.all()] == [f"SA{year}-1", f"SA{year}-2"]
    assert second.recommendations.get().code == f"SA{year}b-1"
    assert undated.recommendations.get().code == "ME-1"


def test_only_staff_issue_carry_and_save() -> None:
    page, someone = make.meeting(recommended=["One."]), make.member(focal_point=True)
    row = page.recommendations.get()
    with pytest.raises(PermissionDenied):
        services.issue_recommendations(meeting=page, recommended=[], by=someone)
    with pytest.raises(PermissionDenied):
        services.carry_forward(meeting=page, by=someone)
    with pytest.raises(PermissionDenied):
        services.save_recommendation(recommendation=row, by=someone)


def test_the_next_meeting_inherits_what_is_open_once() -> None:
    series = make.SeriesFactory()
    first = make.meeting("sarajevo", series=series, start=make.days(-40), recommended=["One.", "Two.", "Three."])
    one, two, three = first.recommendations.all()
    Recommendation.objects.filter(pk=two.pk).update(status=RecommendationStatus.DONE)
    Recommendation.objects.filter(pk=three.pk).update(status=RecommendationStatus.DROPPED, reason="Overtaken.")
    following = make.meeting("ljubljana", series=series, start=make.days(20))
    assert [item.recommendation for item in following.follow_ups.all()] == [one]
    assert services.carry_forward(meeting=following, by=None) == []
    assert following.follow_ups.count() == 1


def test_other_series_and_drafts_inherit_nothing() -> None:
    make.meeting("sarajevo", series=make.SeriesFactory(), start=make.days(-40), recommended=["One."])
    other = make.meeting("ljubljana", series=make.SeriesFactory())
    alone = make.meeting("budva", series=None)
    other.unpublish()
    assert not FollowUp.objects.exists()
    assert services.carry_forward(meeting=alone, by=None) == []
    assert services.carry_forward(meeting=other, by=None) == []


def test_a_meeting_also_of_a_series_takes_part_in_it() -> None:
    series = make.SeriesFactory()
    make.meeting("sarajevo", also_series=series, start=make.days(-40), recommended=["One."])
    following = make.meeting("ljubljana", series=series, also_series=make.SeriesFactory(), start=make.days(20))
    assert following.follow_ups.count() == 1


def test_an_outcome_published_late_reaches_the_meeting_that_is_announced_already() -> None:
    series = make.SeriesFactory()
    first = make.meeting("sarajevo", series=series, start=make.days(-5))
    announced = make.meeting("ljubljana", series=series, start=make.days(20))
    later_still = make.meeting("budva", series=series, start=make.days(90))
    first.recommended = make.blocks("One.")
    first.save_revision().publish()
    assert announced.follow_ups.count() == 1
    assert later_still.follow_ups.count() == 0


def test_a_meeting_without_a_date_is_one_still_to_come() -> None:
    series = make.SeriesFactory()
    first = make.meeting("sarajevo", series=series, start=make.days(-5))
    make.meeting("next", series=series, start=None, date_precision="unknown", city="")
    first.recommended = make.blocks("One.")
    first.save_revision().publish()
    assert FollowUp.objects.get().meeting.slug == "next"


def test_what_is_issued_later_never_enters_a_meeting_that_is_over() -> None:
    series = make.SeriesFactory()
    first = make.meeting("sarajevo", series=series, start=make.days(-40))
    over = make.meeting("ljubljana", series=series, start=make.days(-20))
    first.recommended = make.blocks("One.")
    first.save_revision().publish()
    over.save_revision().publish()
    assert not FollowUp.objects.exists()


def test_owners_are_told_by_mail_once() -> None:
    owner = make.agency()
    focal_point = make.member("focal@example.org", of=owner, focal_point=True)
    make.member("colleague@example.org", of=owner)
    page = make.meeting()
    drafts = [Draft(1, "Share figures.", owner, make.days(30)), Draft(2, "Meet again.", owner)]
    for _time in range(2):
        services.issue_recommendations(meeting=page, recommended=drafts, by=None)
    letter = OutgoingMail.objects.get()
    assert letter.to == focal_point.email
    assert "2 recommendations" in letter.subject
    assert "Share figures." in letter.body
    assert f"Due: {date_text(make.days(30))}" in letter.body
    assert page.recommendations.first().get_absolute_url() in letter.body


def test_an_owner_outside_the_audience_is_not_told() -> None:
    owner = make.agency()
    make.member(of=owner, focal_point=True)
    hidden = make.meeting(audiences=("agency:other",))
    services.issue_recommendations(meeting=hidden, recommended=[Draft(1, "Keep it quiet.", owner)], by=None)
    assert not OutgoingMail.objects.exists()


def test_owners_are_told_of_the_coming_meeting_but_not_of_one_they_may_not_see() -> None:
    owner, series = make.agency(), make.SeriesFactory()
    make.member(of=owner, focal_point=True)
    first = make.meeting("sarajevo", series=series, start=make.days(-40))
    make.recommendation(first, owner=owner)
    make.meeting("hidden", series=series, start=make.days(20), audiences=("agency:other",))
    assert not OutgoingMail.objects.exists()
    make.meeting("ljubljana", series=series, start=make.days(30), audiences=(MEMBERS,))
    assert "Ljubljana" in OutgoingMail.objects.get().subject


def test_progress_moves_the_version_on_and_a_stale_writer_changes_nothing() -> None:
    row, by = make.recommendation(), make.staff()
    services.report_progress(recommendation=row, version=1, status="in_progress", evidence="Mine.", by=by)
    with pytest.raises(services.ConflictError) as caught:
        services.report_progress(recommendation=row, version=1, status="done", evidence="Theirs.", by=by)
    assert caught.value.current.evidence == "Mine."
    row.refresh_from_db()
    assert (row.status, row.evidence, row.version) == ("in_progress", "Mine.", 2)


def test_dropping_needs_a_reason_and_a_status_must_be_one() -> None:
    row, by = make.recommendation(), make.staff()
    with pytest.raises(ValidationError, match="Say why"):
        services.report_progress(recommendation=row, version=1, status="dropped", reason="  ", by=by)
    with pytest.raises(ValidationError, match="not a status"):
        services.report_progress(recommendation=row, version=1, status="vanished", by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recommendation.objects.filter(pk=row.pk).update(status="dropped")


def test_the_owners_focal_point_may_report_and_others_may_not() -> None:
    row = make.recommendation(owner=make.agency("owner"))
    owner = make.member("owner@example.org", of=make.agency("owner"), focal_point=True)
    colleague = make.member("colleague@example.org", of=make.agency("owner"))
    stranger = make.member("stranger@example.org", of=make.agency("other"), focal_point=True)
    for person in (colleague, stranger):
        with pytest.raises(PermissionDenied):
            services.report_progress(recommendation=row, version=1, status="done", by=person)
    assert services.report_progress(recommendation=row, version=1, status="done", by=owner).status == "done"


def test_a_follow_up_keeps_what_was_said_and_moves_the_recommendation() -> None:
    row, by = make.recommendation(make.meeting(start=make.days(-40))), make.staff()
    item = make.follow_up(row, make.meeting("ljubljana"))
    services.record_follow_up(
        follow_up=item, version=1, status="done", note="All report monthly.", evidence="Six tables.", by=by
    )
    item.refresh_from_db()
    row.refresh_from_db()
    assert (item.status, item.note, item.recorded_by) == ("done", "All report monthly.", by)
    assert (row.status, row.evidence, row.version) == ("done", "Six tables.", 2)
    with pytest.raises(services.ConflictError):
        services.record_follow_up(follow_up=item, version=1, status="open", note="Not so.", by=by)
    item.refresh_from_db()
    assert item.note == "All report monthly."


def test_correcting_an_earlier_follow_up_leaves_where_it_stands_now() -> None:
    row = make.recommendation(make.meeting(start=make.days(-60)))
    earlier = make.follow_up(row, make.meeting("ljubljana", start=make.days(-40)))
    make.follow_up(row, make.meeting("budva", start=make.days(-20)))
    services.record_follow_up(follow_up=earlier, version=1, status="in_progress", note="Begun.", by=make.staff())
    row.refresh_from_db()
    assert row.status == "open"


def test_a_new_owner_given_in_the_cms_is_told_and_the_change_is_on_record() -> None:
    owner = make.agency()
    make.member(of=owner, focal_point=True)
    row, by = make.recommendation(), make.staff()
    row.owner = owner
    services.save_recommendation(recommendation=row, by=by)
    assert OutgoingMail.objects.count() == 1
    assert "owner_id" in AuditEntry.objects.get(action="events.recommendation_changed").data
    row.version = 1
    with pytest.raises(services.ConflictError):
        services.save_recommendation(recommendation=row, by=by)


def test_an_example_is_nobodys_duty() -> None:
    owner = make.agency()
    make.member(of=owner, focal_point=True)
    row = make.recommendation(is_example=True)
    row.owner = owner
    services.save_recommendation(recommendation=row, by=None)
    assert not OutgoingMail.objects.exists()


def test_a_place_with_every_letter_taken_still_gets_a_code() -> None:
    year = f"{make.days(-10):%y}"
    for letter in ("", *"bcdefghijklmnopqrstuvwxyz"):
        make.recommendation(make.standing_meeting(f"sarajevo{letter or 'a'}"), code=f"SA{year}{letter}-1")
    page = make.meeting("sarajevo", recommended=["One more."])
    assert page.recommendations.get().code == f"SA{year}.{page.pk}-1"


def test_an_outcome_of_a_meeting_without_a_date_is_carried_too() -> None:
    series = make.SeriesFactory()
    coming = make.meeting("ljubljana", series=series, start=make.days(20))
    undated = make.meeting("sarajevo", series=series, start=None, date_precision="unknown", recommended=["One."])
    assert [item.recommendation.meeting for item in coming.follow_ups.all()] == []
    undated.start = make.days(-3)
    undated.date_precision = "day"
    undated.save_revision().publish()
    assert [item.recommendation.meeting for item in coming.follow_ups.all()] == [undated]
