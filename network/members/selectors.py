"""Questions about people: their role, the audiences they belong to, and who is there."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.core import audit
from portal.core.audience import ANONYMOUS, MEMBERS, PUBLIC, agency_token, group_token
from portal.core.models import Audience
from search.analysis import words

from .enums import MembershipState, Role
from .models import Agency, Membership, Profile, User

#: The roles that open the members' places.
MEMBER_ROLES = frozenset({Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.STAFF, Role.ADMINISTRATOR})
STAFF_ROLES = frozenset({Role.STAFF, Role.ADMINISTRATOR})
#: States that stop everyone, staff too.
STOPPED = (MembershipState.SUSPENDED, MembershipState.LEFT)


def membership_of(user: Any) -> Membership | None:
    """The membership row of `user`, read once a user object; None for visitors and people not vetted."""
    if not user.is_authenticated:
        return None
    try:
        membership: Membership = user.membership
    except Membership.DoesNotExist:
        return None
    return membership


def role_of(user: Any) -> Role:
    """What `user` is now. Staff and administrators stand above membership; a lapsed confirmation is *expired*."""
    if not user.is_authenticated or not user.is_active:
        return Role.ANONYMOUS
    membership = membership_of(user)
    if membership is not None and membership.state in STOPPED:
        return Role.SUSPENDED
    if user.is_superuser:
        return Role.ADMINISTRATOR
    if user.is_staff:
        return Role.STAFF
    if membership is None or membership.state == MembershipState.APPLICANT:
        return Role.APPLICANT
    if membership.valid_until is None or membership.valid_until < timezone.localdate():
        return Role.EXPIRED
    if membership.is_focal_point:
        return Role.FOCAL_POINT
    return Role.REVIEWER if membership.is_reviewer else Role.MEMBER


def audiences_for(user: Any) -> frozenset[str]:
    """The tokens `user` holds: staff all; visitors, applicants, suspended and expired people the public's only."""
    role = role_of(user)
    if role in STAFF_ROLES:
        return frozenset(Audience.objects.values_list("pk", flat=True))
    if role not in MEMBER_ROLES:
        return ANONYMOUS
    held = {PUBLIC, MEMBERS}
    membership = membership_of(user)
    if membership is not None and membership.agency is not None:
        held.add(agency_token(membership.agency.slug))
    held.update(group_token(group.slug) for group in user.working_groups.all())
    return frozenset(held)


def current(prefix: str = "") -> Q:
    """The condition "current member or staff" on users, or on rows that lead to them by `prefix` (``"user__"``).

    The same rule as `role_of`, for many at once.
    """

    def where(**conditions: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})

    member = where(membership__state=MembershipState.MEMBER, membership__valid_until__gte=timezone.localdate())
    staff = (where(is_staff=True) | where(is_superuser=True)) & (
        where(membership__isnull=True) | ~where(membership__state__in=STOPPED)
    )
    return where(is_active=True) & (member | staff)


def current_members() -> QuerySet[User]:
    """Everyone the members' places are open to."""
    return User.objects.filter(current())


def staff() -> QuerySet[User]:
    """Project staff and administrators who are not suspended."""
    return current_members().filter(Q(is_staff=True) | Q(is_superuser=True))


def focal_points_of(agency: Agency) -> QuerySet[User]:
    """The current focal points of `agency`."""
    return current_members().filter(membership__agency=agency, membership__is_focal_point=True)


def member_with_address(address: str) -> User | None:
    """The current member who logs in with `address`, whatever its case; None when there is none."""
    return current_members().filter(email__iexact=address.strip()).first() if address.strip() else None


def people_of(agency: Agency) -> QuerySet[Profile]:
    """The profiles of the agency's current members, focal points first. For members' eyes."""
    return (
        Profile.objects.filter(current("user__"), user__membership__agency=agency)
        .select_related("user__membership")
        .order_by("-user__membership__is_focal_point", "user__name", "pk")
    )


def agencies() -> QuerySet[Agency]:
    """Every agency, those of a country first and by country."""
    return Agency.objects.order_by("country", "name")


#: In an address: the bodies that belong to no one country.
NO_COUNTRY = "several"


def find_agencies(*, text: str = "", country: str = "", kind: str = "") -> QuerySet[Agency]:
    """Agencies of a country and kind; every word of `text` begins a word of a name, in any language, or an acronym."""
    found = agencies()
    for word in words(text):
        found = found.filter(search_text__contains=f" {word}")
    if country:
        found = found.filter(country="" if country == NO_COUNTRY else country)
    return found.filter(kind=kind) if kind else found


def agency_countries() -> list[str]:
    """The codes of the countries that have an agency."""
    return list(Agency.objects.exclude(country="").order_by("country").values_list("country", flat=True).distinct())


def person(pk: int, *, viewer: Any) -> User | None:
    """The person as `viewer` may open them: current members and staff for members, everyone for staff; else None."""
    found = User.objects.select_related("membership__agency", "profile").prefetch_related(
        "profile__languages", "profile__stages", "profile__themes", "working_groups"
    )
    if role_of(viewer) not in STAFF_ROLES:
        found = found.filter(current(), profile__isnull=False)
    return found.filter(pk=pk).first()


def trail_of(user: User) -> list[audit.Step]:
    """What was done about a person, newest first: for staff's eyes."""
    return audit.steps(audit.trail_of(user))
