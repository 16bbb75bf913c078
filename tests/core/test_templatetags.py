import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation


def rendered(source: str, path: str = "/en/library/", **values: Any) -> str:
    """`source` with the portal's tags loaded, on a page at `path`, without the space around it."""
    request = RequestFactory().get(path)
    return Template("{% load portal %}" + source).render(RequestContext(request, values)).strip()


def test_a_component_takes_words_a_body_and_named_parts() -> None:
    html = rendered(
        '{% component "page_head" title=title %}<em>body</em>'
        "{% fill actions %}<a>act</a>{% endfill %}{% endcomponent %}",
        title="A & B",
    )
    assert "<h1>A &amp; B</h1>" in html
    assert '<p class="page-head__meta"><em>body</em></p>' in html
    assert '<div class="page-head__actions"><a>act</a></div>' in html


def test_a_component_sees_nothing_of_the_page_around_it() -> None:
    assert "secret" not in rendered('{% component "alert" title="T" %}{% endcomponent %}', text="secret")


def test_what_people_wrote_is_escaped_inside_a_component() -> None:
    html = rendered('{% component "alert" text=said %}{{ said }}{% endcomponent %}', said="<script>")
    assert html.count("&lt;script&gt;") == 2
    assert "<script>" not in html


def test_components_nest_and_each_keeps_its_own_parts() -> None:
    html = rendered(
        '{% component "section" title="Outer" %}{% fill more %}outer{% endfill %}'
        '{% component "section" title="Inner" level=3 %}{% fill more %}inner{% endfill %}x{% endcomponent %}'
        "{% endcomponent %}"
    )
    assert html.count('<p class="section__more">outer</p>') == 1
    assert html.count('<p class="section__more">inner</p>') == 1
    assert '<h3 id="inner-h">Inner</h3>' in html


def test_a_form_in_a_component_carries_its_token() -> None:
    html = rendered('{% component "compose" field=form.text action="/x/" %}{% endcomponent %}', form=TextForm())
    assert 'name="csrfmiddlewaretoken"' in html


@pytest.mark.parametrize(
    "source",
    ["{% component %}{% endcomponent %}", '{% component "alert" "x" %}{% endcomponent %}', "{% fill %}{% endfill %}"],
)
def test_a_component_called_wrongly_says_so(source: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=r"component|fill"):
        rendered(source)


def test_icons_come_from_one_file() -> None:
    assert rendered('{% icon "search" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/portal/img/icons.svg#i-search"/></svg>'
    )
    assert 'class="icon icon--s"' in rendered('{% icon "s-done" small=True %}')
    assert "#s-done" in rendered('{% icon "s-done" %}')


def test_who_may_see_an_item_is_said_in_words() -> None:
    html = rendered("{% audience_label label %}", label=SimpleNamespace(kind="group", text="Readmission officers"))
    assert "Visible to:" in html
    assert "#i-group" in html
    assert "Readmission officers" in html


def test_kosovo_always_carries_its_mark() -> None:
    assert rendered("{% countries codes %}", codes=["RS", "XK"]) == "Kosovo*, Serbia"
    assert rendered("{% countries codes %}", codes="AL") == "Albania"
    assert rendered("{% countries codes %}", codes=None) == ""


def test_dates_are_readable_by_people_and_machines() -> None:
    day = dt.date(2025, 1, 28)
    assert rendered("{% localised_date day %}", day=day) == '<time datetime="2025-01-28">28 January 2025</time>'
    assert rendered("{% localised_date day %}", day=None) == ""
    moment = dt.datetime(2025, 1, 28, 8, 41, tzinfo=dt.UTC)
    assert "28 January 2025, 09:41" in rendered("{% localised_date moment time=True %}", moment=moment)
    assert rendered("{% date_range day end %}", day=day, end=dt.date(2025, 1, 30)) == "28–30 January 2025"


def links(path: str) -> dict[str, str]:
    source = "{% language_links as found %}{% for link in found %}{{ link.tag }}={{ link.url }} {% endfor %}"
    return dict(pair.split("=", 1) for pair in rendered(source, path).replace("&amp;", "&").split())


def test_every_language_leads_to_the_same_page() -> None:
    with translation.override("en"):
        found = links("/en/library/?stage=readmission&page=2")
    assert found["sr-Cyrl"] == "/sr/library/?stage=readmission&page=2"
    assert found["sr-Latn"] == "/sr-latn/library/?stage=readmission&page=2"
    assert len(found) == 9


def test_a_page_without_a_language_leads_to_the_home_pages() -> None:
    with translation.override("en"):
        assert links("/styleguide/?x=1")["de"] == "/de/"


def test_content_in_another_language_says_which() -> None:
    with translation.override("de"):
        assert rendered("<p{{ code|lang_attribute }}>", code="sr") == '<p lang="sr-Cyrl">'
        assert rendered("<p{{ code|lang_attribute }}>", code="de") == "<p>"
        assert rendered("<p{{ code|lang_attribute }}>", code="") == "<p>"
        assert rendered("{% html_lang %}") == "de"


def test_headings_of_every_script_can_be_linked_to() -> None:
    assert rendered("{{ title|heading_id }}", title="Саветовање о повратку") == "саветовање-о-повратку"
    assert rendered("{{ title|heading_id }}", title="?") == "section"
    assert rendered("{{ title|heading_id }}", title="2025") == "section-2025"


class TextForm(forms.Form):
    text = forms.CharField(label="Message", help_text="Plain words.", widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    file = forms.FileField(label="File", required=False)
    agree = forms.BooleanField(label="I agree")
    trace = forms.CharField(widget=forms.HiddenInput)


FORM = '{% include "components/form.html" with form=form submit="Send it" %}'


def test_a_field_has_label_help_and_control_tied_together() -> None:
    html = rendered(FORM, form=TextForm())
    assert '<label class="field__label" for="id_text">Message' in html
    assert 'id="id_text_helptext">Plain words.' in html
    assert 'aria-describedby="id_text_helptext"' in html
    assert "<legend>Kind" in html
    assert 'enctype="multipart/form-data"' in html
    assert "Send it" in html
    assert "form-errors" not in html


def test_errors_stand_beside_the_field_and_on_top_with_a_way_to_it() -> None:
    form = TextForm({"text": "", "kind": "a", "agree": "on", "trace": ""})
    html = rendered(FORM, form=form)
    assert "2 things to correct" in html
    assert '<a href="#id_text">Message: This field is required.</a>' in html
    assert 'id="id_text_error"' in html
    assert 'aria-invalid="true"' in html
    assert "Nothing you typed is lost." in html


def test_an_error_of_a_hidden_field_is_told_without_a_way_to_it() -> None:
    html = rendered(FORM, form=TextForm({"text": "x", "kind": "a", "agree": "on", "trace": ""}))
    assert "One thing to correct" in html
    assert "<li>This field is required.</li>" in html


def test_what_was_typed_stays() -> None:
    html = rendered(FORM, form=TextForm({"text": "Half a message", "kind": "b"}))
    assert "Half a message" in html
    assert 'value="b"' in html
    assert "checked" in html


def test_a_set_of_forms_is_summarised_as_one() -> None:
    class Base(forms.BaseFormSet[TextForm]):
        def clean(self) -> None:
            raise forms.ValidationError("Add at least two.")

    rows = forms.formset_factory(TextForm, formset=Base, extra=1)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-text": "x"}
    html = rendered('{% include "components/error_summary.html" with form=rows more=None only %}', rows=rows(data))
    assert "<li>Add at least two.</li>" in html
    assert '<a href="#id_form-0-agree">' in html


PAGES = '{% include "components/pagination.html" with page=page only %}'


def test_other_pages_keep_what_was_asked_for() -> None:
    page = Paginator(range(100), 10).page(5)
    html = rendered(PAGES, "/en/library/?stage=a&stage=b&page=5", page=page)
    assert "41–50 of 100" in html
    assert 'href="?stage=a&amp;stage=b&amp;page=6" rel="next"' in html
    assert 'href="?stage=a&amp;stage=b">1</a>' in html
    assert "…" in html


def test_the_link_to_the_only_other_page_is_never_empty() -> None:
    html = rendered(PAGES, "/en/library/?page=2", page=Paginator(range(20), 10).page(2))
    assert 'href="?" rel="prev"' in html


def test_one_page_needs_no_numbers_and_none_no_count() -> None:
    assert "<ol>" not in rendered(PAGES, page=Paginator(range(8), 20).page(1))
    assert " of " not in rendered(PAGES, page=Paginator([], 20).page(1))


def test_a_page_can_be_linked_to_without_a_request() -> None:
    source = Template("{% load portal %}{% page_link 'page' 3 %}")
    assert source.render(Context()) == "?page=3"


def test_the_small_route_draws_each_station() -> None:
    html = rendered("{% route_mini states %}", states=["past", "here", "late"])
    assert html.count("<circle") == 2
    assert 'class="stop stop--late"' in html
    assert 'aria-hidden="true"' in html
    assert 'role="img" aria-label="Issued only"' in rendered("{% route_mini states 'Issued only' %}", states=["past"])


def test_shares_are_whole_and_nothing_has_none() -> None:
    assert rendered("{{ 2|share_of:3 }} {{ 2|share_of:0 }}") == "67 0"
