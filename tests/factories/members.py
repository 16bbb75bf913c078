"""Agencies, working groups, and a person of every role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone
from factory.django import DjangoModelFactory

from network.members.enums import MembershipState, Role
from network.members.models import Agency, Membership, Profile, User, WorkingGroup

PASSWORD = "seven stations on one line"

#: What each role is made of: fields of the user, and of the membership (None: has none).
ROLES: dict[Role, tuple[dict[str, Any], dict[str, Any] | None]] = {
    Role.APPLICANT: ({}, None),
    Role.MEMBER: ({}, {}),
    Role.FOCAL_POINT: ({}, {"is_focal_point": True}),
    Role.REVIEWER: ({}, {"is_reviewer": True}),
    Role.STAFF: ({"is_staff": True}, None),
    Role.ADMINISTRATOR: ({"is_staff": True, "is_superuser": True}, None),
    Role.SUSPENDED: ({}, {"state": MembershipState.SUSPENDED}),
    Role.EXPIRED: ({}, {"valid_until": dt.date(2020, 1, 1)}),
}


class AgencyFactory(DjangoModelFactory):
    """A Bosnian agency whose addresses end in agency.example."""

    class Meta:
        model = Agency

    slug = factory.Sequence("agency-{}".format)
    name = factory.Sequence("Agency {}".format)
    acronym = factory.Sequence("AG{}".format)
    country = "BA"
    mail_domains = factory.LazyFunction(lambda: ["agency.example"])


class WorkingGroupFactory(DjangoModelFactory):
    """An empty working group."""

    class Meta:
        model = WorkingGroup

    slug = factory.Sequence("group-{}".format)
    name = factory.Sequence("Group {}".format)


class UserFactory(DjangoModelFactory):
    """Somebody who signed up and confirmed the address: an applicant."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("person-{}@agency.example".format)
    name = factory.Sequence("Person {}".format)

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        user = model_class.objects.create_user(kwargs.pop("email"), PASSWORD, **kwargs)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


def person(
    role: Role | str = Role.MEMBER, *, agency: Agency | None = None, groups: Iterable[str] = (), **fields: Any
) -> User:
    """Someone of `role`, with a profile where the role has a membership; of an agency of their own unless given one.

    `groups`: the slugs of their working groups, made where missing.
    """
    of_user, of_membership = ROLES[Role(role)]
    user = UserFactory(**{**of_user, **fields})
    if of_membership is not None:
        today = timezone.localdate()
        standing = {
            "state": MembershipState.MEMBER,
            "confirmed_on": today,
            "valid_until": today + dt.timedelta(days=300),
            "agency": agency or AgencyFactory(),
        }
        Membership.objects.create(user=user, **{**standing, **of_membership})
        Profile.objects.create(user=user, position="Adviser", country="BA", verified_on=today)
    for slug in groups:
        group = WorkingGroup.objects.filter(slug=slug).first() or WorkingGroupFactory(slug=slug, name=slug.capitalize())
        group.people.add(user)
    return User.objects.get(pk=user.pk)
