"""The form a member writes a practice in. One page, in sections; nothing in it needs a script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from network.members.models import Agency
from portal.core.audience import MEMBERS, PUBLIC
from portal.core.countries import WESTERN_BALKANS, country_choices
from portal.core.text import length_error
from portal.core.text_fields import limit_of
from portal.core.unsent import VERSION
from portal.vocabulary.enums import TermKind
from portal.vocabulary.forms import TermsField

from .blocks import MAX_STEP
from .enums import EvidenceLevel, RunningState
from .models import MAX_TITLE, PracticePage
from .safeguards import OWN_ANSWERS, QUESTIONS, Question
from .services import PracticeText

#: Characters of one tag: what its table holds.
MAX_TAG = 100
#: Offered as boxes; every other country stands in a list.
NEAR = (*WESTERN_BALKANS, "AT", "HR", "SI", "DE")
#: Asked for, and checked in `PracticeForm.clean` together with another field that can stand in for it.
TOGETHER = frozenset({"countries", "stages", "did_not_work"})


def _text(label: Any, limit: int | str, *, rows: int = 0, **options: Any) -> forms.CharField:
    """A text field of at most `limit` characters, or of as many as fit into the practice's field of that name."""
    most = limit if isinstance(limit, int) else limit_of(PracticePage, limit)
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=most, widget=widget, **options)


def _each_fits(entries: Iterable[str], limit: int) -> None:
    """Raise ValidationError naming the first of `entries` with more than `limit` characters."""
    for entry in entries:
        if len(entry) > limit:
            words = length_error(len(entry), limit).messages[0]
            raise ValidationError(f"“{Truncator(entry).chars(60)}”: {words}")


@dataclass(frozen=True, slots=True)
class FormSection:
    """A part of the form under one heading in the margin."""

    id: str
    title: str
    note: str
    fields: list[BoundField]


@dataclass(frozen=True, slots=True)
class SafeguardFields:
    """The two fields of one question."""

    question: Question
    answer: BoundField
    why: BoundField

    @property
    def errors(self) -> list[str]:
        """What is wrong with either."""
        return [*self.answer.errors, *self.why.errors]


class PracticeForm(forms.Form):
    """Every field of a practice but results and sources, which are formsets beside it.

    With ``complete=False`` (a draft is saved) only the title is asked for; what is typed is checked all the same.
    """

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs=VERSION))
    title = _text(
        _("Title"), MAX_TITLE, help_text=_("At most 100 characters: what was done, not the name of the project.")
    )
    summary = _text(
        _("Summary"),
        "summary",
        rows=4,
        help_text=_("At most 500 characters. What an officer in another country needs in order to decide to read on."),
    )
    language = forms.ChoiceField(label=_("Language you write in"), choices=settings.LANGUAGES)
    countries = forms.MultipleChoiceField(label=_("Countries"), widget=forms.CheckboxSelectMultiple)
    other_countries = forms.MultipleChoiceField(
        label=_("Other countries"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("Several with Ctrl or ⌘."),
    )
    lead = _text(_("Lead organisation"), "lead")
    lead_agency = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("Lead agency of the network"),
        required=False,
        empty_label=_("None of these"),
        help_text=_("So that the practice stands on the agency's page too."),
    )
    partners = _text(_("Partners"), "partners", rows=3, required=False, help_text=_("One a line."))
    contact_role = _text(
        _("Contact role"),
        "contact_role",
        required=False,
        help_text=_("A role, such as “focal point for readmission”; not a person."),
    )
    period = _text(
        _("Period"), "period", required=False, help_text=_("In words: since March 2023; three pilots in 2024.")
    )
    year_from = forms.IntegerField(label=_("First year"), required=False, min_value=1990, max_value=2100)
    year_to = forms.IntegerField(
        label=_("Last year"), required=False, min_value=1990, max_value=2100, help_text=_("Empty while it runs.")
    )
    running = forms.ChoiceField(label=_("State"), choices=RunningState.choices, initial=RunningState.ONGOING)
    stages = TermsField(TermKind.STAGE, label=_("Stages of return"), required=True)
    groups = TermsField(TermKind.GROUP, label=_("Target and vulnerable groups"))
    themes = TermsField(TermKind.THEME, label=_("Themes"))
    instruments = TermsField(TermKind.INSTRUMENT, label=_("Legal instruments"))
    tags = forms.CharField(
        label=_("Tags"), required=False, help_text=_("Free words, separated by commas, for what has no term above.")
    )
    problem = _text(_("Problem"), "problem", rows=4, help_text=_("What was wrong, or missing, before."))
    steps = _text(
        _("What was done"),
        10000,
        rows=8,
        help_text=_("One step a line, in order. They become numbered stations on the page."),
    )
    resources = _text(
        _("Resources"), "resources", rows=3, required=False, help_text=_("Staff, cost, time. One a line.")
    )
    evidence = forms.ChoiceField(label=_("Evidence level"), choices=EvidenceLevel.choices)
    did_not_work = _text(
        _("What did not work"),
        "did_not_work",
        rows=4,
        help_text=_("Lessons from failure count as much as success."),
    )
    nothing_failed = forms.BooleanField(label=_("Nothing was reported that did not work"), required=False)
    transferability = _text(
        _("Prerequisites and transferability"),
        "transferability",
        rows=4,
        required=False,
        help_text=_("What another country needs before it can do the same."),
    )
    audience = forms.ChoiceField(
        label=_("Once it is published, it is seen by"),
        widget=forms.RadioSelect,
        help_text=_("Until then only you and the project staff see it."),
        error_messages={"required": _("Choose who will see this practice.")},
    )

    def __init__(self, *args: Any, audiences: Iterable[Any], complete: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complete = complete
        self._choices("countries", [choice for choice in country_choices() if choice[0] in NEAR])
        self._choices("other_countries", [choice for choice in country_choices() if choice[0] not in NEAR])
        self._choices("audience", audience_choices(audiences))
        for question in QUESTIONS:
            self.fields[question.key] = forms.ChoiceField(
                label=question.label,
                choices=[(answer.value, answer.label) for answer in OWN_ANSWERS],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose yes, no or not applicable, and explain.")},
            )
            self.fields[question.why_field] = _text(
                format_lazy(_("{question}, explanation"), question=question.label),
                question.why_field,
                error_messages={"required": _("Explain the answer in one or two sentences.")},
            )
        self.order_fields([name for name in self.fields if name != "audience"])

    def full_clean(self) -> None:
        """Check; of a draft only the title is asked for, though the page goes on saying what sending will ask for."""
        asked = {name: field.required for name, field in self.fields.items()}
        for name, field in self.fields.items():
            field.required = name == "title" or (self.complete and field.required and name not in TOGETHER)
        super().full_clean()
        for name, field in self.fields.items():
            field.required = asked[name]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_tags(self) -> str:
        """Tags short enough to be kept."""
        tags = str(self.cleaned_data["tags"])
        _each_fits([tag.strip() for tag in tags.split(",")], MAX_TAG)
        return tags

    def clean_steps(self) -> str:
        """Steps short enough for the station they become, as the CMS asks too."""
        steps = str(self.cleaned_data["steps"])
        _each_fits(lines_of(steps), MAX_STEP)
        return steps

    def clean(self) -> dict[str, Any]:
        """What needs two fields to be seen."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("year_from"), cleaned.get("year_to")
        if first and last and last < first:
            self.add_error(
                "year_to",
                gettext("The last year (%(last)s) comes before the first (%(first)s).")
                % {"last": last, "first": first},
            )
        if not self.complete:
            return cleaned
        for question in QUESTIONS:
            # Without an answer there is nothing to explain yet: one thing to correct, not two.
            if question.key in self.errors and not cleaned.get(question.why_field):
                self.errors.pop(question.why_field, None)
        if "did_not_work" in cleaned and not cleaned["did_not_work"] and not cleaned.get("nothing_failed"):
            self.add_error("did_not_work", gettext("Write at least one sentence, or tick the box below."))
        if not cleaned.get("countries") and not cleaned.get("other_countries"):
            self.add_error("countries", gettext("Choose at least one country."))
        if "stages" in cleaned and not cleaned["stages"]:
            self.add_error("stages", gettext("Choose at least one stage of return."))
        return cleaned

    def practice(self, results: Any, sources: Any) -> PracticeText:
        """What was typed here and in the two formsets, for the service. Call it when all three are valid."""
        cleaned = dict(self.cleaned_data)
        cleaned["countries"] = cleaned.pop("countries") + cleaned.pop("other_countries")
        cleaned["steps"] = lines_of(cleaned["steps"])
        cleaned["tags"] = [tag.strip() for tag in cleaned["tags"].split(",") if tag.strip()]
        cleaned.pop("revision")
        names = [name for question in QUESTIONS for name in (question.key, question.why_field)]
        return PracticeText(
            safeguards={name: cleaned.pop(name) for name in names},
            results=[(row["figure"], row["text"]) for row in _filled(results)],
            sources=[(row["title"], row["url"]) for row in _filled(sources)],
            **cleaned,
        )

    def safeguard_fields(self) -> list[SafeguardFields]:
        """The eight questions with their fields."""
        return [SafeguardFields(question, self[question.key], self[question.why_field]) for question in QUESTIONS]

    def sections(self) -> dict[str, FormSection]:
        """The parts of the form by id, each with its fields."""
        parts: list[tuple[str, Any, Any, str]] = [
            ("short", _("In short"), "", "title summary language"),
            ("where", _("Where and who"), "", "countries other_countries lead lead_agency partners contact_role"),
            ("when", _("When"), "", "period year_from year_to running"),
            ("filed", _("Filed under"), _("Others find it by these."), "stages groups themes instruments tags"),
            ("done", _("Problem, and what was done"), "", "problem steps resources"),
            ("limits", _("What did not work"), "", "did_not_work nothing_failed evidence"),
            ("transfer", _("Transfer"), "", "transferability"),
            ("who", _("Who will see this"), "", "audience"),
        ]
        return {
            key: FormSection(key, str(title), str(note), [self[name] for name in names.split()])
            for key, title, note, names in parts
        }


class ResultForm(forms.Form):
    """One result; an empty row is left out."""

    figure = _text(_("Figure"), 40, required=False)
    text = _text(_("Of what, and when"), 500, required=False)

    def clean(self) -> dict[str, Any]:
        """A figure needs words."""
        cleaned = super().clean() or {}
        if cleaned.get("figure") and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", gettext("Say what the figure %(figure)s counts.") % {"figure": cleaned["figure"]})
        return cleaned


class SourceForm(forms.Form):
    """One source; an empty row is left out."""

    title = _text(_("Title"), 250, required=False)
    url = forms.URLField(label=_("Web address"), required=False, max_length=600, assume_scheme="https")


ResultFormSet = forms.formset_factory(ResultForm, extra=3, min_num=1, validate_min=False, max_num=20)
SourceFormSet = forms.formset_factory(SourceForm, extra=3, min_num=1, validate_min=False, max_num=30)


def _filled(formset: Any) -> list[dict[str, Any]]:
    return [row for row in formset.cleaned_data if any(row.values())]


def lines_of(text: str) -> list[str]:
    """The lines of a text that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def audience_choices(audiences: Iterable[Any]) -> list[tuple[str, Any]]:
    """The audiences a member may choose: the widest first, in words that say who that is."""
    words = {PUBLIC: _("Everyone, without an account"), MEMBERS: _("Members of the network")}
    order = {PUBLIC: 0, MEMBERS: 1}
    rows = sorted(audiences, key=lambda row: (order.get(row.pk, 2), row.kind, row.label))
    return [(row.pk, words.get(row.pk) or gettext("Only %(name)s") % {"name": row.label}) for row in rows]


def initial_of(practice: PracticePage) -> dict[str, Any]:
    """A draft as the form shows it."""
    names = [
        "title",
        "summary",
        "language",
        "lead",
        "lead_agency",
        "partners",
        "contact_role",
        "period",
        "year_from",
        "year_to",
        "running",
        "problem",
        "resources",
        "evidence",
        "did_not_work",
        "nothing_failed",
        "transferability",
        *(name for question in QUESTIONS for name in (question.key, question.why_field)),
    ]
    audience = practice.audiences.first()
    return {
        **{name: getattr(practice, name) for name in names},
        "countries": [code for code in practice.countries if code in NEAR],
        "other_countries": [code for code in practice.countries if code not in NEAR],
        "steps": "\n".join(block.value for block in practice.steps),
        "tags": ", ".join(sorted(tag.name for tag in practice.tags.all())),
        **{name: list(getattr(practice, name).all()) for name in ("stages", "groups", "themes", "instruments")},
        "audience": audience.pk if audience else "",
        "revision": practice.latest_revision_id,
    }


def result_rows(practice: PracticePage) -> list[dict[str, str]]:
    """The results of a draft as rows of the formset."""
    return [{"figure": block.value.get("figure") or "", "text": block.value["text"]} for block in practice.results]


def source_rows(practice: PracticePage) -> list[dict[str, str]]:
    """The sources of a draft as rows of the formset."""
    return [
        {"title": block.value.get("title") or "", "url": block.value.get("url") or ""} for block in practice.sources
    ]
