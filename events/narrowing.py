"""What a list is narrowed by in its address: a value that is none is named and narrows nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from .forms import FilterForm

#: Name of the parameter, its label, the words for "anything", and the choices.
Select = tuple[str, str, str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The filter form, what it narrows by, and a sentence for each value that is none. No form: nothing to choose."""

    form: FilterForm | None = None
    chosen: dict[str, str] = field(default_factory=dict)
    hints: list[str] = field(default_factory=list)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is chosen."""
        return any(self.chosen.values())


def narrowed(params: QueryDict, selects: list[Select]) -> Narrowed:
    """What the address chooses of `selects`."""
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
    return Narrowed(form, {name: form.cleaned_data.get(name, "") for name, *_rest in selects}, hints)
