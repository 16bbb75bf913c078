"""Meetings, what they recommend, and what becomes of it at the meetings after."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index
from wagtail.url_routing import RouteResult

from portal.core.audience import held_by
from portal.core.countries import country_name
from portal.core.dates import date_range_text, date_text
from portal.core.models import BasePage
from portal.core.navigation import Crumb

from .blocks import RecommendationBlock
from .enums import MAX_NOTE, UNFINISHED, DatePrecision, OrganisationRole, Priority, RecommendationStatus
from .fields import LineListField, RegionFirst
from .forms import MeetingPageForm
from .panels import MEETING_PANELS, MEETINGS_PANELS


class MeetingSeries(models.Model):  # type: ignore[django-manager-missing]  # Wagtail's managers have no types
    """Meetings that follow each other, such as those of one project. What is open travels on within a series."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=250)
    implemented_by = LineListField(_("implemented by"), help_text=_("One a line."))
    funded_by = LineListField(_("funded by"), help_text=_("One a line."))
    countries = CountryField(_("countries"), multiple=True, blank=True, countries=RegionFirst)
    start = models.DateField(_("start"), null=True, blank=True)
    end = models.DateField(_("end"), null=True, blank=True)
    period_note = models.CharField(_("note on the period"), max_length=250, blank=True)
    aim = models.TextField(_("aim"), blank=True)
    results = LineListField(_("results"), help_text=_("One a line."))
    note = models.TextField(_("note"), blank=True)
    sources = LineListField(_("sources"), help_text=_("Addresses of web pages, one a line."))

    class Meta:
        verbose_name = _("meeting series")
        verbose_name_plural = _("meeting series")
        ordering: ClassVar[list[str]] = ["title"]

    def __str__(self) -> str:
        return self.title


class MeetingIndexPage(BasePage):
    """The chain of meetings: the route, and all of them by year."""

    lead = models.TextField(_("lead"), max_length=500, blank=True)
    background = LineListField(_("what came before"), help_text=_("Events before the chain, one a line."))
    sources = LineListField(_("sources"), help_text=_("Addresses of web pages, one a line."))

    content_panels: ClassVar[list[Any]] = MEETINGS_PANELS
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = ["events.MeetingPage"]
    max_count_per_parent = 1
    template = "events/meeting_index_page.html"

    class Meta:
        verbose_name = _("meetings")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find the meeting below with all that its page shows, in as few queries as that takes."""
        if len(path_components) != 1:
            return super().route(request, path_components)
        named = Prefetch("organisations", MeetingOrganisation.objects.select_related("agency"))
        meetings = MeetingPage.objects.child_of(self).live().select_related("series", "also_series", "locale")
        found = meetings.prefetch_related("audiences", "terms", named).filter(slug=path_components[0])
        meeting = found.first()
        if meeting is None:
            raise Http404
        return RouteResult(meeting)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The list as this viewer asks for it."""
        from .fragments import list_parts, sources_of

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["parts"] = list_parts(request.GET, held_by(request))
        context["sources"] = sources_of(self.sources)
        return context


class MeetingPage(BasePage):
    """A meeting: when, where, who, what about, what came of it. Publishing it issues its recommendations."""

    series = models.ForeignKey(
        MeetingSeries, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("series")
    )
    also_series = models.ForeignKey(
        MeetingSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="further_meetings",
        verbose_name=_("also of the series"),
    )
    series_basis = models.CharField(
        _("how we know the series"),
        max_length=250,
        blank=True,
        help_text=_("Empty when a source names it; otherwise what it is inferred from."),
    )
    in_short = models.CharField(
        _("in one sentence"),
        max_length=200,
        blank=True,
        help_text=_("Stands under the meeting on the route. Empty: its first conclusion."),
    )
    city = models.CharField(_("place"), max_length=120, blank=True)
    country = CountryField(_("country"), blank=True, countries=RegionFirst)
    venue = models.CharField(_("venue"), max_length=250, blank=True)
    start = models.DateField(_("first day"), null=True, blank=True)
    end = models.DateField(_("last day"), null=True, blank=True)
    date_precision = models.CharField(
        _("how exact the dates are"), max_length=10, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    date_note = models.CharField(_("note on the dates"), max_length=250, blank=True)
    sort_date = models.DateField(null=True, editable=False, db_index=True)
    scope = models.CharField(_("scope"), max_length=120, blank=True, help_text=_("National, bilateral, regional, …"))
    countries = CountryField(_("participating countries"), multiple=True, blank=True, countries=RegionFirst)
    participants_count = models.CharField(
        _("number of participants"), max_length=80, blank=True, help_text=_("As the source puts it.")
    )
    organisers_inferred = models.BooleanField(_("the organisers are inferred, not named by a source"), default=False)
    topics = LineListField(_("topics"), help_text=_("One a line."))
    conclusions = LineListField(_("conclusions"), help_text=_("One a line."))
    announced = LineListField(_("announced follow-ups"), help_text=_("One a line."))
    facts = LineListField(_("facts named"), help_text=_("One a line."))
    notes = LineListField(_("notes"), help_text=_("Where sources differ, how something was worked out. One a line."))
    gaps = LineListField(_("not in the sources"), help_text=_("What is missing. One a line."))
    sources = LineListField(_("sources"), help_text=_("Addresses of web pages, one a line."))
    terms = ParentalManyToManyField(
        "vocabulary.Term",
        verbose_name=_("themes, stages and groups"),
        related_name="+",
        blank=True,
        limit_choices_to={"kind__in": ["theme", "stage", "group"]},
    )
    previous_meeting = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("previous meeting")
    )
    next_meeting = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("next meeting")
    )
    recommended = StreamField(
        [("recommendation", RecommendationBlock())],
        verbose_name=_("recommendations"),
        blank=True,
        help_text=_(
            "Publishing the page issues these: they are told to their owners, stand on the board and travel on to the "
            "next meeting of the series. One that was issued stays on the board when it is taken out here."
        ),
    )

    content_panels: ClassVar[list[Any]] = MEETING_PANELS
    # Staff know a meeting by its place: the CMS finds it so.
    search_fields: ClassVar[list[Any]] = [
        *BasePage.search_fields,
        index.SearchField("city"),
        index.AutocompleteField("city"),
    ]
    base_form_class = MeetingPageForm
    parent_page_types: ClassVar[list[str]] = ["events.MeetingIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "events/meeting_page.html"

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Keep the day that lists are ordered by."""
        self.sort_date = self.day_in_order()
        return super().save(*args, **kwargs)

    def day_in_order(self) -> dt.date | None:
        """The day a list puts this meeting at; None when nothing is known."""
        if self.start and self.start > dt.date.min and self.date_precision == DatePrecision.BEFORE:
            return self.start - dt.timedelta(days=1)
        return self.start or self.end

    @property
    def place(self) -> str:
        """The place, as exactly as the sources give it; empty when they do not."""
        return self.city or (country_name(str(self.country)) if self.country else "")

    @property
    def place_and_country(self) -> str:
        """`Sarajevo, Bosnia and Herzegovina`, or what is known of it."""
        return ", ".join(part for part in (self.city, country_name(str(self.country)) if self.country else "") if part)

    @property
    def when(self) -> str:
        """The dates as exactly as the sources give them, in the active language; empty when they do not."""
        if self.date_precision == DatePrecision.REPORTED and self.start:
            return gettext("Reported on %(date)s") % {"date": date_text(self.start)}
        if self.date_precision in ("", DatePrecision.UNKNOWN):  # a draft may leave it open
            return ""
        if self.start is None and self.end is not None:
            return gettext("Ended on %(date)s") % {"date": date_text(self.end)}
        return date_range_text(self.start, self.end, self.date_precision)

    @property
    def heading(self) -> str:
        """`Sarajevo, 28-30 January 2025`; the title where neither place nor date is known."""
        return self.place_and_date if self.place else str(self.title)

    @property
    def place_and_date(self) -> str:
        """What is known of place and date in one line; may be empty."""
        if not self.place or not self.when:
            return self.place or self.when
        when = self.when
        if not when[0].isdigit() and self.date_precision != DatePrecision.MONTH:
            when = when[0].lower() + when[1:]  # "Reported on", "Ended on", "Before": no sentence begins here
        return f"{self.place}, {when}"

    @property
    def missing(self) -> str:
        """What stands for a detail nobody has given."""
        return gettext("not in the sources") if self.sources else gettext("not known")

    @property
    def in_a_line(self) -> str:
        """What stands under the meeting on the route."""
        return capfirst(self.in_short or (self.conclusions or self.topics or [""])[0])

    @property
    def is_over(self) -> bool:
        """Whether it has been held, as far as its dates tell. Without any date: no."""
        last = self.end or self.day_in_order()
        return last is not None and last < timezone.localdate()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the page shows this viewer."""
        from .fragments import meeting_parts

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        tokens = held_by(request)
        context["crumbs"] = [Crumb(gettext("Meetings"), "../")]
        context["body"] = meeting_parts(self, tokens, draft=getattr(request, "is_preview", False))
        return context


class MeetingOrganisation(Orderable):
    """An organisation at a meeting, as the source names it, and the agency of the portal it is, where it is one."""

    meeting = ParentalKey(MeetingPage, on_delete=models.CASCADE, related_name="organisations")
    role = models.CharField(
        _("role"), max_length=12, choices=OrganisationRole.choices, default=OrganisationRole.PARTICIPANT
    )
    name = models.CharField(_("name"), max_length=250)
    agency = models.ForeignKey(
        "members.Agency",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agency of the portal"),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("organisation at a meeting")
        verbose_name_plural = _("organisations at a meeting")

    def __str__(self) -> str:
        return self.name


class Recommendation(models.Model):
    """What a meeting recommends. A plain row: it outlives any revision of the page that issued it.

    Its number on the meeting and its code are its identity and never change.
    """

    meeting = models.ForeignKey(
        MeetingPage, models.PROTECT, related_name="recommendations", verbose_name=_("issued at")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    code = models.CharField(_("code"), max_length=20, unique=True, editable=False)
    text = models.TextField(_("recommendation"), max_length=600)
    owner = models.ForeignKey(
        "members.Agency", models.PROTECT, null=True, blank=True, related_name="recommendations", verbose_name=_("owner")
    )
    due = models.DateField(_("due"), null=True, blank=True)
    priority = models.CharField(_("priority"), max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    status = models.CharField(
        _("status"), max_length=11, choices=RecommendationStatus.choices, default=RecommendationStatus.OPEN
    )
    reason = models.TextField(_("reason"), max_length=MAX_NOTE, blank=True, help_text=_("Why it was dropped."))
    evidence = models.TextField(
        _("evidence"), max_length=MAX_NOTE, blank=True, help_text=_("What shows that it was done.")
    )
    is_example = models.BooleanField(
        _("example"), default=False, help_text=_("Owner, due date and progress are made up to show how it works.")
    )
    source_note = models.CharField(_("what the source says"), max_length=400, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering: ClassVar[list[str]] = ["meeting", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="one_recommendation_per_number",
                violation_error_message=_("This meeting has a recommendation of that number."),
            ),
            models.CheckConstraint(
                condition=~Q(status=RecommendationStatus.DROPPED) | ~Q(reason=""),
                name="dropped_with_reason",
                violation_error_message=_("Say why it was dropped."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    def get_absolute_url(self) -> str:
        """Its page in the active language."""
        return reverse("events:recommendation", args=[self.pk])

    @property
    def is_unfinished(self) -> bool:
        """Open or in progress."""
        return self.status in UNFINISHED

    @property
    def is_overdue(self) -> bool:
        """Unfinished, and its day has passed."""
        return self.is_unfinished and self.due is not None and self.due < timezone.localdate()


class FollowUp(models.Model):
    """A recommendation taken up at a later meeting: where it stood then."""

    recommendation = models.ForeignKey(
        Recommendation, models.PROTECT, related_name="follow_ups", verbose_name=_("recommendation")
    )
    meeting = models.ForeignKey(MeetingPage, models.PROTECT, related_name="follow_ups", verbose_name=_("meeting"))
    status = models.CharField(_("status then"), max_length=11, choices=RecommendationStatus.choices)
    note = models.TextField(_("note"), max_length=MAX_NOTE, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering: ClassVar[list[str]] = ["recommendation", "meeting__sort_date", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recommendation", "meeting"], name="one_follow_up_per_meeting")
        ]

    def __str__(self) -> str:
        return f"{self.recommendation.code} @ {self.meeting}"
