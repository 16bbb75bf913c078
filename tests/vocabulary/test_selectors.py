import pytest

from portal.vocabulary import selectors
from portal.vocabulary.documents import term_document
from search import registry
from search.synonyms import Phrase
from tests.factories.search import document
from tests.factories.vocabulary import TermFactory

pytestmark = pytest.mark.django_db


def test_what_stands_in_brackets_is_a_name_of_its_own() -> None:
    term = TermFactory(label="Readmission", labels={"hr": "Ponovni prihvat (readmisija)"}, synonyms=["taking back"])
    assert selectors.phrases_of(term) == ["Readmission", "taking back", "Ponovni prihvat", "readmisija"]


def test_terms_with_one_name_only_are_no_synonyms() -> None:
    TermFactory(label="Alone")
    TermFactory(label="Return", labels={"sq": "Kthimi"})
    assert list(selectors.synonym_groups()) == [[Phrase("Return", "en"), Phrase("Kthimi", "sq")]]


def test_the_search_document_carries_every_name_and_is_public() -> None:
    term = TermFactory(slug="readmission", label="Readmission", labels={"sq": "Ripranimi"}, details={"year": 2007})
    made = term_document(term)
    assert made.path == "terms/stage/readmission/"
    assert "Ripranimi" in made.keywords
    assert "2007" in made.body
    assert made.audiences == {"public"}


@pytest.mark.parametrize(
    ("path", "words"), [("terms/stage/x/", "Stage of return"), ("terms/glossary/x/", "Glossary term")]
)
def test_a_hit_says_which_list_the_term_stands_in(path: str, words: str) -> None:
    hit = document("Readmission", type="term", path=path)
    assert registry.types()["term"].words_for(hit) == words


@pytest.mark.parametrize("path", ["terms/", "terms/nothing/x/"])
def test_a_term_in_no_list_is_a_term(path: str) -> None:
    assert registry.types()["term"].words_for(document("Readmission", type="term", path=path)) == "Term"
