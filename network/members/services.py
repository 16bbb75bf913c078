"""Changes to people, agencies and groups: recorded in the audit trail, and mailed to the person they concern."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit, mail
from portal.core.enums import AudienceKind
from portal.core.models import Audience
from portal.vocabulary.models import Term
from search import indexing

from . import permissions, staff_group
from .access import access_ended
from .enums import MembershipState
from .models import Agency, Membership, Profile, ProfileLanguage, User, WorkingGroup


class Refused(Exception):  # noqa: N818  it is no error of the program, and reads as what happened
    """A step that the rules do not allow; the message is a sentence for the person who tried."""


def keep_audience_of(owner: Agency | WorkingGroup) -> Audience:
    """The audience row of an agency or group, made or renamed with it."""
    kind = AudienceKind.AGENCY if isinstance(owner, Agency) else AudienceKind.GROUP
    audience, _made = Audience.objects.update_or_create(
        token=owner.audience_token, defaults={"kind": kind, "key": owner.slug, "label": owner.name}
    )
    return audience


def in_twelve_months(day: dt.date) -> dt.date:
    """The same day a year later; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


@transaction.atomic
def admit(*, user: User, agency: Agency, position: str, by: User | None) -> Membership:
    """Make `user` a member for `agency` for twelve months, with a profile to fill in; the caller tells them.

    A person who changes agency does not take the focal point's post along. Raises Refused for someone suspended.
    """
    membership = Membership.objects.select_for_update().filter(user=user).first() or Membership(user=user)
    if membership.state == MembershipState.SUSPENDED:
        raise Refused(_("%(name)s is suspended: reinstate the person first.") % {"name": user})
    if membership.agency_id != agency.pk:
        membership.is_focal_point = False
    membership.state = MembershipState.MEMBER
    membership.agency = agency
    membership.confirmed_on = timezone.localdate()
    membership.valid_until = in_twelve_months(membership.confirmed_on)
    membership.lapsed_on = None
    membership.save()
    profile, made = Profile.objects.get_or_create(user=user, defaults={"position": position, "country": agency.country})
    if not made:
        profile.position = position
    profile.verified_on = membership.confirmed_on
    profile.save()
    audit.record(action="members.admitted", by=by, target=user, data={"agency": agency.slug})
    # Someone who changed agency must lose what the old one alone could see.
    access_ended(user.pk)
    return membership


@transaction.atomic
def reconfirm(*, user: User, by: User) -> Membership:
    """Confirm that `user` still works for the agency: valid for another twelve months from today. Raises Refused."""
    membership = _membership_for_change(user)
    if not permissions.may_reconfirm(by, user):
        raise Refused(_("You may not confirm %(name)s.") % {"name": user})
    if membership.state != MembershipState.MEMBER:
        raise Refused(_("%(name)s is not a member.") % {"name": user})
    membership.confirmed_on = timezone.localdate()
    membership.valid_until = in_twelve_months(membership.confirmed_on)
    membership.lapsed_on = None
    membership.save()
    Profile.objects.filter(user=user).update(verified_on=membership.confirmed_on)
    audit.record(action="members.reconfirmed", by=by, target=user)
    mail.send(to=user, template="members/reconfirmed", context={"user": user, "membership": membership})
    return membership


@transaction.atomic
def suspend(*, user: User, by: User, reason: str) -> Membership:
    """Stop `user` at once: every session ends, open sockets close, no audience but the public's remains.

    They can still log in, and see why. Raises Refused without a reason, or where `by` may not.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give a reason: the person reads it."))
    if not permissions.may_suspend(by, user):
        raise Refused(_("You may not suspend %(name)s.") % {"name": user})
    membership = Membership.objects.select_for_update().filter(user=user).first() or Membership(user=user)
    if membership.state == MembershipState.SUSPENDED:
        raise Refused(_("%(name)s is suspended already.") % {"name": user})
    membership.state = MembershipState.SUSPENDED
    membership.save()
    end_sessions(user=user)
    audit.record(action="members.suspended", by=by, target=user, reason=reason)
    mail.send(to=user, template="members/suspended", context={"user": user, "reason": reason})
    return membership


@transaction.atomic
def reinstate(*, user: User, by: User, reason: str = "") -> Membership:
    """Lift a suspension: a member again, or an applicant where they never were one. Raises Refused."""
    membership = _membership_for_change(user)
    if not permissions.may_suspend(by, user):
        raise Refused(_("You may not reinstate %(name)s.") % {"name": user})
    if membership.state != MembershipState.SUSPENDED:
        raise Refused(_("%(name)s is not suspended.") % {"name": user})
    membership.state = MembershipState.MEMBER if membership.confirmed_on else MembershipState.APPLICANT
    membership.save()
    audit.record(action="members.reinstated", by=by, target=user, reason=reason.strip())
    mail.send(to=user, template="members/reinstated", context={"user": user, "membership": membership})
    return membership


@transaction.atomic
def leave(*, user: User) -> Membership:
    """`user` leaves the network of their own will; they may apply again. Raises Refused for someone not a member."""
    membership = _membership_for_change(user)
    if membership.state != MembershipState.MEMBER:
        raise Refused(_("%(name)s is not a member.") % {"name": user})
    membership.state = MembershipState.LEFT
    membership.is_focal_point = membership.is_reviewer = False
    membership.save()
    user.working_groups.clear()
    audit.record(action="members.left", by=user, target=user)
    mail.send(to=user, template="members/left", context={"user": user})
    access_ended(user.pk)
    return membership


@transaction.atomic
def appoint(*, user: User, by: User, focal_point: bool, reviewer: bool) -> Membership:
    """Give or take the posts of focal point (of the person's own agency) and peer reviewer. Raises Refused."""
    membership = _membership_for_change(user)
    if not permissions.may_appoint(by, user):
        raise Refused(_("You may not appoint %(name)s.") % {"name": user})
    if not permissions.is_current_member(user) or membership.agency_id is None:
        raise Refused(_("Only a current member of an agency holds a post."))
    before = (membership.is_focal_point, membership.is_reviewer)
    if before == (focal_point, reviewer):
        return membership
    membership.is_focal_point, membership.is_reviewer = focal_point, reviewer
    membership.save()
    audit.record(
        action="members.appointed", by=by, target=user, data={"focal_point": focal_point, "reviewer": reviewer}
    )
    mail.send(to=user, template="members/appointed", context={"user": user, "membership": membership})
    return membership


def end_sessions(*, user: User) -> None:
    """Log `user` out everywhere, at once: no session from before is accepted again, and open sockets are told."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])
    access_ended(user.pk)


@transaction.atomic
def end_lapsed(*, today: dt.date | None = None) -> int:
    """Tell everyone whose twelve months ended before `today` (once), and close their sockets; returns how many.

    Access itself needs no telling: `selectors.role_of` reads the date. Run daily, and at start-up.
    """
    today = today or timezone.localdate()
    lapsed = Membership.objects.select_for_update().filter(
        state=MembershipState.MEMBER,
        valid_until__lt=today,
        lapsed_on=None,
        user__is_staff=False,
        user__is_superuser=False,
    )
    number = 0
    for membership in lapsed:
        membership.lapsed_on = today
        membership.save(update_fields=["lapsed_on"])
        audit.record(action="members.lapsed", by=None, target=membership.user)
        mail.send(
            to=membership.user, template="members/lapsed", context={"user": membership.user, "membership": membership}
        )
        access_ended(membership.user_id)
        number += 1
    return number


def people_left_group(*, user_ids: Iterable[int]) -> None:
    """Someone was taken out of a working group: what only the group sees closes for them."""
    for user_id in user_ids:
        access_ended(user_id)


def people_in(group: WorkingGroup) -> list[int]:
    """The ids of the people in a working group."""
    return list(group.people.values_list("pk", flat=True))


#: Fields of a user that decide what they may do.
RIGHTS_FIELDS = frozenset({"is_active", "is_staff", "is_superuser"})
#: Fields of a user that the directory shows, or that decide whether it does.
SHOWN_FIELDS = RIGHTS_FIELDS | {"name", "email", "is_example"}


def index_people(**who: object) -> None:
    """Have the profiles that `who` names (lookups of a profile) indexed anew."""
    indexing.enqueue_all(Profile.objects.filter(**who).only("pk"))


def rights_changed(*, user: User, created: bool) -> None:
    """Keep staff, and only staff, in the CMS group; and let whoever keeps a door open for `user` ask again."""
    staff_group.keep_in_group(user)
    if not created:
        access_ended(user.pk)


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What a person says of themselves."""

    name: str
    language: str
    position: str
    country: str
    languages: Sequence[str]
    can_help_with: str
    contact: str
    stages: Sequence[Term] = field(default_factory=tuple)
    themes: Sequence[Term] = field(default_factory=tuple)


@transaction.atomic
def update_profile(*, user: User, change: ProfileChange, by: User) -> Profile:
    """Replace what `user`'s profile says; made where there is none. The day becomes the *verified on* date."""
    user.name, user.language = change.name, change.language
    user.save(update_fields=["name", "language"])
    profile, _made = Profile.objects.get_or_create(user=user)
    profile.position = change.position
    profile.country = change.country
    profile.can_help_with = change.can_help_with
    profile.contact = change.contact
    profile.verified_on = timezone.localdate()
    profile.save()
    profile.stages.set(change.stages)
    profile.themes.set(change.themes)
    profile.languages.exclude(code__in=change.languages).delete()
    ProfileLanguage.objects.bulk_create(
        (ProfileLanguage(profile=profile, code=code) for code in change.languages), ignore_conflicts=True
    )
    audit.record(action="members.profile_changed", by=by, target=user)
    return profile


def _membership_for_change(user: User) -> Membership:
    """The locked row of `user`. Raises Refused where there is none."""
    membership = Membership.objects.select_for_update().filter(user=user).first()
    if membership is None:
        raise Refused(_("%(name)s has never been a member.") % {"name": user})
    return membership
