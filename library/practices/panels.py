"""How the CMS lays out the library's pages."""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from portal.core.models import BasePage

from .safeguards import QUESTIONS

LIBRARY_PANELS: list[Any] = [*BasePage.content_panels, FieldPanel("lead")]

PRACTICE_PANELS: list[Any] = [
    *BasePage.content_panels,
    FieldPanel("summary"),
    MultiFieldPanel(
        [
            FieldPanel("countries"),
            FieldPanel("countries_note"),
            FieldPanel("lead"),
            FieldPanel("lead_agency"),
            FieldPanel("partners"),
            FieldPanel("contact_role"),
        ],
        _("Where and who"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("period"),
            FieldRowPanel([FieldPanel("year_from"), FieldPanel("year_to")]),
            FieldRowPanel([FieldPanel("running"), FieldPanel("language")]),
        ],
        _("When"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("stages", widget=CheckboxSelectMultiple),
            FieldPanel("groups", widget=CheckboxSelectMultiple),
            FieldPanel("groups_as_said"),
            FieldPanel("instruments", widget=CheckboxSelectMultiple),
            FieldPanel("instruments_as_said"),
            FieldPanel("themes", widget=CheckboxSelectMultiple),
            FieldPanel("tags"),
        ],
        _("Filed under"),
        help_text=_("The terms make the filters of the library and the links to the vocabulary."),
        classname="collapsed",
    ),
    MultiFieldPanel(
        [FieldPanel("problem"), FieldPanel("steps"), FieldPanel("resources")],
        _("Problem, and what was done"),
        help_text=_("In problem, resources and the like every line is a point of its own."),
    ),
    MultiFieldPanel(
        [
            FieldPanel("results"),
            FieldPanel("evidence"),
            FieldPanel("did_not_work"),
            FieldPanel("nothing_failed"),
            FieldPanel("transferability"),
        ],
        _("Results, and what did not work"),
    ),
    MultiFieldPanel(
        [FieldPanel(name) for question in QUESTIONS for name in (question.key, question.why_field)],
        _("Rights safeguards"),
        help_text=_("Each with an answer and an explanation, or the page is not published. Never a score."),
    ),
    MultiFieldPanel([FieldPanel("sources"), FieldPanel("gaps")], _("Sources")),
    MultiFieldPanel(
        [
            FieldPanel("is_collected"),
            FieldRowPanel([FieldPanel("confirmed_on"), FieldPanel("valid_until")]),
            FieldPanel("author"),
            FieldPanel("is_example"),
        ],
        _("Where it comes from, and whether it holds"),
    ),
]
