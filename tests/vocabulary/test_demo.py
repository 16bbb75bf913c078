import pytest
from django.core.management import call_command

from portal.core.demo import DemoReport
from portal.vocabulary.demo import load_terms
from portal.vocabulary.models import Term

pytestmark = pytest.mark.django_db


def test_every_record_of_the_facts_becomes_a_term_with_labels_in_all_languages() -> None:
    load_terms(DemoReport())
    assert dict(Term.objects.order_by().values_list("kind").distinct().values_list("kind", "kind")).keys() == {
        "stage",
        "group",
        "instrument",
        "theme",
        "glossary",
    }
    assert Term.objects.count() == 12 + 13 + 31 + 12 + 40
    for term in Term.objects.filter(kind="stage"):
        assert set(term.labels) == {"bs", "hr", "sr-latn", "sr", "cnr", "mk", "sq", "de"}


def test_glossary_terms_know_their_stage_and_neighbours() -> None:
    load_terms(DemoReport())
    term = Term.objects.get(kind="glossary", slug="voluntary-departure")
    assert term.stage is not None
    assert term.stage.slug == "voluntary-departure-avrr"
    assert [other.slug for other in term.broader.all()] == ["return"]


def test_loading_again_makes_nothing_and_keeps_what_a_person_changed() -> None:
    load_terms(DemoReport())
    Term.objects.filter(slug="counselling").update(definition="Our own words.")
    Term.objects.get(slug="travel-documents").delete()
    report = DemoReport()
    load_terms(report)
    assert report.made == {"terms": 1}
    assert Term.objects.get(slug="counselling").definition == "Our own words."


def test_load_demo_is_a_command_that_says_what_it_made(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo")
    assert "108 terms" in capsys.readouterr().out
    call_command("load_demo")
    assert "Everything was there already." in capsys.readouterr().out
