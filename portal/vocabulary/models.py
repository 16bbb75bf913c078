"""The controlled words of the portal: what practices, meetings and people are filed under."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.core import shapes

from .enums import TermKind


class Term(models.Model):
    """One word of a list, with a definition, labels in all languages, and its neighbours. Public."""

    kind = models.CharField(_("kind"), max_length=12, choices=TermKind.choices)
    slug = models.SlugField(_("slug"), max_length=80)
    label = models.CharField(_("label"), max_length=160, help_text=_("In English."))
    labels = models.JSONField(_("labels"), default=dict, blank=True, help_text=_("Language code to label."))
    definition = models.TextField(_("definition"))
    synonyms = models.JSONField(_("synonyms"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    stage = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="glossary_terms", verbose_name=_("stage of return")
    )
    broader = models.ManyToManyField(
        "self", symmetrical=False, related_name="narrower", blank=True, verbose_name=_("broader")
    )
    related = models.ManyToManyField("self", blank=True, verbose_name=_("related"))
    details = models.JSONField(
        _("details"), default=dict, blank=True, help_text=_("Year, reference, CELEX number, status, scope.")
    )
    sources = models.JSONField(_("sources"), default=list, blank=True)
    notes = models.JSONField(_("notes and gaps"), default=list, blank=True)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering: ClassVar[list[str]] = ["kind", "order", "label"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "slug"], name="one_term_per_kind_and_slug")
        ]

    def __str__(self) -> str:
        return self.label_in(get_language())

    def get_absolute_url(self) -> str:
        """The term's page in the active language."""
        return reverse("vocabulary:term", args=[self.kind, self.slug])

    def clean(self) -> None:
        """Refuse what its page and search could not show."""
        super().clean()
        shapes.check_fields(
            self,
            labels=shapes.labels,
            synonyms=shapes.texts,
            details=shapes.details,
            sources=shapes.addresses,
            notes=shapes.texts,
        )

    def label_in(self, language: str | None) -> str:
        """The label in `language`, in English where there is none."""
        return str(self.labels.get(language or "en") or self.label)
