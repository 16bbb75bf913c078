"""People, the agencies they work for, and the groups they form."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from portal.core import shapes
from portal.core.audience import agency_token, group_token
from portal.core.countries import country_name, country_names
from portal.core.models import Audience
from search.analysis import words

from .enums import AgencyKind, MembershipState, SpokenLanguage


def searchable(*texts: str) -> str:
    """The words of `texts` in the one spelling search uses for all scripts; each stands after a space."""
    return " " + " ".join(words(" ".join(texts)))


class UserManager(BaseUserManager["User"]):
    """Users are found by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user who logs in with this address."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user, the address in lower case. Raises ValueError without one; with no password nobody logs in by one."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An administrator."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signed up. What they may do follows from their membership (`selectors.role_of`), not from that."""

    email = models.EmailField(_("e-mail address"), unique=True, error_messages={"unique": _("This address is taken.")})
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language of letters"), max_length=10, default="en")
    is_staff = models.BooleanField(
        _("project staff"), default=False, help_text=_("Vets people and publishes in the CMS.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_example = models.BooleanField(
        _("example"), default=False, help_text=_("An invented person of the starter content.")
    )
    date_joined = models.DateTimeField(_("signed up"), default=timezone.now)
    session_generation = models.PositiveIntegerField(_("times all sessions were ended"), default=0, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("email"), name="one_user_per_address", violation_error_message=_("This address is taken.")
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name, or the part of the address before the @ until one is given."""
        return self.name or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        """As the full name: names of the region do not split into a short and a long form by rule."""
        return self.get_full_name()

    def get_absolute_url(self) -> str:
        """The person's page in the directory; for members' eyes."""
        return reverse("members:profile", args=[self.pk])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django compares this at every request: a new password or a new generation ends every session at once."""
        stamp = f"{self.password}{self.session_generation}"
        return salted_hmac("network.members.session", stamp, secret=secret, algorithm="sha256").hexdigest()


def check_address(owner: Agency | WorkingGroup) -> None:
    """Raise ValidationError for a slug that changed, or that was another's: content is addressed to people by it.

    With a new slug its people would lose what is addressed to them, and with a used one get what was for others.
    """
    everyone = type(owner).objects
    before = everyone.filter(pk=owner.pk).values_list("slug", flat=True).first()
    taken = everyone.filter(slug=owner.slug).exists()  # which the field's own check says
    words: Any = ""
    if before is not None and before != owner.slug:
        words = _("The slug stays “%(slug)s”: pages are addressed by it to the people.")
    elif before is None and not taken and Audience.objects.filter(token=owner.audience_token).exists():
        words = _("“%(slug)s” was used before, and pages may still be addressed to its people. Choose another.")
    if words:
        raise ValidationError({"slug": words % {"slug": before or owner.slug}})


class Agency(models.Model):
    """An agency or body of the network: public knowledge, and the audience of its people."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    names_local = models.JSONField(_("local names"), default=dict, blank=True, help_text=_("Language code to name."))
    acronym = models.CharField(_("acronym"), max_length=60, blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO code; empty for bodies of several states.")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=AgencyKind.choices, default=AgencyKind.OTHER)
    role = models.TextField(_("role"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    part_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    seat = models.CharField(_("seat"), max_length=120, blank=True)
    participants = models.JSONField(_("participating states"), default=list, blank=True, help_text=_("ISO codes."))
    mail_domains = models.JSONField(
        _("mail domains"), default=list, blank=True, help_text=_("Domains of the agency's own addresses, for vetting.")
    )
    sources = models.JSONField(_("sources"), default=list, blank=True, help_text=_("Addresses."))
    notes = models.JSONField(_("notes"), default=list, blank=True)
    is_example = models.BooleanField(
        _("example"), default=False, help_text=_("An invented agency of the starter content.")
    )
    search_text = models.TextField(editable=False, blank=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the words the list of organisations is searched in."""
        self.search_text = searchable(self.name, self.acronym, *self.names_local.values())
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The agency's page in the active language."""
        return reverse("members:agency", args=[self.slug])

    def clean(self) -> None:
        """Refuse what its page and search could not show, and an address that is not its own."""
        super().clean()
        shapes.check_fields(
            self,
            names_local=shapes.labels,
            country=shapes.country,
            participants=shapes.countries,
            mail_domains=shapes.texts,
            sources=shapes.addresses,
            notes=shapes.texts,
        )
        check_address(self)

    @property
    def audience_token(self) -> str:
        """The audience of this agency's people."""
        return agency_token(self.slug)

    @property
    def country_name(self) -> str:
        """The country's name in the active language, or nothing for a body of several states."""
        return country_name(self.country) if self.country else ""

    @property
    def participant_names(self) -> str:
        """The participating states' names in the active language, sorted; nothing for a body of one state."""
        return country_names(self.participants)


class WorkingGroup(models.Model):
    """A group of members across agencies, such as "Readmission officers"; an audience of its own."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    people = models.ManyToManyField(User, verbose_name=_("people"), related_name="working_groups", blank=True)

    class Meta:
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an address that is not its own."""
        super().clean()
        check_address(self)

    @property
    def audience_token(self) -> str:
        """The audience of this group's people."""
        return group_token(self.slug)


class Membership(models.Model):
    """Where a user stands with the network. No row: signed up, not vetted."""

    user = models.OneToOneField(User, models.CASCADE, related_name="membership")
    state = models.CharField(
        _("state"), max_length=12, choices=MembershipState.choices, default=MembershipState.APPLICANT
    )
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="memberships")
    is_focal_point = models.BooleanField(_("focal point"), default=False)
    is_reviewer = models.BooleanField(_("peer reviewer"), default=False)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Reconfirmed every twelve months.")
    )
    lapsed_on = models.DateField(_("lapse told on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user}: {self.get_state_display()}"


class Profile(models.Model):
    """What a member shows the others."""

    user = models.OneToOneField(User, models.CASCADE, related_name="profile")
    position = models.CharField(_("position"), max_length=160, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    stages = models.ManyToManyField("vocabulary.Term", verbose_name=_("stages of return"), related_name="+", blank=True)
    themes = models.ManyToManyField("vocabulary.Term", verbose_name=_("themes"), related_name="+", blank=True)
    can_help_with = models.TextField(_("can help with"), max_length=600, blank=True)
    contact = models.CharField(_("contact for members"), max_length=200, blank=True)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return str(self.user)


class ProfileLanguage(models.Model):
    """One language a person speaks."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="languages")
    code = models.CharField(_("language"), max_length=8, choices=SpokenLanguage.choices)

    class Meta:
        verbose_name = _("language spoken")
        verbose_name_plural = _("languages spoken")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["profile", "code"], name="one_row_per_language_spoken")
        ]

    def __str__(self) -> str:
        return self.get_code_display()
