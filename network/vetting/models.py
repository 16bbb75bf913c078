"""Applications for membership, and what was decided on them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.members.models import Agency

from .enums import ApplicationState, Capacity, Verdict

#: States in which an application still asks something of somebody.
OPEN = (ApplicationState.SUBMITTED, ApplicationState.MORE_WANTED)


class Application(models.Model):
    """One person's wish to join for one agency. `round` rises when the person answers a request for more."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="applications")
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("agency")
    )
    agency_name = models.CharField(_("another agency"), max_length=200, blank=True)
    position = models.CharField(_("position"), max_length=160)
    work_email = models.EmailField(_("work e-mail"))
    reason = models.TextField(_("why you want to join"), max_length=2000)
    sponsor_email = models.EmailField(_("sponsor's e-mail"), blank=True)
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    sponsor_vouches = models.BooleanField(_("sponsor vouches"), null=True)
    state = models.CharField(
        _("state"), max_length=12, choices=ApplicationState.choices, default=ApplicationState.SUBMITTED
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    created_at = models.DateTimeField(_("first sent"), default=timezone.now)
    submitted_at = models.DateTimeField(_("last sent"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering: ClassVar[list[str]] = ["submitted_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=OPEN), name="one_open_application_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.agency_label}"

    def get_absolute_url(self) -> str:
        """Where those who decide read it."""
        return reverse("vetting:application", args=[self.pk])

    @property
    def agency_label(self) -> str:
        """The agency's name, or the one the person wrote where it is not in the list."""
        return self.agency.name if self.agency is not None else self.agency_name

    @property
    def is_open(self) -> bool:
        """Whether it still asks something of somebody."""
        return self.state in OPEN


class Decision(models.Model):
    """What one person decided on an application in one of its rounds, and why. Never changed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    capacity = models.CharField(_("as"), max_length=12, choices=Capacity.choices)
    round = models.PositiveSmallIntegerField(_("round"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["application", "by", "round"], name="one_decision_per_person_and_round"),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.get_verdict_display()}"
