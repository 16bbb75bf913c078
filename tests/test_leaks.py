"""Nobody learns that a hidden thing exists: every page is byte for byte what it would be without it.

The portal is read before and after hidden things are made (a practice, a meeting, a page, a room, figures, files): no
hit, count, facet, suggestion, neighbour, menu entry, sitemap line or error text may differ for who may not see them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from events.models import MeetingPage
from network.members.enums import Role
from network.members.models import Agency, User
from portal.core.models import PortalRendition
from portal.pages.models import StandardPage
from portal.vocabulary.models import Term
from search.indexing import drain
from tests.factories.core import document, image, rendition
from tests.factories.events import SeriesFactory, meeting
from tests.factories.indicators import FigureFactory, IndicatorFactory
from tests.factories.members import AgencyFactory, WorkingGroupFactory, person
from tests.factories.pages import add_page, home_page
from tests.factories.practices import library, practice
from tests.factories.rooms import RoomFactory
from tests.factories.vocabulary import TermFactory
from tests.test_roles import all_patterns

pytestmark = pytest.mark.django_db

#: Stands in every hidden thing, and nowhere else.
MARK = "Zvezdoblik"


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, settings: Any) -> Iterator[None]:
    """An index of the test's own, on the engine this run is about."""
    cache.clear()
    options = dict(settings.SEARCH["OPTIONS"])
    options |= {"path": str(tmp_path / "index")} if "path" in options else {"index": f"leaks-{uuid.uuid4().hex[:12]}"}
    settings.SEARCH = {**settings.SEARCH, "OPTIONS": options}
    yield
    cache.clear()


class Network:
    """What everyone may see: two meetings of a series, a practice, figures; filed under one stage, by one agency."""

    def __init__(self) -> None:
        home_page()
        library()
        self.stage: Term = TermFactory(slug="readmission", label="Readmission")
        self.agency: Agency = AgencyFactory(slug="service", name="Service for foreigners")
        self.series = SeriesFactory(slug="dialogue", title="Migration dialogue")
        self.group = WorkingGroupFactory(slug="escorts", name="Escort officers")
        self.first = self.meeting("first", start="2024-02-01", end="2024-02-02")
        self.last = self.meeting("last", start="2025-06-01", end="2025-06-02")
        self.practice("Open practice", "open", "public")
        FigureFactory(indicator=IndicatorFactory(slug="open-figures", name="Open figures"))
        RoomFactory(slug="open-room", title="Open room", topic=self.stage)

    def meeting(self, slug: str, *audiences: str, **fields: Any) -> MeetingPage:
        words = {"title": f"Meeting {slug}", **fields}
        return meeting(
            slug,
            audiences=audiences or ("public",),
            series=self.series,
            terms=[self.stage],
            organisations=[("participant", self.agency.name, self.agency)],
            recommended=[f"{words['title']} recommends"],
            **words,
        )

    def practice(self, title: str, slug: str, *audiences: str, **fields: Any) -> None:
        practice(
            *audiences,
            title=title,
            slug=slug,
            terms=[self.stage],
            tags=[f"{slug} tag"],
            lead_agency=self.agency,
            **fields,
        )

    def hide(self, *audiences: str) -> list[str]:
        """One of each thing for `audiences`; returns the addresses of their files."""
        dates = {"start": "2025-01-28", "end": "2025-01-30"}
        place = {"city": MARK, "country": "SM"}
        between = {"previous_meeting": self.first, "next_meeting": self.last}
        hidden = self.meeting("hidden", *audiences, title=f"{MARK} meeting", **dates, **place, **between)
        # The public meetings on both sides lead to it as well.
        MeetingPage.objects.filter(pk=self.first.pk).update(next_meeting=hidden)
        MeetingPage.objects.filter(pk=self.last.pk).update(previous_meeting=hidden)
        self.practice(f"{MARK} practice", "hidden", *audiences, countries=["SM"])
        hidden_page = StandardPage(title=f"{MARK} page", slug="hidden", lead=MARK, show_in_menus=True)
        add_page(home_page(), hidden_page, *audiences)
        indicator = IndicatorFactory(slug="hidden", name=f"{MARK} figures", definition=MARK, audiences=audiences)
        FigureFactory(indicator=indicator, area="SM")
        RoomFactory(slug="hidden", title=f"{MARK} room", topic=self.stage, audiences=audiences)
        if audiences == ("members",):
            person(name=f"{MARK} member", agency=self.agency)
        picture = image(*audiences, title=f"{MARK} picture")
        size: PortalRendition = rendition(picture)
        paper = document(*audiences, title=f"{MARK} document")
        return [picture.file.url, size.url, paper.file.url, paper.url]


WORDS = (MARK, MARK[:7], "zvezdoblk", "meeting", "member", "practice", "readmission", "service", "")
PLACES = (
    "/en/",
    "/sr/",
    "/en/meetings/",
    "/en/meetings/first/",
    "/en/meetings/last/",
    "/en/meetings/hidden/",
    "/en/recommendations/",
    "/en/library/",
    "/en/library/?country=SM",
    "/en/library/?stage=readmission",
    "/en/library/?tag=hidden-tag",
    "/en/library/open/",
    "/en/library/hidden/",
    "/en/hidden/",
    "/en/figures/",
    "/en/figures/open-figures/",
    "/en/figures/hidden/",
    "/en/figures/hidden/figures.csv",
    "/en/terms/",
    "/en/terms/stage/readmission/",
    "/en/organisations/",
    "/en/organisations/service/",
    "/en/rooms/",
    "/en/rooms/open-room/",
    "/en/rooms/hidden/",
    "/en/directory/",
    "/en/search/",
    "/en/search/?country=SM",
    "/en/search/?stage=readmission",
    *(f"/en/search/?q={words}" for words in WORDS),
    "/sitemap.xml",
    "/robots.txt",
    "/en/nowhere/",
)
#: Tokens against forgery, and the ids a form brings along for what is written in it.
_OF_ONE_REQUEST = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
)


def seen_by(user: User | None) -> dict[str, tuple[int, str, bytes]]:
    """Every place as `user` gets it, but for what differs from one request to the next."""
    client = Client()
    if user is not None:
        client.force_login(user)
    drain()
    found = {}
    for place in PLACES:
        response = client.get(place)
        body = _OF_ONE_REQUEST.sub(b"", b"".join(response) if response.streaming else response.content)
        found[place] = (response.status_code, response.headers.get("Location", ""), body)
    return found


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [place for place in PLACES if before[place] != after[place]]


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED], ids=str)
def test_what_is_for_members_changes_nothing_for_those_outside(role: Role) -> None:
    network, user = Network(), None if role == Role.ANONYMOUS else person(role)
    before = seen_by(user)
    files = network.hide("members")
    assert changed(before, seen_by(user)) == []
    client = Client()
    if user is not None:
        client.force_login(user)
    assert {client.get(address, follow=True).status_code for address in files} == {404}


@pytest.mark.parametrize(
    ("role", "audience"),
    [(Role.MEMBER, "group:escorts"), (Role.FOCAL_POINT, "agency:other"), (Role.REVIEWER, "group:escorts")],
)
def test_what_is_for_a_group_or_an_agency_changes_nothing_for_other_members(role: Role, audience: str) -> None:
    network, user = Network(), person(role)
    AgencyFactory(slug="other", name="Service elsewhere")
    seen_by(user)  # what one read is remembered, and shown as read the next time
    before = seen_by(user)
    files = network.hide(audience)
    assert changed(before, seen_by(user)) == []
    client = Client()
    client.force_login(user)
    assert {client.get(address, follow=True).status_code for address in files} == {404}


def test_what_is_for_nobody_changes_nothing_for_members() -> None:
    network, user = Network(), person()
    seen_by(user)
    before = seen_by(user)
    network.hide("group:escorts")
    network.group.delete()
    assert changed(before, seen_by(user)) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.STAFF, Role.ADMINISTRATOR], ids=str)
def test_members_do_find_what_is_for_them(role: Role) -> None:
    """So that the tests above have something to find."""
    network, user = Network(), person(role)
    network.hide("members")
    found = seen_by(user)
    for place in (
        "/en/meetings/",
        "/en/meetings/first/",
        "/en/meetings/last/",
        "/en/meetings/hidden/",
        "/en/recommendations/",
        "/en/library/",
        "/en/library/?country=SM",
        "/en/library/?tag=hidden-tag",
        "/en/library/hidden/",
        "/en/hidden/",
        "/en/figures/",
        "/en/figures/hidden/",
        "/en/terms/stage/readmission/",
        "/en/organisations/service/",
        "/en/directory/",
        "/en/search/?q=member",
        "/en/rooms/",
        "/en/rooms/hidden/",
        f"/en/search/?q={MARK}",
        "/en/search/?country=SM",
    ):
        assert MARK.encode() in found[place][2], place
    assert MARK.encode() not in found["/sitemap.xml"][2]


def test_there_is_no_programming_interface_outside_the_cms() -> None:
    assert [pattern for _name, pattern in all_patterns() if "api" in pattern and not pattern.startswith("cms/")] == []


def test_a_page_without_an_audience_is_not_even_there_for_staff() -> None:
    page = add_page(home_page(), StandardPage(title="Nobody's", slug="nobodys"), "members")
    page.audiences.clear()
    page.save()
    client = Client()
    client.force_login(person(Role.ADMINISTRATOR))
    assert client.get("/en/nobodys/").status_code == 404


def test_a_page_type_that_knows_no_audience_is_served_to_nobody() -> None:
    from wagtail.models import Page

    home_page().add_child(instance=Page(title="Plain", slug="plain"))
    client = Client()
    client.force_login(person(Role.ADMINISTRATOR))
    assert client.get("/en/plain/").status_code == 404
