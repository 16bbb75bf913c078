"""Meetings, recommendations and the people around them, for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from events.models import FollowUp, MeetingIndexPage, MeetingOrganisation, MeetingPage, MeetingSeries, Recommendation
from network.members.enums import Role
from network.members.models import Agency, User
from portal.core.audience import PUBLIC
from portal.core.models import Audience
from tests.factories.members import AgencyFactory, person
from tests.factories.pages import add_page, home_page


class SeriesFactory(DjangoModelFactory):
    """A series without meetings."""

    class Meta:
        model = MeetingSeries

    slug = factory.Sequence("series-{}".format)
    title = factory.Sequence("Series {}".format)


def days(number: int) -> dt.date:
    """The day `number` days from today."""
    return timezone.localdate() + dt.timedelta(days=number)


def index_page() -> MeetingIndexPage:
    """The page above the meetings; made once a test."""
    standing = MeetingIndexPage.objects.first()
    return standing or add_page(home_page(), MeetingIndexPage(title="Meetings", slug="meetings"))


def meeting(slug: str = "sarajevo", *, audiences: tuple[str, ...] = (PUBLIC,), **fields: Any) -> MeetingPage:
    """A published meeting, ten days ago by default. `recommended`: texts; `organisations`: (role, name, agency)."""
    page = standing_meeting(slug, audiences=audiences, **fields)
    page.save_revision().publish()
    return MeetingPage.objects.get(pk=page.pk)


def standing_meeting(slug: str, *, audiences: tuple[str, ...] = (PUBLIC,), **fields: Any) -> MeetingPage:
    """As `meeting`, but put there as live: nobody published it, so it issues and inherits nothing."""
    recommended = fields.pop("recommended", [])
    organisations = fields.pop("organisations", [])
    terms = fields.pop("terms", [])
    values = {"title": f"Meeting {slug}", "slug": slug, "city": slug.title(), "country": "BA", "start": days(-10)}
    for name in ("start", "end"):
        if isinstance(fields.get(name), str):
            fields[name] = dt.date.fromisoformat(fields[name])
    page = MeetingPage(**{**values, **fields}, recommended=blocks(*recommended))
    page.organisations = [
        MeetingOrganisation(role=role, name=name, agency=agency, sort_order=place)
        for place, (role, name, agency) in enumerate(organisations)
    ]
    page.audiences.set(list(Audience.objects.filter(pk__in=audiences)))
    page.terms.set(terms)
    parent = index_page()
    page.locale = parent.locale
    parent.add_child(instance=page)
    return page


def blocks(*texts: str) -> list[tuple[str, dict[str, Any]]]:
    """Texts as the page's recommendations, numbered from 1."""
    return [
        ("recommendation", {"number": number, "text": text, "owner": "", "due": None})
        for number, text in enumerate(texts, start=1)
    ]


def recommendation(at: MeetingPage | None = None, **fields: Any) -> Recommendation:
    """One that was issued, open, without owner or due date."""
    page = at or meeting()
    number = fields.pop("number", page.recommendations.count() + 1)
    values = {"number": number, "code": f"X{page.pk}-{number}", "text": f"Do thing {number}."}
    return Recommendation.objects.create(meeting=page, **{**values, **fields})


def follow_up(row: Recommendation, at: MeetingPage, **fields: Any) -> FollowUp:
    """`row` taken up at a meeting (which may have inherited it already)."""
    made, _new = FollowUp.objects.update_or_create(
        recommendation=row, meeting=at, defaults={"status": row.status, **fields}
    )
    return made


def agency(slug: str = "agency-a") -> Agency:
    """The agency of this slug, made once a test."""
    return Agency.objects.filter(slug=slug).first() or AgencyFactory(slug=slug, name=slug.replace("-", " ").title())


def staff(email: str = "staff@example.org") -> User:
    """Project staff."""
    return person(Role.STAFF, email=email, name="Staff Person")


def member(email: str = "member@example.org", *, of: Agency | None = None, focal_point: bool = False) -> User:
    """A member or focal point."""
    role = Role.FOCAL_POINT if focal_point else Role.MEMBER
    return person(role, email=email, agency=of or agency())
