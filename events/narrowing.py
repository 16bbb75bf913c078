"""What a list is narrowed by in its address: a value that is none is named and narrows nothing."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _

from .forms import FilterForm

#: Name of the parameter, its label, the words for "anything", and the choices.
Select = tuple[str, str, str, list[tuple[str, str]]]


def chosen(params: QueryDict, selects: list[Select]) -> tuple[FilterForm, dict[str, str], list[str]]:
    """The filter form, what it narrows by, and a sentence for each value that is none and narrows nothing."""
    form = FilterForm(params, selects=selects)
    form.is_valid()
    hints = []
    data = params.copy()
    for name, label, anything, _choices in selects:
        if name in form.errors:
            given = data.pop(name)[-1]
            hints.append(
                _("%(label)s: there is no “%(value)s” here. Shown are: %(anything)s.")
                % {"label": label, "value": given[:80], "anything": anything}
            )
    if hints:
        form = FilterForm(data, selects=selects)
        form.is_valid()
    return form, {name: form.cleaned_data.get(name, "") for name, *_rest in selects}, hints


def page_of(found: Paginator[Any], params: QueryDict, hints: list[str]) -> tuple[Any, list[str]]:
    """The page asked for; the nearest one, with a sentence, when there is no such page."""
    asked = params.get("page", "1")
    page = found.get_page(asked)
    if asked != str(page.number):
        hints = [
            *hints,
            _("There is no page “%(page)s”. This is page %(number)s.") % {"page": asked[:20], "number": page.number},
        ]
    return page, hints
