"""The real agencies; and, visibly made up, one account of each role to try the portal with."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from portal.core import demo
from portal.core.languages import from_label_key
from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term

from .enums import AgencyKind, MembershipState
from .models import Agency, Membership, Profile, ProfileLanguage, User, WorkingGroup
from .services import in_twelve_months, suspend

FACTS = Path(__file__).parent / "facts"
#: Of the example accounts only: they hold nothing real, and production never loads them.
PASSWORD = "one-route-many-stations"  # noqa: S105  printed by `make demo`, on purpose

_KINDS = {
    "NGO": AgencyKind.NGO,
    "EU agency": AgencyKind.EU_BODY,
    "international organisation": AgencyKind.INTERNATIONAL,
}
_EXAMPLE_COUNTRIES = ("BA", "MK", "RS")


@demo.register(order=20)
def load_agencies(report: demo.DemoReport) -> None:
    """Create the agencies that are missing, then *part of* for the new ones."""
    records = demo.read_facts(FACTS / "organisations.yaml")["organisations"]
    known = set(Agency.objects.values_list("slug", flat=True))
    new = [record for record in records if record["id"] not in known]
    for record in new:
        _agency(record).save()
    for record in new:
        if "part_of" in record:
            Agency.objects.filter(slug=record["id"]).update(part_of=Agency.objects.get(slug=record["part_of"]))
    report.count("agencies", len(new) + _example_agencies(known))


def _agency(record: dict[str, Any]) -> Agency:
    """One record of the facts as an unsaved agency."""
    return Agency(
        slug=record["id"],
        name=record["name"],
        names_local={from_label_key(key): name for key, name in record.get("name_local", {}).items()},
        acronym=record.get("acronym", ""),
        country=record.get("country", ""),
        kind=AgencyKind(_KINDS.get(record["kind"], record["kind"])),
        role=record.get("role", ""),
        website=record.get("website", ""),
        seat=record.get("seat", ""),
        participants=record.get("participants", []),
        sources=record["sources"],
        notes=[record[name] for name in ("name_note", "kind_note") if name in record],
    )


def _example_agencies(known: set[str]) -> int:
    """Three agencies that name none, for the example accounts; returns how many were made."""
    made = 0
    for country in _EXAMPLE_COUNTRIES:
        slug = f"example-agency-{country.lower()}"
        if slug not in known:
            Agency.objects.create(
                slug=slug,
                name=f"Example agency, {country}",
                country=country,
                role="Example: names no agency",
                mail_domains=["example.org"],
                is_example=True,
            )
            made += 1
    return made


@dataclass(frozen=True, slots=True)
class Account:
    """One example account. `months` is how long ago it was confirmed; None for people who never were members."""

    key: str
    name: str
    says: str
    agency: str = "ba"
    position: str = ""
    languages: tuple[str, ...] = ("en",)
    stages: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    help: str = ""
    days: int | None = 30
    suspended: str = ""
    focal_point: bool = False
    reviewer: bool = False
    staff: bool = False
    administrator: bool = False

    @property
    def email(self) -> str:
        """The address to log in with."""
        return f"{self.key}@example.org"


ACCOUNTS = (
    Account("applicant", "Example applicant", "applicant", days=None),
    Account(
        "member",
        "Example member",
        "member, in the group Readmission officers",
        position="Adviser for readmission",
        languages=("bs", "en", "de"),
        stages=("readmission", "travel-documents"),
        themes=("regional-cooperation",),
        help="Negotiating implementing protocols",
    ),
    Account(
        "focal-point",
        "Example focal point",
        "focal point of the Example agency, BA",
        focal_point=True,
        position="Focal point for readmission",
        languages=("bs", "sr", "en"),
        stages=("readmission", "forced-return"),
        help="Who answers for what in the agency",
    ),
    Account(
        "reviewer",
        "Example reviewer",
        "peer reviewer",
        agency="mk",
        reviewer=True,
        position="Return counsellor",
        languages=("mk", "sq", "en"),
        stages=("counselling", "reintegration"),
        help="Interviews through an interpreter",
    ),
    Account(
        "staff",
        "Example staff one",
        "project staff",
        agency="",
        position="Project officer",
        languages=("en", "de"),
        staff=True,
    ),
    Account(
        "staff-two",
        "Example staff two",
        "project staff",
        agency="",
        position="Project officer",
        languages=("en", "sr"),
        staff=True,
    ),
    Account(
        "administrator", "Example administrator", "administrator", agency="", days=None, staff=True, administrator=True
    ),
    Account(
        "suspended",
        "Example suspended member",
        "suspended member",
        agency="rs",
        position="Legal officer",
        suspended="Example: moved to another ministry.",
    ),
    Account(
        "expired",
        "Example expired member",
        "expired member",
        agency="rs",
        position="Data analyst",
        languages=("sr", "en"),
        stages=("data-and-cooperation",),
        days=400,
    ),
)


@demo.register(order=25)
def load_accounts(report: demo.DemoReport) -> None:
    """Create the example accounts that are missing, and the example working group."""
    # Hashing is slow on purpose; one password needs it once.
    hashed = functools.cache(make_password)
    for account in ACCOUNTS:
        if not User.objects.filter(email__iexact=account.email).exists():
            _create(account, hashed(PASSWORD))
            report.count("example accounts")
    if not WorkingGroup.objects.filter(slug="readmission-officers").exists():
        group = WorkingGroup.objects.create(slug="readmission-officers", name="Readmission officers")
        group.people.set(User.objects.filter(email="member@example.org", is_example=True))
        report.count("working groups")
    report.notes.append(_note())


def _note() -> str:
    """The accounts for whoever started the demo."""
    width = max(len(account.email) for account in ACCOUNTS)
    lines = [f"  {account.email:<{width}}  {account.says}" for account in ACCOUNTS]
    return "\n".join([f"Example accounts, all with the password {PASSWORD}", *lines])


def _create(account: Account, password: str) -> None:
    """One account with its membership and profile, the address confirmed. `password` is hashed."""
    user = User.objects.create(
        email=account.email,
        password=password,
        name=account.name,
        is_staff=account.staff,
        is_superuser=account.administrator,
        is_example=True,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if account.days is None:
        return
    agency = Agency.objects.filter(slug=f"example-agency-{account.agency}").first()
    confirmed_on = timezone.localdate() - dt.timedelta(days=account.days)
    Membership.objects.create(
        user=user,
        agency=agency,
        state=MembershipState.MEMBER,
        is_focal_point=account.focal_point,
        is_reviewer=account.reviewer,
        confirmed_on=confirmed_on,
        valid_until=in_twelve_months(confirmed_on),
    )
    profile = Profile.objects.create(
        user=user,
        position=account.position,
        country=agency.country if agency is not None else "",
        can_help_with=account.help,
        contact=account.email,
        verified_on=confirmed_on,
    )
    ProfileLanguage.objects.bulk_create(ProfileLanguage(profile=profile, code=code) for code in account.languages)
    profile.stages.set(Term.objects.filter(kind=TermKind.STAGE, slug__in=account.stages))
    profile.themes.set(Term.objects.filter(kind=TermKind.THEME, slug__in=account.themes))
    if account.suspended:
        suspend(user=user, by=User.objects.get(email="staff@example.org"), reason=account.suspended)
