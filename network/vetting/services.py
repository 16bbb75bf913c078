"""The state machine of an application. Every step is recorded with who, when and why, and mailed to the person.

::

    (submit) -> submitted <-> more wanted        submitted -> accepted | declined        either -> withdrawn

Two different people accept, one of them staff; nobody decides on themselves, or twice in a round.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from network.members import services as members
from network.members.enums import MembershipState, Role
from network.members.models import Agency, User
from network.members.selectors import focal_points_of, member_with_address, membership_of, role_of, staff
from network.members.services import Refused
from portal.core import audit, mail
from search.analysis import words

from .enums import ApplicationState, Capacity, Verdict
from .models import OPEN, Application, Decision
from .permissions import capacity_for, may_vouch

#: Different people who must accept.
ACCEPTS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """What an applicant writes: an agency of the list, or the name of another."""

    agency: Agency | None
    agency_name: str
    position: str
    work_email: str
    reason: str
    sponsor_email: str = ""


@transaction.atomic
def submit(*, user: User, form: ApplicationForm) -> Application:
    """Send an application, or again with what was asked for. Raises Refused for members and suspended people."""
    _lock_person(user)
    refuse_unless_may_apply(user)
    application = Application.objects.select_for_update().filter(user=user, state__in=OPEN).first()
    again = application is not None
    if application is None:
        application = Application(user=user)
    elif application.state != ApplicationState.MORE_WANTED:
        raise Refused(_("Your application is with us already. You can change it when more is asked for."))
    else:
        application.round += 1
        application.state = ApplicationState.SUBMITTED
    application.agency = form.agency
    application.agency_name = "" if form.agency else form.agency_name
    application.position = form.position
    application.work_email = form.work_email
    application.reason = form.reason
    asked_before = application.sponsor_id
    _name_sponsor(application, form.sponsor_email)
    application.submitted_at = timezone.now()
    application.save()
    audit.record(action="vetting.resubmitted" if again else "vetting.submitted", by=user, target=application)
    mail.send(to=user, template="vetting/submitted", context={"application": application})
    if application.sponsor is not None and application.sponsor_id != asked_before:
        mail.send(to=application.sponsor, template="vetting/vouch", context={"application": application})
    _tell_deciders(application)
    return application


def refuse_unless_may_apply(user: User) -> None:
    """Raises Refused, with the reason, for those who are members now or suspended."""
    membership = membership_of(user)
    if membership is not None and membership.state == MembershipState.SUSPENDED:
        raise Refused(_("Your membership is suspended."))
    if role_of(user) not in (Role.APPLICANT, Role.EXPIRED, Role.SUSPENDED):
        raise Refused(_("You are a member already."))


@transaction.atomic
def decide(*, application: Application, by: User, verdict: Verdict, reason: str = "") -> Application:
    """Record what `by` decides. The second accept admits; asking for more sends it back; a decline by staff ends it.

    A focal point's decline is kept for the others to read and does not end it. Raises Refused with the rule that stands
    against it. Returns the application as it stands after.
    """
    application = (
        Application.objects.select_for_update(of=("self",)).select_related("user", "agency").get(pk=application.pk)
    )
    reason = reason.strip()
    capacity = _capacity_or_refuse(application, by, verdict, reason)
    Decision.objects.create(
        application=application, by=by, capacity=capacity, round=application.round, verdict=verdict, reason=reason
    )
    audit.record(action=f"vetting.{verdict}", by=by, target=application, reason=reason, data={"capacity": capacity})
    if verdict == Verdict.MORE:
        application.state = ApplicationState.MORE_WANTED
        application.save()
        mail.send(to=application.user, template="vetting/more", context={"application": application, "reason": reason})
    elif verdict == Verdict.DECLINE and capacity == Capacity.STAFF:
        _close(application, ApplicationState.DECLINED)
        mail.send(
            to=application.user, template="vetting/declined", context={"application": application, "reason": reason}
        )
    elif verdict == Verdict.ACCEPT:
        _admit_when_enough(application, by)
    return application


@transaction.atomic
def vouch(*, application: Application, by: User, vouches: bool) -> Application:
    """The sponsor's word. Raises Refused for anyone else, and once the application is closed."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if not may_vouch(by, application):
        raise Refused(_("Only the member whom the applicant named may vouch, while the application is open."))
    application.sponsor_vouches = vouches
    application.save(update_fields=["sponsor_vouches"])
    audit.record(action="vetting.vouched" if vouches else "vetting.not_vouched", by=by, target=application)
    return application


@transaction.atomic
def withdraw(*, application: Application, by: User) -> Application:
    """The applicant takes it back. Raises Refused for anyone else, and once it is closed."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if application.user_id != by.pk or not application.is_open:
        raise Refused(_("Only the applicant withdraws an application, while it is open."))
    _close(application, ApplicationState.WITHDRAWN)
    audit.record(action="vetting.withdrawn", by=by, target=application)
    mail.send(to=by, template="vetting/withdrawn", context={"application": application})
    return application


@transaction.atomic
def name_agency(*, application: Application, by: User, agency: Agency | None = None, country: str = "") -> Application:
    """Staff put an application to an agency of the list, or (without `agency`) add the one the applicant named."""
    application = Application.objects.select_for_update(of=("self",)).select_related("user").get(pk=application.pk)
    if capacity_for(by, application) != Capacity.STAFF:
        raise Refused(_("Only project staff choose the agency."))
    if not application.is_open:
        raise Refused(_("The application is closed."))
    if agency is None:
        if not application.agency_name:
            raise Refused(_("The applicant named no other agency."))
        agency = Agency.objects.create(
            name=application.agency_name, slug=_free_slug(application.agency_name), country=country
        )
        audit.record(action="members.agency_added", by=by, target=agency)
    application.agency = agency
    application.agency_name = ""
    application.save(update_fields=["agency", "agency_name"])
    audit.record(action="vetting.agency_named", by=by, target=application, data={"agency": agency.slug})
    for focal_point in focal_points_of(agency):
        mail.send(to=focal_point, template="vetting/to_decide", context={"application": application})
    return application


def _capacity_or_refuse(application: Application, by: User, verdict: Verdict, reason: str) -> Capacity:
    """As what `by` decides; raises Refused with the first rule that stands against it."""
    if by.pk == application.user_id:
        raise Refused(_("Nobody decides on themselves."))
    capacity = capacity_for(by, application)
    if capacity is None:
        raise Refused(_("Project staff and the agency's focal points decide."))
    if application.state != ApplicationState.SUBMITTED:
        raise Refused(_("There is nothing to decide: %(state)s.") % {"state": application.get_state_display()})
    if verdict != Verdict.ACCEPT and not reason:
        raise Refused(_("Give a reason: the applicant reads it."))
    decisions = list(application.decisions.filter(round=application.round))
    if any(decision.by_id == by.pk for decision in decisions):
        raise Refused(_("You have decided on this application already. Somebody else has to."))
    if verdict == Verdict.ACCEPT:
        if application.agency is None:
            raise Refused(_("Choose the agency first."))
        focal_accepted = any(
            decision.verdict == Verdict.ACCEPT and decision.capacity == Capacity.FOCAL_POINT for decision in decisions
        )
        if capacity == Capacity.FOCAL_POINT and focal_accepted:
            raise Refused(_("A focal point has accepted already. The second to decide is a member of staff."))
    return capacity


def _admit_when_enough(application: Application, by: User) -> None:
    """After an accept: admit on the second one. One of them is staff, since two focal points are refused."""
    accepts = application.decisions.filter(round=application.round, verdict=Verdict.ACCEPT).count()
    if accepts < ACCEPTS_NEEDED:
        return
    assert application.agency is not None  # _capacity_or_refuse made sure
    membership = members.admit(user=application.user, agency=application.agency, position=application.position, by=by)
    _close(application, ApplicationState.ACCEPTED)
    context = {"application": application, "membership": membership}
    mail.send(to=application.user, template="vetting/accepted", context=context)


def _close(application: Application, state: ApplicationState) -> None:
    application.state = state
    application.closed_at = timezone.now()
    application.save()


def _name_sponsor(application: Application, address: str) -> None:
    """Keep the address; find the member behind it. Whether there is one is for those who decide to know."""
    sponsor = member_with_address(address)
    if sponsor is not None and sponsor.pk == application.user_id:
        sponsor = None
    if sponsor is None or sponsor.pk != application.sponsor_id:
        application.sponsor_vouches = None
    application.sponsor_email = address
    application.sponsor = sponsor


def _tell_deciders(application: Application) -> None:
    """Mail the agency's focal points and all staff."""
    deciders = list(focal_points_of(application.agency)) if application.agency is not None else []
    for person in [*deciders, *staff()]:
        mail.send(to=person, template="vetting/to_decide", context={"application": application})


def _lock_person(user: User) -> None:
    """Two applications of one person at once wait for each other."""
    User.objects.select_for_update().get(pk=user.pk)


def _free_slug(name: str) -> str:
    """An address for a new agency that no other has."""
    stem = slugify(" ".join(words(name)))[:70] or "agency"
    slug, number = stem, 2
    while Agency.objects.filter(slug=slug).exists():
        slug, number = f"{stem}-{number}", number + 1
    return slug
