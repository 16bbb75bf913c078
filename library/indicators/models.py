"""What is counted, by whom and how; and the figures that were published."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from network.members.models import Agency
from portal.core.models import Audience
from portal.vocabulary.models import Term

from . import periods
from .areas import area_name, validate_area
from .enums import FigureOrigin, FigureStatus, Frequency

_LINES = _("One a line.")


class Indicator(ClusterableModel):
    """One thing that is counted: its definition, and through `figures` what was published of it."""

    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    code = models.CharField(_("code"), max_length=40, blank=True, help_text=_("Of Eurostat, Frontex or another owner."))
    name = models.CharField(_("name"), max_length=200)
    owner = models.CharField(_("owner"), max_length=200, blank=True, help_text=_("Who defines and collects it."))
    owner_agency = models.ForeignKey(
        Agency, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner in the network")
    )
    definition = models.TextField(_("definition"), blank=True)
    unit = models.CharField(_("unit"), max_length=100, blank=True)
    stock_flow = models.CharField(_("stock or flow"), max_length=200, blank=True)
    counting_rule = models.TextField(_("counting rule"), blank=True)
    period = models.CharField(_("period"), max_length=200, blank=True)
    dimensions = models.TextField(_("dimensions"), blank=True, help_text=_LINES)
    legal_basis = models.TextField(_("legal basis"), blank=True, help_text=_LINES)
    notes = models.TextField(_("notes"), blank=True, help_text=_LINES)
    gaps = models.TextField(_("gaps"), blank=True, help_text=_("What the sources leave open. One a line."))
    sources = models.TextField(_("sources"), blank=True, help_text=_("Addresses, one a line."))
    terms = models.ManyToManyField(Term, verbose_name=_("terms"), related_name="+", blank=True)
    audiences = models.ManyToManyField(
        Audience,
        verbose_name=_("audience"),
        related_name="+",
        help_text=_("Who will see the indicator and its figures."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering: ClassVar[list[str]] = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Sources are addresses; blank lines between them are left out."""
        super().clean()
        check = URLValidator(schemes=["http", "https"])
        self.sources = "\n".join(line.strip() for line in self.sources.splitlines() if line.strip())
        for line in self.sources.splitlines():
            try:
                check(line)
            except ValidationError:
                raise ValidationError({"sources": _("“%(line)s” is no web address.") % {"line": line}}) from None

    def get_absolute_url(self) -> str:
        """The indicator's page in the active language."""
        return reverse("indicators:indicator", args=[self.slug])


class Figure(models.Model):
    """One published figure, as its source gives it. A period without a figure is a gap, never a row with zero."""

    indicator = ParentalKey(Indicator, on_delete=models.CASCADE, related_name="figures", verbose_name=_("indicator"))
    code = models.CharField(
        _("code of the series"), max_length=100, blank=True, help_text=_("For example migr_eirtn1.")
    )
    area = models.CharField(
        _("area"),
        max_length=20,
        validators=[validate_area],
        help_text=_("A country code (RS), two with a hyphen (HR-BA), or EU, SEE6, WB, WB6, WB-ROUTE, WORLD."),
    )
    area_note = models.CharField(_("who in the area"), max_length=200, blank=True)
    period = models.CharField(
        _("period"), max_length=60, help_text=_("2024, 2024-Q3, 2024-06, 2024-06-30 or 2024-01/2024-06.")
    )
    start = models.DateField(_("first day"), blank=True, help_text=_("Read from the period where it can be."))
    end = models.DateField(_("last day"), null=True, blank=True)
    frequency = models.CharField(
        _("frequency"), max_length=8, choices=Frequency.choices, default=Frequency.SPAN, editable=False
    )
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)
    value_text = models.CharField(
        _("value as published"), max_length=120, blank=True, help_text=_("Where it is not one plain number.")
    )
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    rounded = models.BooleanField(_("rounded by the source"), default=False)
    coverage = models.CharField(
        _("what is counted"),
        max_length=120,
        blank=True,
        help_text=_("Where it changes within a series; the chart breaks there."),
    )
    note = models.TextField(_("note"), blank=True)
    source = models.URLField(_("source"), max_length=600)
    status = models.CharField(
        _("status"), max_length=12, choices=FigureStatus.choices, default=FigureStatus.AS_PUBLISHED
    )
    origin = models.CharField(_("origin"), max_length=10, choices=FigureOrigin.choices, default=FigureOrigin.REPORTED)
    order = models.PositiveSmallIntegerField(_("order"), default=0, editable=False)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering: ClassVar[list[str]] = ["order", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | ~models.Q(value_text=""),
                name="figure_has_a_value",
                violation_error_message=_("A figure needs a value, or the words the source gives."),
            ),
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(start__lte=models.F("end")),
                name="figure_starts_before_it_ends",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code or self.indicator_id} {self.area} {self.period}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Days and frequency always follow the period, whoever writes."""
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Read days and frequency from the period; words that are none need a first day of their own."""
        super().clean()
        try:
            read = periods.parse(self.period)
        except ValueError:
            if self.start is None:
                raise ValidationError(
                    {
                        "period": _(
                            "“%(period)s” is no period: write 2024, 2024-Q3, 2024-06, 2024-06-30 or two of these "
                            "with a slash. For other words give the first day too."
                        )
                        % {"period": self.period}
                    }
                ) from None
            self.frequency = Frequency.SPAN
            return
        self.start, self.end, self.frequency = read.start, read.end, read.frequency

    @property
    def area_name(self) -> str:
        """The area's name in the active language."""
        return area_name(self.area)

    @property
    def period_label(self) -> str:
        """The period in the active language, or as published."""
        return periods.label(self.period)

    @property
    def source_host(self) -> str:
        """Who is linked to: the source's host name."""
        return self.source.partition("://")[2].partition("/")[0].removeprefix("www.")
