"""What search knows of organisations."""

from __future__ import annotations

import pytest

from network.members.documents import agency_document
from search import registry
from tests.factories.members import AgencyFactory

pytestmark = pytest.mark.django_db


def test_an_organisation_is_public_and_known_by_all_its_names() -> None:
    agency = AgencyFactory(
        slug="rs-kirs", name="Commissariat", acronym="KIRS", names_local={"sr": "Комесаријат"}, country="RS",
        role="reception centres", participants=["AL"],
    )  # fmt: skip
    document = agency_document(agency)
    assert document.audiences == {"public"}
    assert document.path == "organisations/rs-kirs/"
    assert {"KIRS", "Комесаријат"} <= set(document.keywords)
    assert document.facets["country"] == ("AL", "RS")
    assert document.facets["kind"] == ("other",)


def test_an_example_stands_below_the_real_ones() -> None:
    assert agency_document(AgencyFactory(is_example=True)).rank < agency_document(AgencyFactory()).rank


def test_organisations_are_registered_and_their_kinds_have_words() -> None:
    agency = AgencyFactory()
    registration = registry.registration_of(agency)
    assert registration is not None
    assert registration.build(agency) is not None
    kind = registry.facets()["kind"]
    assert kind.value_label("police") == "Police"
    assert kind.value_label("nonsense") == ""
