"""Questions about applications: where a person stands, what waits, what speaks for an application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from network.members.enums import MembershipState, Role
from network.members.models import User
from network.members.permissions import is_staff
from network.members.selectors import focal_points_of, membership_of, role_of
from portal.core import audit

from .enums import ApplicationState, Capacity, Verdict
from .models import OPEN, Application, Decision
from .permissions import capacity_for, may_see_queue


def applications_for(user: Any) -> QuerySet[Application]:
    """The applications `user` may read to decide: all for staff, their agency's for a focal point, never their own."""
    if not may_see_queue(user):
        return Application.objects.none()
    found = Application.objects.exclude(user=user).select_related("user", "agency", "sponsor")
    return found if is_staff(user) else found.filter(agency=user.membership.agency_id)


def queue_for(user: Any, *, is_open: bool) -> QuerySet[Application]:
    """The open (longest waiting first) or the closed ones (latest first), each with `accepts` of its present round."""
    accepts = Count("decisions", filter=Q(decisions__verdict=Verdict.ACCEPT, decisions__round=F("round")))
    found = applications_for(user).annotate(accepts=accepts)
    if is_open:
        return found.filter(state__in=OPEN).order_by("submitted_at", "pk")
    return found.exclude(state__in=OPEN).order_by("-closed_at", "-pk")


def latest_application_of(user: User) -> Application | None:
    """The open application of `user`, or else the one closed last."""
    return (
        Application.objects.filter(user=user)
        .select_related("agency")
        .order_by(F("closed_at").desc(nulls_first=True))
        .first()
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands: what the state page shows. `stop` is the station on the way to membership."""

    role: Role
    application: Application | None
    may_apply: bool
    stop: str
    reason: str


def standing_of(user: User) -> Standing:
    """Where `user` stands, with the reason they were last given (more wanted, declined, suspended)."""
    role = role_of(user)
    membership = membership_of(user)
    application = latest_application_of(user)
    if role == Role.SUSPENDED and membership is not None and membership.state == MembershipState.SUSPENDED:
        return Standing(role, application, False, "", _last_reason(user))
    is_open = application is not None and application.is_open
    waiting = application is not None and application.state == ApplicationState.SUBMITTED
    if role not in (Role.APPLICANT, Role.EXPIRED, Role.SUSPENDED):
        return Standing(role, application, False, "member", "")
    reason = _reason_of(application) if application is not None else ""
    return Standing(role, application, not waiting, "decision" if is_open and waiting else "apply", reason)


def _last_reason(user: User) -> str:
    entry = audit.trail_of(user).filter(action="members.suspended").first()
    return entry.reason if entry is not None else ""


def _reason_of(application: Application) -> str:
    """The words of the decision that asked for more or declined."""
    said = application.decisions.filter(verdict__in=(Verdict.MORE, Verdict.DECLINE)).exclude(reason="").last()
    return (
        said.reason
        if said is not None and application.state in (ApplicationState.MORE_WANTED, ApplicationState.DECLINED)
        else ""
    )


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that speaks for an application or does not; `met` is None when nothing can be said."""

    label: str
    met: bool | None
    note: str

    @property
    def status(self) -> str:
        """The kind of the status component."""
        return {True: "done", False: "doubt", None: "open"}[self.met]


def checks_of(application: Application) -> list[Check]:
    """What those who decide are shown, in the order they ask it."""
    return [
        _address_confirmed(application),
        _domain_belongs(application),
        _sponsor(application),
        _focal_point(application),
    ]


def _address_confirmed(application: Application) -> Check:
    confirmed = EmailAddress.objects.filter(
        user=application.user, email__iexact=application.work_email, verified=True
    ).exists()
    note = (
        _("They log in with it.")
        if confirmed
        else _("They log in with another address: %(address)s") % {"address": application.user.email}
    )
    return Check(_("The work e-mail is confirmed"), confirmed, note)


def _domain_belongs(application: Application) -> Check:
    label = _("The mail domain belongs to the agency")
    domain = application.work_email.rpartition("@")[2].lower()
    known = [str(name).lower() for name in application.agency.mail_domains] if application.agency is not None else []
    if not known:
        return Check(
            label, None, _("No domain of this agency is known. The address ends in %(domain)s.") % {"domain": domain}
        )
    met = any(domain == name or domain.endswith(f".{name}") for name in known)
    return Check(
        label,
        met,
        _("The address ends in %(domain)s; the agency uses %(known)s.") % {"domain": domain, "known": ", ".join(known)},
    )


def _sponsor(application: Application) -> Check:
    label = _("A sponsor vouches")
    if not application.sponsor_email:
        return Check(label, None, _("No sponsor is named."))
    if application.sponsor is None:
        return Check(label, False, _("No member has the address %(address)s.") % {"address": application.sponsor_email})
    said = {True: _("%(name)s vouches."), False: _("%(name)s does not vouch."), None: _("%(name)s has been asked.")}
    return Check(label, application.sponsor_vouches, said[application.sponsor_vouches] % {"name": application.sponsor})


def _focal_point(application: Application) -> Check:
    label = _("The agency's focal point confirms")
    said = (
        decisions_of(application)
        .filter(round=application.round, capacity=Capacity.FOCAL_POINT)
        .exclude(verdict=Verdict.MORE)
        .last()
    )
    if said is not None:
        return Check(label, said.verdict == Verdict.ACCEPT, f"{said.by}: {said.get_verdict_display()}")
    if application.agency is None or not focal_points_of(application.agency).exists():
        return Check(label, None, _("The agency has no focal point: two members of staff decide."))
    return Check(label, None, _("Not yet."))


def decisions_of(application: Application) -> QuerySet[Decision]:
    """Every decision of every round, oldest first, with the people."""
    return application.decisions.select_related("by")


def trail_of(application: Application) -> list[audit.Step]:
    """Every step of the application, newest first."""
    return audit.steps(audit.trail_of(application))


def may_still_decide(user: Any, application: Application) -> bool:
    """Whether the decision form is shown: it waits, `user` may decide on it, and has not in this round."""
    return (
        application.state == ApplicationState.SUBMITTED
        and capacity_for(user, application) is not None
        and not application.decisions.filter(by=user, round=application.round).exists()
    )


def what_is_known_of(user: User, application: Application | None) -> dict[str, Any]:
    """What the form begins with: the last application, or what an expired membership and the account say."""
    if application is not None:
        names = ("agency", "agency_name", "position", "work_email", "reason", "sponsor_email")
        return {name: getattr(application, name) for name in names}
    membership = membership_of(user)
    profile = getattr(user, "profile", None)
    return {
        "work_email": user.email,
        "agency": membership.agency if membership is not None else None,
        "position": profile.position if profile is not None else "",
    }
