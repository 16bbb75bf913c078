"""The one place that decides who sees what."""

from __future__ import annotations

import pytest

from portal.core.audience import (
    ANONYMOUS,
    MEMBERS,
    PUBLIC,
    agency_token,
    audience_label,
    can_view,
    group_token,
    tokens_of,
    visible_to,
)
from portal.core.models import PortalDocument, PortalImage
from portal.pages.models import StandardPage
from tests.factories.core import document, image
from tests.factories.members import AgencyFactory, WorkingGroupFactory
from tests.factories.pages import home_page, standard_page

pytestmark = pytest.mark.django_db


def test_tokens_are_written_by_kind_and_slug() -> None:
    assert (group_token("escorts"), agency_token("rs-kirs")) == ("group:escorts", "agency:rs-kirs")


@pytest.mark.parametrize(
    ("audiences", "held", "sees"),
    [
        ([PUBLIC], ANONYMOUS, True),
        ([MEMBERS], ANONYMOUS, False),
        ([MEMBERS], {PUBLIC, MEMBERS}, True),
        ([PUBLIC, MEMBERS], {MEMBERS}, True),
        ([], {PUBLIC, MEMBERS}, False),
        ([PUBLIC], set(), False),
    ],
)
def test_a_viewer_sees_what_shares_a_token_and_nothing_without_one(audiences, held, sees: bool) -> None:
    item = document(*audiences)
    assert can_view(item, held) is sees
    assert visible_to(PortalDocument.objects.all(), held).exists() is sees


def test_a_group_and_an_agency_open_only_to_their_own() -> None:
    group, agency = WorkingGroupFactory(), AgencyFactory()
    item = document(group.audience_token, agency.audience_token)
    assert tokens_of(item) == {group.audience_token, agency.audience_token}
    for held in ({group.audience_token}, {agency.audience_token}):
        assert can_view(item, held)
    assert not can_view(item, {PUBLIC, MEMBERS, WorkingGroupFactory().audience_token})


def test_an_item_with_several_shared_audiences_is_listed_once() -> None:
    document(PUBLIC, MEMBERS)
    assert visible_to(PortalDocument.objects.all(), {PUBLIC, MEMBERS}).count() == 1


def test_pages_and_images_are_filtered_as_documents_are() -> None:
    page, picture = standard_page(home_page(), MEMBERS), image(MEMBERS)
    for queryset, item in ((StandardPage.objects.all(), page), (PortalImage.objects.all(), picture)):
        assert list(visible_to(queryset, {MEMBERS})) == [item]
        assert not visible_to(queryset, ANONYMOUS).exists()


def test_the_label_says_who_sees_an_item() -> None:
    one, two = WorkingGroupFactory(name="Escorts"), WorkingGroupFactory(name="Monitors")
    labels = [
        audience_label(document(*audiences))
        for audiences in ([PUBLIC, MEMBERS], [MEMBERS], [two.audience_token, one.audience_token], [])
    ]
    assert [(label.kind, label.text) for label in labels] == [
        ("public", "Public"),
        ("members", "Members"),
        ("group", "Escorts, Monitors"),
        ("nobody", "Nobody yet"),
    ]
