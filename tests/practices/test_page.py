"""A practice's page, and where else a practice shows: home, terms, agencies."""

import pytest
from django.test import Client

from tests.factories.members import AgencyFactory
from tests.factories.practices import ANSWERED, library, practice
from tests.factories.vocabulary import TermFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]


def test_the_page_shows_what_the_record_holds(client: Client) -> None:
    stage = TermFactory(slug="arrival", label="Reception on arrival")
    convention = TermFactory(instrument=True, slug="crc", label="Convention on the Rights of the Child")
    page = practice(
        title="Guardians at once",
        terms=[stage, convention],
        tags=["guardians"],
        partners="UNHCR\nSave the Children",
        lead="Ministry of labour",
        groups_as_said="unaccompanied children",
        instruments_as_said="Family Act\nConvention on the Rights of the Child",
        period="since 2017",
        problem="No standards",
        steps=["Alert the authority", "Appoint a guardian"],
        results=[("823", "certificates in 2019"), ("", "more calm")],
        did_not_work="Too few guardians\nMost children leave",
        resources="Two posts",
        transferability="A law on guardians",
        gaps="Numbers after 2020",
        contact_role="Focal point for child protection",
    )
    shown = client.get(page.url).content.decode()
    for words in (
        "Practice, Serbia", "Guardians at once", "UNHCR, Save the Children", "Ministry of labour", "since 2017",
        "unaccompanied children", "Family Act", "No standards", "Alert the authority", "823", "certificates in 2019",
        "more calm", "Most children leave", "Two posts", "A law on guardians", "Numbers after 2020", "It is part of",
        "Focal point for child protection", "Evidence", "Described",
    ):  # fmt: skip
        assert words in shown, words
    assert 'href="/en/library/?tag=guardians"' in shown
    assert 'href="/en/terms/stage/arrival/"' in shown
    assert shown.count("Convention on the Rights of the Child") == 1


def test_a_collected_practice_is_labelled_and_silence_is_shown_as_silence(client: Client) -> None:
    silent = {name: "silent" if not name.endswith("_why") else "" for name in ANSWERED}
    page = practice(is_collected=True, **silent)
    shown = client.get(page.url).content.decode()
    assert "Collected from public sources by the project staff; not confirmed by the lead organisation" in shown
    assert shown.count("The sources do not speak of it") == 8
    assert "not in the sources" in shown


def test_nothing_is_scored_or_ranked(client: Client) -> None:
    shown = client.get(practice().url).content.decode()
    assert "Never a score, never a ranking" in shown


def test_similar_practices_share_the_most(client: Client) -> None:
    stage, group = TermFactory(), TermFactory(group=True)
    page = practice(title="This one", terms=[stage, group], tags=["airport"])
    practice(title="Near", terms=[stage, group])
    practice(title="Farther", tags=["airport"], countries=["AT"])
    practice(title="Unlike", countries=["AT"])
    shown = client.get(page.url).content.decode().partition("Similar practices")[2]
    assert shown.index("Near") < shown.index("Farther")
    assert "Unlike" not in shown


def test_the_text_carries_its_own_language(client: Client) -> None:
    page = practice(title="Mobilni timovi", language="sr-latn")
    assert '<h1 lang="sr-Latn">Mobilni timovi</h1>' in client.get(page.url).content.decode()


def test_the_home_page_shows_the_newest_and_counts_all(client: Client) -> None:
    for title in ("One", "Two", "Three", "Four"):
        practice(title=title)
    shown = client.get("/en/").content.decode()
    assert "All 4 practices" in shown
    assert shown.index("Four") < shown.index("Three") < shown.index("Two")
    assert ">One<" not in shown


def test_a_term_shows_the_practices_filed_under_it(client: Client) -> None:
    theme, other = TermFactory(theme=True, slug="training"), TermFactory(glossary=True, slug="escort")
    library()
    assert "From the library" not in client.get(theme.get_absolute_url()).content.decode()
    for number in range(7):
        practice(title=f"Course {number}", terms=[theme])
    shown = client.get(theme.get_absolute_url()).content.decode()
    assert "Course 6" in shown
    assert 'href="/en/library/?theme=training"' in shown
    assert "Course" not in client.get(other.get_absolute_url()).content.decode()


def test_an_agency_shows_the_practices_it_leads(client: Client) -> None:
    agency = AgencyFactory(name="Commissariat", slug="rs-kirs")
    page = practice(title="An office at the airport", lead_agency=agency)
    assert "An office at the airport" in client.get("/en/organisations/rs-kirs/").content.decode()
    assert 'href="/en/organisations/rs-kirs/"' in client.get(page.url).content.decode()


def test_where_the_source_names_no_country_its_words_stand(client: Client) -> None:
    page = practice(countries=[], countries_note="Worldwide guidance")
    assert "Practice, Worldwide guidance" in client.get(page.url).content.decode()
    bare = practice(countries=[])
    assert ">Practice<" in client.get(bare.url).content.decode()
