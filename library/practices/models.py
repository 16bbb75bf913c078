"""The library and its practices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import TaggedItemBase
from wagtail.fields import StreamField
from wagtail.models import AbstractGroupApprovalTask, PageManager
from wagtail.query import PageQuerySet

from network.members.models import Agency
from network.members.permissions import is_staff
from portal.core.audience import held_by
from portal.core.countries import country_names
from portal.core.dates import date_text
from portal.core.models import BasePage
from portal.core.text import length_error
from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term

from .blocks import RESULT_BLOCKS, SOURCE_BLOCKS, STEP_BLOCKS
from .cms_forms import PracticePageForm
from .enums import EvidenceLevel, RunningState
from .panels import LIBRARY_PANELS, PRACTICE_PANELS
from .safeguards import QUESTIONS, Safeguards

#: Slugs that would stand behind the library's own addresses (`urls.py`) and never be reached.
RESERVED_SLUGS = frozenset({"submit", "mine"})

#: Fields that `PracticePage.check_publishable` is about.
_MAKES_FIT = frozenset({"live", "is_collected", *(name for one in QUESTIONS for name in (one.key, one.why_field))})

#: Characters of a title (domain rule).
MAX_TITLE = 100

#: A confirmation that ends within so many days is shown as due.
DUE_SOON = dt.timedelta(days=60)


class LibraryPageQuerySet(PageQuerySet):
    """What `LibraryPageManager` finds."""

    def delete(self) -> Any:
        """The tree leaves fields out when it deletes, the joined locale's too, which Django does not accept."""
        return super(LibraryPageQuerySet, self.select_related(None)).delete()


class LibraryPageManager(PageManager.from_queryset(LibraryPageQuerySet)):  # type: ignore[misc]  # made at run time
    """Pages with their locale: every page asks for it, in its address and its `lang` attributes."""

    def get_queryset(self) -> Any:
        """Joined, not asked for page by page."""
        return super().get_queryset().select_related("locale")


class LibraryIndexPage(BasePage):
    """The list of practices at library/, with its filters."""

    lead = models.TextField(_("lead"), max_length=500, blank=True)

    objects: ClassVar[Any] = LibraryPageManager()

    content_panels: ClassVar[list[Any]] = LIBRARY_PANELS
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage"]
    subpage_types: ClassVar[list[str]] = ["practices.PracticePage"]
    # One under each language's home page: its translations.
    max_count_per_parent = 1
    template = "practices/library.html"

    class Meta:
        verbose_name = _("library")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The practices this viewer may see, narrowed as the address asks."""
        from .fragments import list_parts

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        tokens = held_by(request)
        context["parts"] = list_parts(request.GET, tokens, self.get_url() or "")
        return context


class TaggedPractice(TaggedItemBase):
    """A free tag on a practice."""

    content_object = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="tagged_items")


@dataclass(frozen=True, slots=True)
class Freshness:
    """How current a practice is: `kind` as in the component, and words."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Source:
    """A source as the page lists it."""

    title: str
    url: str
    publisher: str


def _terms(kind: TermKind, label: Any) -> ParentalManyToManyField:
    """A many-to-many field to the terms of one kind."""
    return ParentalManyToManyField(
        Term, verbose_name=label, limit_choices_to={"kind": kind}, related_name="+", blank=True
    )


class PracticePage(BasePage, Safeguards):  # type: ignore[django-manager-missing]  # modelcluster has no types
    """A good practice: what was done, what came of it, and what did not work."""

    summary = models.TextField(
        _("summary"), max_length=500, help_text=_("What an officer in another country needs in order to read on.")
    )
    countries = models.JSONField(_("countries"), default=list, blank=True)
    countries_note = models.CharField(
        _("note on the countries"), max_length=120, blank=True, help_text=_("Where no list of countries says it.")
    )
    lead = models.CharField(_("lead organisation"), max_length=250, blank=True, help_text=_("As the source names it."))
    lead_agency = models.ForeignKey(
        Agency, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lead agency of the network")
    )
    partners = models.TextField(_("partners"), max_length=2000, blank=True, help_text=_("One a line."))

    stages = _terms(TermKind.STAGE, _("stages of return"))
    groups = _terms(TermKind.GROUP, _("target and vulnerable groups"))
    instruments = _terms(TermKind.INSTRUMENT, _("legal instruments"))
    themes = _terms(TermKind.THEME, _("themes"))
    groups_as_said = models.TextField(_("target groups in the source's words"), blank=True, help_text=_("One a line."))
    instruments_as_said = models.TextField(
        _("instruments in the source's words"), blank=True, help_text=_("One a line.")
    )
    tags = ClusterTaggableManager(
        through=TaggedPractice,
        blank=True,
        verbose_name=_("tags"),
        help_text=_("Free words, separated by commas, for what the vocabulary has no term for."),
    )

    period = models.CharField(_("period"), max_length=250, blank=True, help_text=_("In words, as the source gives it."))
    year_from = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    year_to = models.PositiveSmallIntegerField(
        _("last year"), null=True, blank=True, help_text=_("Empty while it runs. The library sorts by it.")
    )
    running = models.CharField(_("state"), max_length=10, choices=RunningState.choices, default=RunningState.UNKNOWN)
    language = models.CharField(
        _("language of the text"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )

    problem = models.TextField(_("problem"), max_length=5000, blank=True)
    steps = StreamField(STEP_BLOCKS, verbose_name=_("what was done, in order"), blank=True)
    resources = models.TextField(_("resources"), max_length=3000, blank=True, help_text=_("Staff, cost, time."))
    results = StreamField(
        RESULT_BLOCKS,
        verbose_name=_("results"),
        blank=True,
        help_text=_("Figures first; the first one leads in lists."),
    )
    evidence = models.CharField(
        _("evidence level"), max_length=12, choices=EvidenceLevel.choices, default=EvidenceLevel.DESCRIBED
    )
    did_not_work = models.TextField(
        _("what did not work"), max_length=5000, blank=True, help_text=_("Counts as much as success.")
    )
    nothing_failed = models.BooleanField(_("nothing reported that did not work"), default=False)
    transferability = models.TextField(_("prerequisites and transferability"), max_length=5000, blank=True)
    sources = StreamField(SOURCE_BLOCKS, verbose_name=_("sources"), blank=True)
    gaps = models.TextField(
        _("what the sources leave open"), blank=True, help_text=_("One a line; shown under the sources.")
    )

    is_collected = models.BooleanField(
        _("collected from public sources"),
        default=False,
        help_text=_("By the project staff. Only such a practice may leave safeguards open; the page says so."),
    )
    is_example = models.BooleanField(
        _("example"), default=False, help_text=_("Invented for the demonstration; marked as such.")
    )
    confirmed_on = models.DateField(
        _("confirmed on"), null=True, blank=True, help_text=_("When the lead organisation last said that this holds.")
    )
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    contact_role = models.CharField(
        _("contact role"), max_length=200, blank=True, help_text=_("A role, not a person: it survives a hand-over.")
    )

    objects: ClassVar[Any] = LibraryPageManager()

    content_panels: ClassVar[list[Any]] = PRACTICE_PANELS
    base_form_class = PracticePageForm
    parent_page_types: ClassVar[list[str]] = ["practices.LibraryIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "practices/practice.html"

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")

    def clean(self) -> None:
        """Refuse an address the library itself uses, a title too long for a card, and a period that runs backwards."""
        super().clean()
        errors: dict[str, ValidationError | str] = {}
        if self.slug in RESERVED_SLUGS:
            errors["slug"] = gettext("The library itself uses this address. Choose another.")
        if len(self.title) > MAX_TITLE:
            errors["title"] = length_error(len(self.title), MAX_TITLE)
        if self.year_from and self.year_to and self.year_to < self.year_from:
            errors["year_to"] = gettext("The last year comes before the first.")
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a page that is live must be fit for it, whoever made it so. A draft beside it need not be yet."""
        written = kwargs.get("update_fields")
        if self.live and (written is None or not _MAKES_FIT.isdisjoint(written)):
            self.check_publishable()
        super().save(*args, **kwargs)

    def check_publishable(self) -> None:
        """Raise ValidationError while a safeguard is unanswered; only what staff collected may be incomplete."""
        missing = [] if self.is_collected else self.unanswered()
        if missing:
            raise ValidationError(
                ngettext(
                    "Not to be published while this safeguard lacks an answer or its explanation: %(questions)s.",
                    "Not to be published while these safeguards lack an answer or its explanation: %(questions)s.",
                    len(missing),
                )
                % {"questions": "; ".join(str(question.label) for question in missing)},
                code="safeguards",
            )

    @property
    def lead_name(self) -> str:
        """The lead organisation: as the source names it, or the agency's name."""
        return self.lead or (self.lead_agency.name if self.lead_agency else "")

    @property
    def where(self) -> str:
        """The countries in the active language, or what is said in their place."""
        return country_names(self.countries) or self.countries_note

    @property
    def figures(self) -> list[Any]:
        """The results that have a figure, in order."""
        return [block.value for block in self.results if block.value.get("figure")]

    @property
    def other_results(self) -> list[str]:
        """The results in words alone."""
        return [block.value["text"] for block in self.results if not block.value.get("figure")]

    @property
    def leading_figure(self) -> Any:
        """The figure a card shows, or None."""
        figures = self.figures
        return figures[0] if figures else None

    @property
    def listed_sources(self) -> list[Source]:
        """The sources with words to click on: the title, or the address in short."""
        return [
            Source(
                block.value.get("title") or short_address(block.value.get("url") or ""),
                block.value.get("url") or "",
                block.value.get("publisher") or "",
            )
            for block in self.sources
        ]

    @property
    def is_unconfirmed(self) -> bool:
        """Never confirmed by the lead organisation, or no longer."""
        return self.confirmed_on is None or (self.valid_until is not None and self.valid_until < timezone.localdate())

    @property
    def freshness(self) -> Freshness:
        """How current it is, in words."""
        today = timezone.localdate()
        if self.confirmed_on is None:
            return Freshness(
                "unconfirmed",
                gettext("Unconfirmed since it was collected") if self.is_collected else gettext("Not confirmed"),
            )
        if self.valid_until is not None and self.valid_until < today:
            words = gettext("Unconfirmed since %(date)s") % {"date": date_text(self.valid_until)}
            return Freshness("unconfirmed", words)
        if self.valid_until is not None and self.valid_until - today <= DUE_SOON:
            return Freshness("soon", gettext("Due for confirmation %(date)s") % {"date": date_text(self.valid_until)})
        return Freshness("confirmed", gettext("Confirmed %(date)s") % {"date": date_text(self.confirmed_on)})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the page shows beside its own fields."""
        from .fragments import practice_parts
        from .selectors import crumbs

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        tokens = held_by(request)
        context["crumbs"] = crumbs()
        context["body"] = practice_parts(self, tokens, draft=getattr(request, "is_preview", False))
        return context


def short_address(url: str) -> str:
    """An address as people read it: host and path, unquoted, at most 80 characters."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a host in brackets that is none
        return str(Truncator(url).chars(80))
    host = (parts.hostname or "").removeprefix("www.")
    return str(Truncator(host + unquote(parts.path).rstrip("/")).chars(80))


class PracticeReview(AbstractGroupApprovalTask):
    """The project staff's look at a practice before it is published. An incomplete one can only be sent back."""

    class Meta:
        verbose_name = _("review of a practice")
        verbose_name_plural = _("reviews of practices")

    def _user_in_groups(self, user: Any) -> bool:
        """Project staff who are not suspended; the groups say who is mailed."""
        return is_staff(user)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Wagtail's actions, without approval while a safeguard is open."""
        actions: list[tuple[str, Any, bool]] = super().get_actions(obj, user)
        latest = obj.get_latest_revision_as_object()
        if latest.is_collected or not latest.unanswered():
            return actions
        return [action for action in actions if action[0] != "approve"]

    @classmethod
    def get_description(cls) -> Any:
        """For the list of task types in the CMS."""
        return _("Project staff approve a practice or ask its author for changes")
