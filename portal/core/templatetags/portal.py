"""The tags every template may use: components with a body, icons, dates, languages, labels.

``{% load portal %}``. Markup stays in ``portal/templates/components/``; a tag computes what a template cannot.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, ClearableFileInput, RadioSelect
from django.http import QueryDict
from django.template import Engine
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language

from portal.core import audience, dates, frame, once
from portal.core import panels as panel_registry
from portal.core.countries import country_names
from portal.core.languages import html_tag, in_language, languages
from portal.core.links import in_paragraphs

register = template.Library()
register.filter(in_paragraphs)

_FILLS = "portal_component_fills"


def rendered(nodelist: NodeList, context: template.Context) -> SafeString:
    """The markup between two tags, already escaped by the template it stands in, without the space around it."""
    return mark_safe(nodelist.render(context).strip())  # noqa: S308  what a template gives is escaped already


def _engine(context: template.Context) -> Engine:
    """The engine that renders now."""
    assert context.template is not None, "a tag is rendered by a template"
    return context.template.engine


class ComponentNode(Node):
    """``{% component "panel" title=… %}body{% endcomponent %}``."""

    child_nodelists = ("nodelist",)

    def __init__(self, name: FilterExpression, values: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.name = name
        self.values = values
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        """The component's markup."""
        fills: dict[str, SafeString] = {}
        with context.push(**{_FILLS: fills}):
            body = rendered(self.nodelist, context)
        values = {key: value.resolve(context) for key, value in self.values.items()}
        if "csrf_token" in context:
            values.setdefault("csrf_token", context["csrf_token"])
        found = _engine(context).get_template(f"components/{self.name.resolve(context)}.html")
        return found.render(context.new({**values, **fills, "body": body}))


@register.tag("component")
def do_component(parser: Parser, token: Token) -> ComponentNode:
    """Render ``components/<name>.html`` with the keyword arguments; what is between the tags is its ``body``.

    Further parts of the component are given by ``{% fill name %}…{% endfill %}`` inside it. The component sees nothing
    of the surrounding context but what it is given (and the CSRF token).
    """
    bits = token.split_contents()
    if len(bits) < 2:
        raise template.TemplateSyntaxError("{% component %} needs the component's name")
    values = token_kwargs(bits[2:], parser)
    if len(values) != len(bits) - 2:
        raise template.TemplateSyntaxError(f"{{% component {bits[1]} %}} takes keyword arguments only")
    nodelist = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return ComponentNode(parser.compile_filter(bits[1]), values, nodelist)


class FillNode(Node):
    """``{% fill actions %}…{% endfill %}`` inside a component."""

    child_nodelists = ("nodelist",)

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        """Nothing here: the part goes to the component around it."""
        context[_FILLS][self.name] = rendered(self.nodelist, context)
        return ""


@register.tag("fill")
def do_fill(parser: Parser, token: Token) -> FillNode:
    """Fill a named part of the surrounding component."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError("{% fill %} takes one argument: the part's name")
    nodelist = parser.parse(("endfill",))
    parser.delete_first_token()
    return FillNode(bits[1].strip("\"'"), nodelist)


@register.simple_tag
def icon(name: str, *, small: bool = False) -> SafeString:
    """A decorative icon of the sprite: ``search`` is ``#i-search``; one with a prefix (``s-done``) stays."""
    symbol = name if name.startswith(("i-", "s-")) else f"i-{name}"
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " icon--s" if small else "",
        static("portal/img/icons.svg"),
        symbol,
    )


@register.inclusion_tag("components/audience.html", name="audience_label")
def audience_label_tag(item: Any) -> dict[str, Any]:
    """Who may see `item`: a model instance with `audiences`, or something with ``kind`` and ``text`` already."""
    label = item if hasattr(item, "kind") and hasattr(item, "text") else audience.audience_label(item)
    return {"kind": label.kind, "label": label.text}


@register.simple_tag
def countries(codes: Iterable[str] | str | None) -> str:
    """The names of country codes in the active language, sorted; empty for none. XK is Kosovo*."""
    if not codes:
        return ""
    return country_names([codes] if isinstance(codes, str) else codes)


@register.simple_tag
def localised_date(value: dt.date | dt.datetime | None, *, time: bool = False) -> SafeString | str:
    """A ``<time>`` with the date in the active language, and with the hour when `time`; empty for None."""
    if value is None:
        return ""
    text = dates.datetime_text(value) if time and isinstance(value, dt.datetime) else dates.date_text(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag
def date_range(start: dt.date | None, end: dt.date | None = None, precision: str = "day") -> str:
    """``28–30 January 2025``; see `portal.core.dates.date_range_text`. Empty when the source gives no date."""
    return dates.date_range_text(start, end, precision)


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The page a reader is on, in one language. `short` is the code as people write it."""

    code: str
    tag: str
    name: str
    short: str
    path: str
    query: str
    current: bool

    @property
    def url(self) -> str:
        """Path and query: where a reader goes on. Search engines get the path alone."""
        return self.path + self.query


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[LanguageLink]:
    """All interface languages with the address of this page in each: the same path and query under its prefix.

    A page outside the language prefixes leads to the home page of the language.
    """
    request = context.get("request")
    active = get_language()
    path, query = (request.path, request.META.get("QUERY_STRING", "")) if request is not None else ("/", "")
    here = in_language(path, active) == path
    tail = f"?{query}" if query and here else ""
    return [
        LanguageLink(
            language.code,
            language.tag,
            language.name,
            "СР" if language.code == "sr" else language.tag.partition("-")[0].upper(),
            in_language(path, language.code) if here else f"/{language.code}/",
            tail,
            language.code == active,
        )
        for language in languages()
    ]


@register.simple_tag
def html_lang(code: str | None = None) -> str:
    """The ``lang`` attribute for a language code, or for the active language: ``sr`` is ``sr-Cyrl``."""
    return html_tag(code or get_language())


@register.filter
def lang_attribute(code: str | None) -> SafeString | str:
    """`` lang="sq"`` for content whose language is not the page's; nothing when it is, or is not known."""
    if not code or code == get_language():
        return ""
    return format_html(' lang="{}"', html_tag(code))


@register.simple_tag(takes_context=True)
def frame_part(context: template.Context, name: str, **values: Hashable) -> SafeString:
    """``components/<name>.html`` with the page's whole context, as the masthead and the foot are: see `core.frame`."""
    found = _engine(context).get_template(f"components/{name}.html")
    request = context.get("request")
    if request is None or not frame.is_same_for_all(request, context.get("user")):
        with context.push(**values):
            return found.render(context)
    given = {name: context[name] for name in ("user", "site_sections", "help_pages", "dev_pages", "LANGUAGE_CODE")}

    def render(any_page: Any) -> SafeString:
        return found.render(context.new({**given, **values, "request": any_page}))

    return frame.with_address(request, (name, *values.items(), *given["site_sections"], given["dev_pages"]), render)


@register.simple_tag(takes_context=True)
def panels(context: template.Context, place: str, subject: Any = None) -> SafeString:
    """What higher apps show at `place` ("home", "term", "agency") to this viewer, rendered one after the other."""
    request = context["request"]
    engine = _engine(context)

    def render(panel: panel_registry.Panel) -> SafeString:
        return engine.get_template(panel.template).render(context.new({**panel.context, "request": request}))

    return format_html_join(
        "\n", "{}", ((markup,) for markup in panel_registry.panels(place, request, subject, render))
    )


@register.filter
def heading_id(title: str) -> str:
    """An id for a heading, from its words; letters of every script are kept, and it begins with one."""
    words = slugify(str(title), allow_unicode=True)
    return words if words[:1].isalpha() else f"section-{words}".rstrip("-")


@register.simple_tag
def filter_options(name: str, options: Iterable[Any]) -> SafeString:
    """The boxes of one facet (``components/filter.html``); `options` have value, label, count (or None) and selected.

    A result page has seventy: in the template's own language they took a quarter of its time.
    """
    boxes = (_box(name, number, option) for number, option in enumerate(options, 1))
    return mark_safe("\n".join(boxes))  # noqa: S308  all that is put in is escaped or a number


def _box(name: str, number: int, option: Any) -> str:
    count = "" if option.count is None else f'<span class="filters__n">{option.count:d}</span>'
    return (
        f'<div class="filters__option"><input class="check" type="checkbox" id="f-{name}-{number}" name="{name}"'
        f' value="{escape(option.value)}"{" checked" if option.selected else ""}>'
        f'<label for="f-{name}-{number}">{escape(option.label)}</label>{count}</div>'
    )


@register.filter
def page_numbers(page: Page[Any]) -> list[int | str]:
    """The page numbers to show around `page`, with an ellipsis for what is left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, name: str, number: int) -> str:
    """The query string of another page of a list: everything else asked for stays; the first page has no number.

    What was asked is the context's `query`, otherwise the request's.
    """
    request = getattr(context, "request", None)
    asked = context.get("query") or (request.GET if request is not None else QueryDict())
    query = asked.copy()
    query.pop(name, None)
    if number > 1:
        query[name] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def form_token() -> SafeString:
    """What makes the form around it one sending, however often it is sent (`portal.core.once`)."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, uuid.uuid4())


@register.filter
def in_groups(field: BoundField) -> bool:
    """Whether a field is a set of boxes or radio buttons, which need a fieldset with a legend."""
    return isinstance(field.field.widget, (RadioSelect, CheckboxSelectMultiple))


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether a field is one box to tick, whose label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def control(field: BoundField, *, small: bool = False) -> SafeString:
    """The field's control with the look's class; describedby, invalid and required are Django's own."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        name = "check"
    elif isinstance(widget, ClearableFileInput):
        name = "file"
    else:
        name = "input input--small" if small else "input"
    given = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{name} {given}".strip()})


@dataclass(frozen=True, slots=True)
class FormError:
    """One line of the summary above a form; `target` is the id to jump to, empty for the form as a whole."""

    target: str
    label: str
    text: str


@register.simple_tag
def form_errors(*forms: Any) -> list[FormError]:
    """Every error of `forms` (forms, formsets, lists of them; None is passed over), in the order of the fields."""
    found: list[FormError] = []
    for form in forms:
        if isinstance(form, list):
            found += form_errors(*form)
            continue
        if form is None or not getattr(form, "is_bound", False):
            continue
        if hasattr(form, "forms"):
            found += [FormError("", "", text) for text in form.non_form_errors()]
            found += form_errors(*form.forms)
            continue
        found += [FormError("", "", text) for text in form.non_field_errors()]
        for field in form:
            label = "" if field.is_hidden else str(field.label)
            found += [FormError("" if field.is_hidden else field.auto_id, label, text) for text in field.errors]
    return found


@dataclass(frozen=True, slots=True)
class MiniStop:
    """A station of the small route: where it stands, its shape, and whether the way to it is only planned."""

    x: str
    state: str
    planned: bool
    previous: str


@register.inclusion_tag("components/route_mini.html")
def route_mini(states: Sequence[str], label: str = "") -> dict[str, Any]:
    """The route as a line in a row. `states`: past, here, next, late or end, at least one; `label` says it in words."""
    step = 92 / max(len(states) - 1, 1)
    places = [f"{6 + index * step:.1f}" for index in range(len(states))]
    stops = [
        MiniStop(place, state, state == "next", places[index - 1] if index else "")
        for index, (place, state) in enumerate(zip(places, states, strict=True))
    ]
    return {"stops": stops, "label": label}


@register.filter
def share_of(value: float, whole: float) -> int:
    """`value` as a whole percentage of `whole`; 0 when there is nothing."""
    return round(100 * value / whole) if whole else 0
