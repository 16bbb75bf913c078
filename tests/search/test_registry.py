from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from wagtail.models import Page

from search import registry
from tests.factories.search import document
from tests.search.conftest import group_document


def test_a_builder_that_makes_another_document_is_named(groups: None) -> None:
    registration = registry.registration_of(Group(pk=7))
    assert registration is not None
    registration = registry.Registration(Group, lambda group: document(type="other"), "group", Group.objects.all)
    with pytest.raises(ValueError, match=r"builder of auth\.group made other:.* for group:7"):
        registration.build(Group(pk=7, name="x"))


def test_a_model_has_one_type(groups: None) -> None:
    registry.register(Group, group_document, type="group", label="Group")
    with pytest.raises(ImproperlyConfigured, match=r"auth\.Group is registered already"):
        registry.register(Group, group_document, type="team", label="Team")


def test_a_document_is_built_in_the_language_of_the_portal() -> None:
    registry.register(
        Group,
        lambda group: document(translation.get_language(), type="group", id=str(group.pk)),
        type="group",
        label="G",
    )
    registration = registry.registration_of(Group(pk=7))
    assert registration is not None
    with translation.override("sq"):
        built = registration.build(Group(pk=7))
    assert built is not None
    assert built.title == "en"


def test_models_not_registered_are_not_known() -> None:
    assert registry.registration_of(Permission()) is None
    assert registry.registration_labelled("auth.group") is None
    assert registry.registration_labelled("nothing") is None
    assert registry.registration_labelled("no.such") is None


@pytest.mark.django_db
def test_subclasses_fall_under_their_parent() -> None:
    registry.register(Page, lambda page: None, type="page", label="Page")

    class Proxy(Page):
        class Meta:
            proxy = True
            app_label = "search"

    found = registry.registration_of(Proxy())
    assert found is not None
    assert found.type == "page"


def test_facets_stand_in_order() -> None:
    registry.register_facet("year", "Year", str, 50)
    registry.register_facet("country", "Country", {"RS": "Serbia"}.__getitem__, 10)
    assert list(registry.facets()) == ["country", "year"]
    assert registry.facets()["country"].value_label("RS") == "Serbia"
    assert registry.facets()["country"].value_label("XX") == ""


def test_a_type_has_words_for_one_and_many(groups: None) -> None:
    assert registry.types()["group"] == registry.TypeLabel("Group", "Groups")
