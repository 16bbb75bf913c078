"""The rule for texts holds in every field of every form and model, whoever made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import get_resolver
from wagtail import blocks
from wagtail.models import Page

from library.practices.forms import PracticeForm
from network.members.models import Agency, User
from network.vetting.forms import ApplyForm
from portal.core.text import HIDDEN, is_blank
from portal.core.text_fields import LIMIT, OF_MACHINES, limit_of, put_right
from tests.factories.members import AgencyFactory, person
from tests.factories.rooms import RoomFactory

ODD = ["a\0b", "Mark\u202eo", "\ud83d half", "tag\U000e0041", "bell\a", "\ue000"]
UNSEEN = ["\u200b\u2060", "\u2800", "\xa0\u3000"]


def _every(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _every(one)


def text_fields_of_every_form() -> list[tuple[str, forms.CharField]]:
    """Every field of text that a form of the portal or of a package has, by its name."""
    assert get_resolver().url_patterns  # imports every view, and with it every form
    found = {
        f"{form.__module__}.{form.__qualname__}.{name}": field
        for form in _every(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.CharField)
    }
    practice = PracticeForm(audiences=[])
    found |= {
        f"practice.{name}": field for name, field in practice.fields.items() if isinstance(field, forms.CharField)
    }
    return list(found.items())


def is_secret(field: forms.CharField) -> bool:
    return isinstance(field.widget, forms.PasswordInput)


def test_every_text_field_of_every_form_refuses_what_nobody_sees() -> None:
    fields = text_fields_of_every_form()
    names = {name for name, _field in fields}
    assert {"network.vetting.forms.ApplyForm.reason", "practice.problem"} <= names
    assert len(fields) > 60
    taken = [
        f"{name} took {odd!r}"
        for name, field in fields
        for odd in ODD
        if not is_secret(field) and not field.disabled and _takes(field, odd)
    ]
    assert taken == []


def _takes(field: forms.CharField, value: str) -> bool:
    try:
        field.clean(value)
    except ValidationError:
        return False
    return True


def test_no_form_takes_a_text_that_cannot_be_seen_for_one() -> None:
    required = [(name, field) for name, field in text_fields_of_every_form() if field.required and not is_secret(field)]
    assert len(required) > 20
    assert [f"{name} {unseen!r}" for name, field in required for unseen in UNSEEN if _takes(field, unseen)] == []


def test_no_field_lets_a_browser_cut_off_what_is_pasted() -> None:
    for name, field in text_fields_of_every_form():
        assert "maxlength" not in field.widget.attrs, name
        assert "minlength" not in field.widget.attrs, name
    assert PracticeForm(audiences=[]).fields["problem"].widget.attrs[LIMIT] == "5000"


def test_a_vertical_tab_is_a_line_break_in_every_text_and_a_space_in_every_line() -> None:
    form = ApplyForm({"reason": "one\vtwo\r\nthree", "position": "one\vtwo"})
    form.is_valid()
    assert form.cleaned_data["reason"] == "one\ntwo\nthree"
    assert form.cleaned_data["position"] == "one two"


def test_line_ends_count_as_one_as_they_do_for_the_person() -> None:
    field = forms.CharField(max_length=3, widget=forms.Textarea)
    assert field.clean("a\r\nb") == "a\nb"
    with pytest.raises(ValidationError) as refusal:
        field.clean("a\r\nbcd" + "x" * 1000)
    assert refusal.value.messages == ["1,005 of at most 3 characters. Shorten it."]


def test_a_field_of_the_cms_is_under_the_rule_too() -> None:
    with pytest.raises(ValidationError):
        blocks.TextBlock().clean("Mark\u202eo")
    assert blocks.TextBlock().clean("one\vtwo") == "one\ntwo"


def test_a_password_is_taken_letter_by_letter() -> None:
    secret = "seven\u200b stations C\u030c"
    assert forms.CharField(widget=forms.PasswordInput, strip=False).clean(secret) == secret


@pytest.mark.parametrize(
    "address",
    [
        "ana\u200b@agency.example",
        "ana@age\u200bncy.example",
        "ana@agency\xad.example",
        "ana@agen\u202ecy.example",
        '"a\x01b"@agency.example',
        "ana@\u2800.example",
        "ana@-č.example",
        "anač@agency.example",
    ],
)
def test_an_address_no_letter_could_reach_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        forms.EmailField().clean(address)
    with pytest.raises(ValidationError):
        models.EmailField().run_validators(address)


@pytest.mark.parametrize("address", ["ana@agency.example", "ana.m+x@mup.gov.me", "ana@министарство.срб", "a@localhost"])
def test_an_address_that_letters_reach_is_taken(address: str) -> None:
    assert forms.EmailField().clean(f" {address} ") == address


MODELS = [
    model
    for model in apps.get_models()
    if model._meta.label_lower not in OF_MACHINES
    and any(isinstance(field, models.CharField | models.TextField) for field in model._meta.concrete_fields)
]


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_no_row_is_saved_with_what_nobody_sees(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.CharField | models.TextField):
            continue
        for odd in ODD:
            row = model()
            row.__dict__[field.attname] = odd
            with pytest.raises(ValidationError) as refusal:
                put_right(row, frozenset([field.name]))
            assert refusal.value.error_dict[field.name][0].code == HIDDEN
        if not field.blank:
            for unseen in UNSEEN:
                row.__dict__[field.attname] = unseen
                with pytest.raises(ValidationError):
                    put_right(row, frozenset([field.name]))


@pytest.mark.django_db
class TestSaving:
    def test_every_way_to_save_a_row_passes_the_rule(self) -> None:
        agency = AgencyFactory(name="C\u030cuvar\vgranice", notes=["one\u200b", {"two": "a\r\nb"}])
        agency.refresh_from_db()
        assert agency.name == "Čuvar granice"
        assert agency.notes == ["one", {"two": "a\nb"}]
        agency.name = "Mark\u202eo"
        with pytest.raises(ValidationError) as refusal:
            agency.save()
        assert set(refusal.value.error_dict) == {"name"}

    def test_what_is_not_written_is_not_asked(self) -> None:
        agency = AgencyFactory()
        agency.name = "Mark\u202eo"
        put_right(agency, frozenset(["acronym"]))
        few = Agency.objects.only("slug").get(pk=agency.pk)
        put_right(few)
        assert "name" in few.get_deferred_fields()

    def test_too_long_a_text_is_refused_on_every_database(self) -> None:
        room = RoomFactory()
        room.description = "x" * 501
        with pytest.raises(ValidationError) as refusal:
            room.save()
        assert refusal.value.messages == ["501 of at most 500 characters. Shorten it."]

    def test_what_machines_write_is_kept_as_it_is(self) -> None:
        session = Session(session_key="x", session_data="a\0b")
        put_right(session)
        assert session.session_data == "a\0b"

    def test_a_page_of_the_cms_and_an_account_are_rows_like_others(self) -> None:
        with pytest.raises(ValidationError):
            put_right(Page(title="\u200b", slug="x"))
        user = person()
        user.email = "ana\u200b@agency.example"
        with pytest.raises(ValidationError):
            user.save()


def test_the_limit_of_a_form_is_the_limit_of_its_model() -> None:
    assert limit_of(User, "name") == 120
    assert is_blank(" ")
