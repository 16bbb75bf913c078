"""The living component sheet at /styleguide/: every component in every state. Development and demo only.

One example template a component: ``templates/styleguide/<name>.html`` for ``templates/components/<name>.html``. What a
component takes is read from the comment at its top, so that the sheet can not say something else than the file.
Its words are not translated: it is for those who build.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import path

from portal.core.unsent import Typed

TEMPLATES = Path(__file__).parents[1] / "templates"
SAMPLES = Path(__file__).with_name("styleguide.yaml")
_COMMENT = re.compile(r"\{% comment %\}\s*(.*?)\s*\{% endcomment %\}", re.DOTALL)

#: The order of the sheet. Parts of another component (fact, route_stop, field_error) stand on its example.
GROUPS = {
    "Ground": ["mark", "colour", "letters"],
    "The route": ["route", "route_mini", "joining_route", "carry", "steps", "progress"],
    "Labels": ["status", "audience", "freshness", "not_known", "example", "tags", "country_codes", "chips"],
    "Frame of a page": ["breadcrumb", "page_head", "section", "panel", "onward", "menu", "flash"],
    "Lists": ["entry", "links", "filters", "filter_row", "tabs", "pagination", "search_box"],
    "Facts and figures": ["facts", "figure", "tally", "table", "matrix", "chart", "safeguards", "sources"],
    "Record": ["prose", "recommendation"],
    "Forms": ["buttons", "form", "error_summary", "send_again", "dialog"],
    "Rooms": ["message", "compose"],
    "Answers": ["alert", "empty", "toast", "skeleton"],
}


class SampleForm(forms.Form):
    """Every kind of field."""

    name = forms.CharField(label="Name", help_text="As colleagues know you.")
    email = forms.EmailField(
        label="Work e-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="The address of your agency.",
    )
    since = forms.CharField(label="In this post since", required=False, help_text="A date such as 28 January 2025.")
    language = forms.ChoiceField(label="Language", choices=[("sr", "Serbian, Cyrillic"), ("sq", "Albanian")])
    answer = forms.ChoiceField(
        label="Informed consent where voluntary",
        widget=forms.RadioSelect,
        choices=[("yes", "Yes"), ("no", "No"), ("na", "Not applicable")],
    )
    stages = forms.MultipleChoiceField(
        label="Stages of return",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("r", "Readmission"), ("c", "Return counselling"), ("i", "Reintegration")],
    )
    summary = forms.CharField(
        label="Summary",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What an officer in another country needs in order to decide to read on.",
    )
    attachment = forms.FileField(label="Attachment", required=False)
    office = forms.CharField(label="Office", disabled=True, initial="Filled by your focal point", required=False)
    told = forms.BooleanField(label="Tell me when it is answered", required=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A component on the sheet: how to use it, and the rendered example."""

    name: str
    usage: str
    example: str


def usage(name: str) -> str:
    """The comment at the top of a component's file; empty for what has no file (buttons, colours)."""
    file = TEMPLATES / "components" / f"{name}.html"
    found = _COMMENT.match(file.read_text("utf-8")) if file.is_file() else None
    return found[1] if found else ""


def samples() -> dict[str, Any]:
    """What the examples show: ``styleguide.yaml``, and what only Python can make."""
    typed = {"name": "", "email": "officer@", "since": "28.13.2025", "language": "sr", "summary": "x" * 538}
    wrong = SampleForm(typed, auto_id="wrong_%s")
    wrong.add_error("since", "Enter a date such as 28 January 2025.")
    pages = Paginator(range(830), 20)
    given = yaml.safe_load(SAMPLES.read_text("utf-8"))
    return {
        **given,
        "facet": [SimpleNamespace(**option) for option in given["facet"]],
        "form": SampleForm(),
        "wrong": wrong,
        "message": SampleForm(auto_id="message_%s"),
        "refused": SampleForm(typed, auto_id="refused_%s"),
        "unsent": Typed(
            "#",
            [
                ("name", "Ana"),
                ("reason", "We work on escorts by air.\nAnd by land."),
                ("x", "Rückübernahmeabkommen " * 40),
            ],
        ),
        "pages": [*(pages.page(number) for number in (1, 21, 42)), Paginator(range(8), 20).page(1)],
        "nothing": Paginator([], 20).page(1),
        "messages": [
            Message(messages.SUCCESS, "Your practice was sent."),
            Message(messages.ERROR, "Not saved: the connection was lost."),
        ],
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    """The sheet."""
    context = samples()

    def part(name: str) -> Part:
        return Part(name, usage(name), get_template(f"styleguide/{name}.html").render(context, request))

    groups = [(group, [part(name) for name in names]) for group, names in GROUPS.items()]
    return render(request, "styleguide/sheet.html", {"groups": groups})


urlpatterns = [path("", styleguide, name="styleguide")]
