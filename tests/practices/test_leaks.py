"""A practice for members leaks nowhere: not by page, list, count, facet, tag, neighbour, panel, search or sitemap."""

import pytest
from django.http import QueryDict
from django.test import Client

import search as searching
from library.practices.catalogue import listing
from library.practices.models import PracticePage
from network.members.enums import Role
from portal.core.models import Audience
from search.indexing import drain
from search.query import SearchRequest
from tests.factories.commits import as_after_the_commit
from tests.factories.members import AgencyFactory, person
from tests.factories.practices import practice, submitted
from tests.factories.vocabulary import TermFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]

TITLE = "Confidential-checklist"


@pytest.fixture
def hidden() -> PracticePage:
    stage = TermFactory(slug="arrival", label="Arrival")
    practice(title="Open", terms=[stage], tags=["airport"], countries=["RS"], slug="open")
    return practice(
        "members",
        title=TITLE,
        slug="hidden",
        terms=[stage, TermFactory(instrument=True, slug="secret-act", label="Secret act")],
        tags=["airport", "secret-tag"],
        countries=["RS", "SM"],
        lead_agency=AgencyFactory(slug="lead"),
    )


PLACES = [
    "/en/library/",
    "/en/library/?stage=arrival",
    "/en/library/?country=SM",
    "/en/library/?tag=secret-tag",
    "/en/library/open/",
    "/en/",
    "/en/terms/stage/arrival/",
    "/en/terms/instrument/secret-act/",
    "/en/organisations/lead/",
    "/sitemap.xml",
]


@pytest.mark.parametrize("role", [None, Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED])
def test_who_may_not_see_it_finds_no_trace_of_it(client: Client, hidden: PracticePage, role: Role | None) -> None:
    if role is not None:
        client.force_login(person(role))
    for place in PLACES:
        answer = client.get(place)
        assert answer.status_code == 200, place
        shown = answer.content.decode()
        for trace in (TITLE, "/hidden/", "San Marino", 'value="secret-tag"'):
            assert trace not in shown, (place, trace)


def test_a_member_sees_it_in_all_these_places_but_the_sitemap(client: Client, hidden: PracticePage) -> None:
    client.force_login(person())
    assert [place for place in PLACES if TITLE not in client.get(place).content.decode()] == ["/sitemap.xml"]


@pytest.mark.parametrize("language", ["en", "sr"])
def test_its_address_answers_as_if_nothing_were_there(client: Client, hidden: PracticePage, language: str) -> None:
    answer = client.get(f"/{language}/library/hidden/")
    assert answer.status_code == 404
    assert TITLE not in answer.content.decode()


def test_it_is_in_no_count(hidden: PracticePage) -> None:
    drain()
    found = listing(QueryDict(), frozenset({"public"}))
    counts = {option.value: option.count for group in found.groups for option in group.options}
    assert (found.total, counts["arrival"], counts["RS"], counts["airport"]) == (1, 1, 1, 1)
    assert "SM" not in counts
    assert "secret-act" not in counts


def test_a_value_only_hidden_practices_hold_gives_the_hint_of_one_that_does_not_exist(
    client: Client, hidden: PracticePage
) -> None:
    secret = client.get("/en/library/?tag=secret-tag").content.decode()
    made_up = client.get("/en/library/?tag=madeup-tag").content.decode()
    assert "There is no tag" in secret
    assert secret.replace("secret-tag", "") == made_up.replace("madeup-tag", "")


@pytest.mark.usefixtures("_own_index")
@pytest.mark.parametrize(("tokens", "expected"), [({"public"}, ["open"]), ({"public", "members"}, ["hidden", "open"])])
def test_search_finds_and_counts_it_for_members_only(
    hidden: PracticePage, tokens: set[str], expected: list[str]
) -> None:
    drain()
    request = SearchRequest(text="", audiences=frozenset(tokens), filters={"type": ("practice",)}, facets=("tag",))
    found = searching.search(request)
    assert sorted(hit.slug for hit in found.hits) == expected
    assert ("secret-tag" in str(found.facets)) == ("members" in tokens)


def test_a_practice_for_nobody_is_seen_by_nobody_but_staff_in_the_cms(client: Client) -> None:
    page = practice(slug="nobody")
    page.audiences.clear()
    page.save()
    client.force_login(person())
    assert client.get("/en/library/nobody/").status_code == 404


def test_what_waits_for_review_is_seen_by_its_author_only_in_their_own_list(client: Client) -> None:
    author = person()
    page = submitted(author, title=TITLE)
    client.force_login(author)
    assert client.get(f"/en/library/{page.slug}/").status_code == 404
    assert TITLE not in client.get("/en/library/").content.decode()
    assert TITLE in client.get("/en/library/mine/").content.decode()


def test_a_narrowed_audience_takes_hold_at_once(client: Client) -> None:
    page = practice(title=TITLE, slug="narrowed")
    assert TITLE in client.get("/en/library/").content.decode()
    page.audiences.set(Audience.objects.filter(pk="members"))
    page.save_revision().publish()
    assert TITLE not in client.get("/en/library/").content.decode()
    assert client.get("/en/library/narrowed/").status_code == 404


def test_what_was_kept_for_a_member_is_not_given_to_a_visitor(client: Client, hidden: PracticePage) -> None:
    member = Client()
    member.force_login(person())
    as_after_the_commit()
    for _twice in range(2):
        for place in ("/en/library/", "/en/library/open/"):
            assert TITLE in member.get(place).content.decode()
            assert TITLE not in client.get(place).content.decode()


def test_what_was_kept_is_gone_once_an_audience_changed(client: Client, hidden: PracticePage) -> None:
    page = practice(title="Narrowed-later", slug="narrowed")
    as_after_the_commit()
    assert "Narrowed-later" in client.get("/en/library/").content.decode()
    page.audiences.set(Audience.objects.filter(pk="members"))
    page.save_revision().publish()
    assert "Narrowed-later" not in client.get("/en/library/").content.decode()
    as_after_the_commit()
    assert "Narrowed-later" not in client.get("/en/library/").content.decode()
