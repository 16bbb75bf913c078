import pytest
from django.test import Client
from django.utils import translation

from network.members.enums import Role
from tests.factories.members import person
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


def test_the_index_lists_stages_in_order_and_glossary_by_alphabet(client: Client) -> None:
    TermFactory(label="Second stage", order=2)
    TermFactory(label="First stage", order=1)
    TermFactory(glossary=True, label="Zebra")
    TermFactory(glossary=True, label="Alpha")
    page = client.get("/en/terms/").content.decode()
    assert page.index("First stage") < page.index("Second stage")
    assert page.index("Alpha") < page.index("Zebra")


def test_a_term_shows_definition_labels_and_neighbours(client: Client) -> None:
    stage = TermFactory(slug="readmission", label="Readmission")
    broad = TermFactory(glossary=True, label="Return")
    term = TermFactory(
        glossary=True,
        slug="request",
        label="Readmission request",
        labels={"sr": "Захтев за реадмисију", "sr-latn": "Zahtev za readmisiju"},
        stage=stage,
    )
    term.broader.add(broad)
    page = client.get("/en/terms/glossary/request/").content.decode()
    assert '<dd lang="sr-Cyrl">Захтев за реадмисију</dd>' in page
    assert '<dd lang="sr-Latn">Zahtev za readmisiju</dd>' in page
    assert 'href="/en/terms/stage/readmission/"' in page
    assert f'href="/en/terms/glossary/{broad.slug}/"' in page
    assert "Definition" in page


def test_the_title_is_the_label_in_the_language_of_the_address(client: Client) -> None:
    TermFactory(slug="readmission", label="Readmission", labels={"de": "Rückübernahme"})
    assert "<h1>Rückübernahme</h1>" in client.get("/de/terms/stage/readmission/").content.decode()


@pytest.mark.parametrize("path", ["/en/terms/nonsense/", "/en/terms/stage/nonsense/", "/en/terms/nonsense/nonsense/"])
def test_an_unknown_list_or_term_is_a_404_that_names_it(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "nonsense" in answer.content.decode()


@pytest.mark.parametrize("path", ["/en/terms/", "/en/terms/glossary/", "/en/terms/glossary/centre/"])
def test_queries_do_not_grow_with_the_number_of_terms(client: Client, path: str, django_assert_max_num_queries) -> None:
    centre = TermFactory(glossary=True, slug="centre")
    client.get(path)
    with django_assert_max_num_queries(12) as few:
        client.get(path)
    for _number in range(50):
        centre.related.add(TermFactory(glossary=True))
    with django_assert_max_num_queries(12) as many:
        client.get(path)
    assert len(many) == len(few)


def test_a_term_without_a_label_in_the_language_is_shown_in_english() -> None:
    term = TermFactory(label="Readmission", labels={"de": "Rückübernahme"})
    with translation.override("sq"):
        assert str(term) == "Readmission"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("labels", "[]", "Expected a text for each language"),
        ("labels", '{"bs": null}', "Expected a text for each language"),
        ("synonyms", "5", "Expected a list of texts"),
        ("details", "[1]", "Expected a text or a number for each name"),
        ("details", '{"year": {"from": 1}}', "Expected a text or a number for each name"),
        ("sources", '["javascript:alert(1)"]', "is no web address"),
        ("notes", "null", "Expected a list of texts"),
    ],
)
def test_what_no_page_could_show_of_a_term_is_refused_and_kept_in_the_form(
    client: Client, field: str, typed: str, words: str
) -> None:
    client.force_login(person(Role.STAFF))
    sent = {"kind": "stage", "slug": "new", "label": "New", "definition": "What is new.", "order": "1"}
    sent |= {"labels": '{"bs": "Novo"}', "synonyms": "[]", "details": '{"year": 2008}', "sources": "[]", "notes": "[]"}
    answer = client.post("/cms/snippets/vocabulary/term/add/", {**sent, field: typed})
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors[field])
    assert answer.context["form"].data[field] == typed
    assert client.post("/cms/snippets/vocabulary/term/add/", sent).status_code == 302
    assert client.get("/en/terms/stage/new/").status_code == 200
