"""The rights safeguards: eight questions every practice answers. Never a score, never a ranking of countries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .enums import SafeguardAnswer


@dataclass(frozen=True, slots=True)
class Question:
    """One question; its answer stands in the field `key`, the explanation in `why_field`."""

    key: str
    label: Any

    @property
    def why_field(self) -> str:
        """The name of the field with the explanation."""
        return f"{self.key}_why"


QUESTIONS = (
    Question("non_refoulement", _("Individual non-refoulement assessment")),
    Question("effective_remedy", _("Effective remedy and legal aid")),
    Question("best_interests", _("Best interests of the child")),
    Question("vulnerability", _("Identification of vulnerable people")),
    Question("informed_consent", _("Informed consent where voluntary")),
    Question("independent_monitoring", _("Independent monitoring")),
    Question("data_protection", _("Protection of personal data")),
    Question("complaints", _("Complaint mechanism")),
)

#: What an author may answer; only what staff collected leaves it to the silence of the sources.
OWN_ANSWERS = (SafeguardAnswer.YES, SafeguardAnswer.NO, SafeguardAnswer.NOT_APPLICABLE)

#: The longest explanation, in characters: one or two sentences.
MAX_EXPLANATION = 600


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer as the page shows it: empty where the sources are silent or nobody answered."""

    question: str
    answer: str
    explanation: str


def open_questions(values: Mapping[str, Any]) -> list[Question]:
    """The questions that `values` (field name -> value) leaves without a yes, no or not applicable, or unexplained."""
    return [
        question
        for question in QUESTIONS
        if values.get(question.key) not in OWN_ANSWERS or not str(values.get(question.why_field) or "").strip()
    ]


def _answer(label: Any) -> models.CharField[str, str]:
    return models.CharField(label, max_length=16, choices=SafeguardAnswer.choices, blank=True)


def _why() -> models.TextField[str, str]:
    return models.TextField(_("explanation"), max_length=MAX_EXPLANATION, blank=True)


class Safeguards(models.Model):
    """The sixteen fields of the panel."""

    non_refoulement = _answer(QUESTIONS[0].label)
    non_refoulement_why = _why()
    effective_remedy = _answer(QUESTIONS[1].label)
    effective_remedy_why = _why()
    best_interests = _answer(QUESTIONS[2].label)
    best_interests_why = _why()
    vulnerability = _answer(QUESTIONS[3].label)
    vulnerability_why = _why()
    informed_consent = _answer(QUESTIONS[4].label)
    informed_consent_why = _why()
    independent_monitoring = _answer(QUESTIONS[5].label)
    independent_monitoring_why = _why()
    data_protection = _answer(QUESTIONS[6].label)
    data_protection_why = _why()
    complaints = _answer(QUESTIONS[7].label)
    complaints_why = _why()

    class Meta:
        abstract = True

    @property
    def safeguards(self) -> list[Answered]:
        """The eight questions in order, with what was answered."""
        found = []
        for question in QUESTIONS:
            answer = getattr(self, question.key)
            shown = "" if answer == SafeguardAnswer.SILENT else answer
            found.append(Answered(str(question.label), shown, getattr(self, question.why_field)))
        return found

    def unanswered(self) -> list[Question]:
        """The questions without an answer of the author's own, or without an explanation."""
        return open_questions(vars(self))
