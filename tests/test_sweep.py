"""THE SWEEP: more than a thousand addresses × every role, and none of them ends in an error.

Every pattern with things that exist, with things that do not and with values nobody should send; and every list with an
odd question. What each role is answered stands in the role table; here an answer is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from wagtail.models import Locale, Site

from network.members.enums import Role
from tests.factories.core import document, image
from tests.factories.events import meeting, recommendation
from tests.factories.indicators import IndicatorFactory
from tests.factories.practices import practice
from tests.factories.rooms import RoomFactory
from tests.factories.vocabulary import TermFactory
from tests.test_roles import ROLES, STAFF, World, all_patterns, is_cms

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the file open that it makes a picture's size in.
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
    ),
]

#: On PostgreSQL, which refuses other values than SQLite, three roles open every door between them: it takes its time.
DOORS = (Role.ANONYMOUS, Role.MEMBER, Role.STAFF)
#: Instead of a number: none that exists, one no database holds, one in another script.
ODD_NUMBERS = ("987654", "99999999999999999999999", "٣")
#: Instead of a word: NUL, a hidden mark, a path, an overlong one.
ODD_WORDS = ("%00", "%E2%80%AE", "..", "x" * 300, "%F0%9F%9A%8D")
#: What is put behind a question mark: every parameter that a list of ours reads, and some nobody reads.
ODD_QUESTIONS = [
    f"{name}={value}"
    for name, value in product(
        ("q", "page", "p", "sort", "ordering", "stage", "country", "year", "type", "status", "owner", "agency", "kind"),
        ("%00", "-1", "99999999999999999999", "%F0%9F%9A%8D", "a" * 500, "%FF%FE", "2025-02-31"),
    )
] + ["q[]=1&q[]=2", "page=1&page=2", "lang=xx", "next=//evil.example", "format=csv", "export=xlsx"]
LISTS = (
    "",
    "library/",
    "meetings/",
    "recommendations/",
    "search/",
    "directory/",
    "organisations/",
    "terms/",
    "figures/",
)
GROUP = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^()]*\)|\([^()]*\)")


def exists(world: World) -> dict[str, list[str]]:
    """Part of an address -> values with which it leads somewhere, for the numbers and words of a pattern."""
    page, met = practice(), meeting()
    said = recommendation(met)
    term, room, indicator = TermFactory(kind="stage"), RoomFactory(), IndicatorFactory()
    return {
        "pages": [str(page.pk), str(met.pk)],
        "images": [str(image("public").pk)],
        "documents": [str(document("public").pk)],
        "users": [str(world.people[Role.MEMBER].pk)],
        "sites": [str(Site.objects.get().pk)],
        "locales": [str(Locale.objects.first().pk)],
        "recommendations": [str(said.pk)],
        "applications": [str(world.application.pk)],
        "directory": [str(world.people[Role.MEMBER].pk)],
        "term": [str(term.pk)],
        "room": [str(room.pk)],
        "indicator": [str(indicator.pk)],
        "agency": [str(world.agency.pk)],
        "": ["1", term.slug, room.slug, indicator.slug, world.agency.slug, page.slug],
    }


def filled(pattern: str, values: dict[str, list[str]]) -> Iterator[str]:
    """Addresses of one pattern: with what exists, then with each odd value at every place."""
    shown = re.sub(r"[\^$\\]", "", pattern)
    known = next((values[part] for part in values if part and part in shown), values[""])

    def put(value: str) -> str:
        return "/" + GROUP.sub(value.replace("\\", ""), shown).removeprefix("/")

    if not GROUP.search(shown):
        yield "/" + shown
        return
    yield from (put(value) for value in [*known, *values[""][:1]])
    yield from (put(value) for value in (ODD_NUMBERS if "int" in pattern or r"\d" in pattern else ODD_WORDS))


def addresses(world: World, role: Role) -> list[str]:
    """The CMS is asked by those alone whom its door lets in: that it holds is the role table's matter."""
    values = exists(world)
    patterns = (pattern for _name, pattern in all_patterns() if role in STAFF or not is_cms(pattern))
    found = {address for pattern in patterns for address in filled(pattern, values)}
    found |= {f"/en/{page}?{question}" for page, question in product(LISTS, ODD_QUESTIONS)}
    return sorted(found)


@pytest.mark.parametrize("role", ROLES if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else DOORS)
def test_no_address_ends_in_an_error_of_the_server(role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "RATE_LIMITS", {})
    world = World()
    asked = addresses(world, role)
    client = Client(raise_request_exception=False)
    if role != Role.ANONYMOUS:
        client.force_login(world.people[role])
    failed = {}
    for address in asked:
        with transaction.atomic():  # what one request changes is taken back before the next
            answer = client.get(address)
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            failed[address] = answer.status_code
    assert len(asked) > 1_000
    assert not failed, "\n".join(failed)
