"""THE ROLE TABLE: every address and socket of the portal × every role → what it answers.

An address that is not in the table fails `test_every_address_is_in_the_table`: who adds one decides here who uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
from allauth.account.models import EmailConfirmationHMAC
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from library.practices.services import save_draft
from network.members.enums import Role
from network.members.models import User, WorkingGroup
from network.members.sockets import writing
from network.rooms.frames import Close
from network.rooms.routing import websocket_urlpatterns
from network.vetting.models import Application
from portal.core.mail import queue
from tests.factories.core import document, image
from tests.factories.events import meeting, recommendation
from tests.factories.indicators import IndicatorFactory
from tests.factories.members import AgencyFactory, UserFactory, WorkingGroupFactory, person
from tests.factories.pages import home_page, standard_page
from tests.factories.practices import library, posted, practice, text
from tests.factories.rooms import RoomFactory
from tests.factories.vetting import application
from tests.factories.vocabulary import TermFactory
from tests.rooms.browser_end import Opener
from tests.rooms.conftest import open_socket, socket_threads  # noqa: F401  pytest looks for fixtures here

pytestmark = pytest.mark.django_db

ROLES = tuple(Role)
MEMBERS = (Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.STAFF, Role.ADMINISTRATOR)
STAFF = (Role.STAFF, Role.ADMINISTRATOR)
OUTSIDE = (Role.APPLICANT, Role.SUSPENDED, Role.EXPIRED)

#: Role -> what the address answers: a status, "login" (sent to log in), "apply" (sent to where they stand) or "refused"
#: (sent back with the rule that stands against it).
Answers = dict[Role, int | str]


def everyone(answer: int | str, **others: int | str) -> Answers:
    """One answer for all, other ones for the roles named."""
    return {role: others.get(role.value, answer) for role in ROLES}


def members(answer: int | str, **others: int | str) -> Answers:
    """A members' place: visitors are sent to log in, people outside to where they stand."""
    inside = dict.fromkeys(MEMBERS, answer)
    return {**everyone("apply", anonymous="login"), **inside, **{Role(name): given for name, given in others.items()}}


def staff(answer: int | str, others: int | str = 403) -> Answers:
    """Staff's place: visitors are sent to log in, others refused."""
    return {**everyone(others, anonymous="login"), **dict.fromkeys(STAFF, answer)}


def audience(*allowed: Role, hidden: int = 404) -> Answers:
    """An item with an audience: there for those in it, and not there for others."""
    return {role: 200 if role in allowed else hidden for role in ROLES}


class World:
    """What the addresses are about: a person of every role, and one of each thing."""

    def __init__(self) -> None:
        home_page()
        library()
        self.agency = AgencyFactory(slug="service")
        self.people: dict[Role, User] = {
            role: person(role, agency=self.agency) for role in ROLES if role != Role.ANONYMOUS
        }
        self.group: WorkingGroup = WorkingGroupFactory(slug="escorts")
        self.group.people.add(self.people[Role.MEMBER])
        AgencyFactory(slug="other")

    @cached_property
    def colleague(self) -> User:
        return person(agency=self.agency)

    @cached_property
    def application(self) -> Application:
        """Of somebody else, for the agency everyone in the world is of, with the member as sponsor."""
        return application(agency=self.agency, sponsor_email=self.people[Role.MEMBER].email)


#: What an address or a form needs, made in the world: named values, or a list where the address does not name them.
Made = Callable[[World], dict[str, Any] | list[Any]]


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One address: its name, what it needs, and the answers to reading and to writing."""

    name: str
    get: Answers
    post: Answers = field(default_factory=lambda: everyone(405))
    at: Made = nothing
    sends: Made = nothing
    says: str = ""

    @property
    def is_cms(self) -> bool:
        """A list of the CMS: Wagtail's own, tried for reading only."""
        return self.name.startswith(
            ("wagtailadmin_", "wagtailimages", "wagtaildocs:", "wagtailsnippets", "practice_list")
        ) or (self.name.startswith(("wagtailusers", "wagtailsites", "wagtaillocales")))

    def __str__(self) -> str:
        return f"{self.name} {self.says}".strip()


def slug_of(thing: Callable[[World], Any]) -> Made:
    return lambda world: {"slug": thing(world).slug}


def pk_of(thing: Callable[[World], Any]) -> Made:
    return lambda world: {"pk": thing(world).pk}


def file_of(*audiences: str) -> Made:
    return lambda world: {"path": image(*audiences).file.name}


def document_of(*audiences: str) -> Made:
    def made(world: World) -> list[Any]:
        paper = document(*audiences)
        return [paper.pk, paper.filename]

    return made


def page_of(*audiences: str) -> Made:
    def made(world: World) -> list[Any]:
        page = standard_page(home_page(), "members")
        page.audiences.set(audiences)
        page.save()
        return [f"{page.slug}/"]

    return made


def of_path(thing: Callable[[World], Any]) -> Made:
    """A page of the CMS at its own address."""
    return lambda world: [thing(world).get_url().split("/", 2)[2]]


def applies(world: World) -> dict[str, Any]:
    return {"agency": world.agency.pk, "position": "Adviser", "work_email": "a@agency.example", "reason": "To learn."}


def says_who(world: World) -> dict[str, Any]:
    return {"name": "Somebody", "language": "en"}


INSIDERS = (Role.MEMBER, *STAFF)
COLLEAGUE = pk_of(lambda world: world.colleague)
SUSPENDED = pk_of(lambda world: world.people[Role.SUSPENDED])
APPLICATION = pk_of(lambda world: world.application)
PUBLIC_PAGE = everyone(200)
READ_ONLY = everyone(405)
#: Whoever is logged in goes where log-in would have led.
ALREADY_IN = everyone(302, anonymous=200, applicant="apply", suspended="apply", expired="apply")

TABLE = [
    # Machines
    Row("core:live", PUBLIC_PAGE),
    Row("core:ready", everyone(200)),
    Row("core:favicon", everyone(302), everyone(405)),
    Row("change_password", everyone(302), everyone(302)),
    Row("core:robots", PUBLIC_PAGE, everyone(405)),
    Row("core:sitemap", PUBLIC_PAGE, everyone(200)),
    Row("core:file", everyone(200), at=file_of("public"), says="public"),
    Row("core:file", audience(*MEMBERS), at=file_of("members"), says="members"),
    Row("core:file", audience(*STAFF), at=file_of("agency:other"), says="another agency"),
    Row("core:file", audience(), at=file_of(), says="nobody"),
    Row("wagtaildocs_serve", everyone(200), at=document_of("public"), says="public"),
    Row("wagtaildocs_serve", audience(*MEMBERS), at=document_of("members"), says="members"),
    Row("wagtaildocs_serve", audience(), at=document_of(), says="nobody"),
    # For development only: switched off in production
    Row("mailbox:list", PUBLIC_PAGE),
    Row(
        "mailbox:letter",
        PUBLIC_PAGE,
        at=lambda world: {"pk": queue(to="a@b.example", template="x", language="en", subject="x", body="x").pk},
    ),
    Row("styleguide", PUBLIC_PAGE, PUBLIC_PAGE),
    # Everyone's pages
    Row("search:results", PUBLIC_PAGE),
    Row("vocabulary:index", PUBLIC_PAGE),
    Row("vocabulary:list", PUBLIC_PAGE, at=lambda world: {"kind": TermFactory().kind}),
    Row("vocabulary:term", PUBLIC_PAGE, at=lambda world: {"kind": "stage", "slug": TermFactory().slug}),
    Row("members:agencies", PUBLIC_PAGE),
    Row("members:contact", PUBLIC_PAGE),
    Row("members:agency", PUBLIC_PAGE, at=slug_of(lambda world: world.agency)),
    Row("indicators:index", PUBLIC_PAGE),
    Row("indicators:indicator", PUBLIC_PAGE, at=slug_of(lambda world: IndicatorFactory()), says="public"),
    Row(
        "indicators:indicator",
        audience(*MEMBERS),
        at=slug_of(lambda world: IndicatorFactory(audiences=["members"])),
        says="members",
    ),
    Row("indicators:csv", PUBLIC_PAGE, at=slug_of(lambda world: IndicatorFactory()), says="public"),
    Row(
        "indicators:csv",
        audience(*MEMBERS),
        at=slug_of(lambda world: IndicatorFactory(audiences=["members"])),
        says="members",
    ),
    Row("events:board", PUBLIC_PAGE),
    Row(
        "events:recommendation",
        PUBLIC_PAGE,
        everyone(403, anonymous="login", focal_point=200, staff=200, administrator=200),
        pk_of(lambda world: recommendation(owner=world.agency)),
        says="of a public meeting",
    ),
    Row(
        "events:recommendation",
        audience(*MEMBERS),
        audience(*STAFF) | {Role.MEMBER: 403, Role.FOCAL_POINT: 403, Role.REVIEWER: 403},
        pk_of(lambda world: recommendation(meeting(audiences=("members",)))),
        says="of a members' meeting",
    ),
    # Pages of the CMS
    Row("wagtail_serve", PUBLIC_PAGE, PUBLIC_PAGE, lambda world: [""], says="home"),
    Row("wagtail_serve", PUBLIC_PAGE, PUBLIC_PAGE, page_of("public"), says="public page"),
    Row("wagtail_serve", audience(*MEMBERS), audience(*MEMBERS), page_of("members"), says="members' page"),
    Row("wagtail_serve", audience(*INSIDERS), audience(*INSIDERS), page_of("group:escorts"), says="a group's page"),
    Row("wagtail_serve", audience(), audience(), page_of(), says="a page for nobody"),
    Row("wagtail_serve", PUBLIC_PAGE, PUBLIC_PAGE, of_path(lambda world: library()), says="library"),
    Row("wagtail_serve", PUBLIC_PAGE, PUBLIC_PAGE, of_path(lambda world: practice()), says="practice"),
    Row(
        "wagtail_serve",
        audience(*MEMBERS),
        audience(*MEMBERS),
        of_path(lambda world: practice("members")),
        says="members' practice",
    ),
    Row("wagtail_serve", PUBLIC_PAGE, PUBLIC_PAGE, of_path(lambda world: meeting()), says="meeting"),
    Row(
        "wagtail_serve",
        audience(*MEMBERS),
        audience(*MEMBERS),
        of_path(lambda world: meeting(audiences=("members",))),
        says="members' meeting",
    ),
    Row("wagtailcore_login", everyone("login"), everyone("login")),
    Row(
        "wagtailcore_authenticate_with_password",
        everyone(404),
        everyone(404),
        lambda world: {"page_view_restriction_id": 1, "page_id": 1},
    ),
    # Members' places
    Row("members:directory", members(200), members(405)),
    Row("members:profile", members(200), members(405), COLLEAGUE, says="a member"),
    Row("members:profile", members(404, staff=200, administrator=200), members(405), SUSPENDED, says="a suspended one"),
    Row("members:own_profile", members(200), members(302), sends=says_who),
    # What was typed before the session ended, to its writer.
    Row("members:unsent", everyone(200, anonymous="login"), everyone(302, anonymous="login")),
    Row("members:leave", members(200), members(302, staff="refused", administrator="refused")),
    Row(
        "members:reconfirm", members(405), members("refused", focal_point=302, staff=302, administrator=302), COLLEAGUE
    ),
    Row("rooms:index", members(200), everyone(405)),
    Row("rooms:room", members(200), everyone(405), slug_of(lambda world: RoomFactory()), says="members'"),
    Row(
        "rooms:room",
        members(404, member=200, staff=200, administrator=200),
        everyone(405),
        slug_of(lambda world: RoomFactory(audiences=[world.group.audience_token])),
        says="a group's",
    ),
    Row(
        "rooms:post",
        members(302),
        members(302),
        slug_of(lambda world: RoomFactory()),
        lambda world: {"client_id": "0b0e6f0e-7d5c-4b1e-9a77-9d9f5f1c7a11", "body": "Good morning."},
        says="members'",
    ),
    Row(
        "rooms:post",
        members(404, member=302, staff=302, administrator=302),
        members(404, member=302, staff=302, administrator=302),
        slug_of(lambda world: RoomFactory(audiences=[world.group.audience_token])),
        lambda world: {"client_id": "0b0e6f0e-7d5c-4b1e-9a77-9d9f5f1c7a12", "body": "Good morning."},
        says="a group's",
    ),
    Row("practices:submit", members(200), members(302), sends=lambda world: {**posted(TermFactory()), "send": "1"}),
    Row("practices:mine", members(200), members(405)),
    Row(
        "practices:edit",
        members(404, member=200),
        members(404, member=302),
        pk_of(lambda world: save_draft(by=world.people[Role.MEMBER], text=text())),
        lambda world: {**posted(TermFactory()), "save": "1"},
        says="the member's",
    ),
    # Staff's places
    Row("members:suspend", staff(405, 403), staff(302), COLLEAGUE, lambda world: {"reason": "Left"}),
    Row("members:reinstate", staff(405), staff(302), SUSPENDED),
    Row("members:appoint", staff(405), staff(302), COLLEAGUE),
    # Vetting
    Row("vetting:apply", PUBLIC_PAGE, everyone(200, anonymous="login", applicant=302, expired=302), sends=applies),
    Row("vetting:withdraw", everyone(405), everyone(404, anonymous="login"), says="without an application"),
    Row("vetting:queue", staff(200) | {Role.FOCAL_POINT: 200}, staff(405) | {Role.FOCAL_POINT: 405}),
    Row(
        "vetting:application",
        staff(200) | {Role.FOCAL_POINT: 200},
        staff(302) | {Role.FOCAL_POINT: 302},
        APPLICATION,
        lambda world: {"verdict": "accept"},
        says="of the own agency",
    ),
    Row(
        "vetting:application",
        staff(200) | {Role.FOCAL_POINT: 404},
        staff(302) | {Role.FOCAL_POINT: 404},
        pk_of(lambda world: application()),
        lambda world: {"verdict": "decline", "reason": "No"},
        says="of another agency",
    ),
    Row(
        "vetting:name_agency",
        staff(405) | {Role.FOCAL_POINT: 405},
        staff(302) | {Role.FOCAL_POINT: 404},
        pk_of(lambda world: application(agency_name="New service")),
    ),
    Row(
        "vetting:vouch",
        members(404, member=200),
        members(404, member=302),
        APPLICATION,
        lambda world: {"vouches": "yes"},
    ),
    # Accounts: allauth's own views
    Row("account_login", ALREADY_IN, ALREADY_IN),
    Row("account_signup", ALREADY_IN, ALREADY_IN),
    Row("account_logout", everyone(200, anonymous=302), everyone(302)),
    Row("account_inactive", PUBLIC_PAGE, READ_ONLY),
    Row("account_email", everyone(200, anonymous="login"), everyone(302, anonymous="login")),
    Row("account_email_verification_sent", PUBLIC_PAGE, READ_ONLY),
    Row("account_change_password", everyone(200, anonymous="login"), everyone(200, anonymous="login")),
    Row("account_set_password", everyone(302, anonymous="login"), everyone(302, anonymous="login")),
    Row("account_reauthenticate", everyone(200, anonymous="login"), everyone(200, anonymous="login")),
    Row("account_confirm_login_code", ALREADY_IN | {Role.ANONYMOUS: "login"}, ALREADY_IN | {Role.ANONYMOUS: "login"}),
    Row("account_reset_password", PUBLIC_PAGE, PUBLIC_PAGE),
    Row("account_reset_password_done", PUBLIC_PAGE, READ_ONLY),
    Row("account_reset_password_from_key", PUBLIC_PAGE, PUBLIC_PAGE, lambda world: {"uidb36": "1", "key": "wrong-key"}),
    Row("account_reset_password_from_key_done", PUBLIC_PAGE, READ_ONLY),
    Row("account_confirm_email", PUBLIC_PAGE, everyone("login"), lambda world: {"key": _confirmation_key()}),
    # The CMS: its door is tried at every address below; here the lists staff begin from
    Row("cms_login", everyone("login"), everyone("login")),
    Row("wagtailadmin_login", everyone("login"), everyone("login")),
    *(
        Row(name, staff(200))
        for name in (
            "wagtailadmin_home",
            "wagtailadmin_explore_root",
            "wagtailimages:index",
            "wagtaildocs:index",
            "wagtailsnippets_events_meetingseries:list",
            "wagtailsnippets_events_recommendation:list",
            "wagtailsnippets_indicators_indicator:list",
            "wagtailsnippets_members_agency:list",
            "wagtailsnippets_members_workinggroup:list",
            "wagtailsnippets_rooms_room:list",
            "wagtailsnippets_vocabulary_term:list",
            "practice_list:index",
        )
    ),
    *(
        # Sites, languages, accounts and groups are the administrators'.
        Row(name, staff("refused") | {Role.ADMINISTRATOR: 200})
        for name in (
            "wagtailusers_users:index",
            "wagtailusers_groups:index",
            "wagtailsites:index",
            "wagtaillocales:index",
        )
    ),
]


def _confirmation_key() -> str:
    from allauth.account.models import EmailAddress

    user = UserFactory()
    EmailAddress.objects.filter(user=user).update(verified=False)
    return str(EmailConfirmationHMAC(EmailAddress.objects.get(user=user)).key)


def all_patterns(resolver: Any = None, names: tuple[str, ...] = (), path: str = "") -> Iterator[tuple[str, str]]:
    """(name with its namespaces, pattern) of every address of the portal."""
    for pattern in (resolver or get_resolver()).url_patterns:
        inner = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from all_patterns(pattern, (*names, pattern.namespace) if pattern.namespace else names, inner)
        else:
            assert isinstance(pattern, URLPattern)
            yield ":".join([*names, pattern.name or f"unnamed {inner}"]), inner


def is_cms(pattern: str) -> bool:
    return pattern.startswith("cms/") and not pattern.startswith("cms/login/")


def test_every_address_is_in_the_table() -> None:
    addresses = {name for name, pattern in all_patterns() if not is_cms(pattern)}
    listed = {row.name for row in TABLE}
    assert addresses - listed == set(), "say in TABLE who may use these"
    assert listed - {name for name, _pattern in all_patterns()} == set(), "these addresses are gone"


def test_every_list_of_the_cms_is_in_the_table() -> None:
    """What an app adds to the CMS (snippets and viewsets) is named; Wagtail's own pages fall under its door."""
    ours = ("wagtailsnippets_", "practice", "events", "indicators", "members", "rooms", "vetting", "vocabulary")
    lists = {
        name
        for name, pattern in all_patterns()
        if is_cms(pattern) and name.startswith(ours) and name.endswith((":list", ":index"))
    }
    assert lists <= {row.name for row in TABLE}


def test_every_row_speaks_of_every_role() -> None:
    for row in TABLE:
        assert set(row.get) == set(row.post) == set(ROLES), row


@pytest.fixture(autouse=True)
def _no_limits() -> None:
    cache.clear()


@pytest.fixture
def world() -> World:
    return World()


def outcome(response: HttpResponse) -> int | str:
    """A status, or in words where a redirect leads."""
    if response.streaming:
        b"".join(response.streaming_content)  # read to its end, which closes the file
    if response.status_code != 302:
        return response.status_code
    location = response["Location"]
    if re.match(r"/\w+(-\w+)?/accounts/login/", location):
        return "login"
    if re.fullmatch(r"/\w+(-\w+)?/apply/", location) and not list(get_messages(response.wsgi_request)):
        return "apply"
    if any(message.level_tag == "error" for message in get_messages(response.wsgi_request)):
        return "refused"
    return 302


def answers(world: World, row: Row, method: str) -> Answers:
    """What each role is answered; whatever one of them changes is taken back before the next."""
    needs, sent = row.at(world), row.sends(world)
    address = reverse(row.name, args=needs) if isinstance(needs, list) else reverse(row.name, kwargs=needs)
    found: Answers = {}
    for role in ROLES:
        client = Client()
        with transaction.atomic():
            if role != Role.ANONYMOUS:
                client.force_login(world.people[role])
            found[role] = outcome(client.get(address) if method == "get" else client.post(address, sent))
            transaction.set_rollback(True)
    return found


def differences(expected: Answers, found: Answers) -> dict[str, str]:
    return {
        role.value: f"expected {expected[role]}, answered {found[role]}"
        for role in ROLES
        if expected[role] != found[role]
    }


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_reading(world: World, row: Row) -> None:
    assert differences(row.get, answers(world, row, "get")) == {}


@pytest.mark.parametrize("row", [row for row in TABLE if not row.is_cms], ids=str)
def test_writing(world: World, row: Row) -> None:
    assert differences(row.post, answers(world, row, "post")) == {}


# The door of the CMS, at every address behind it

SAMPLES = {"int": "1", "uuid": "0b0e6f0e-7d5c-4b1e-9a77-9d9f5f1c7a11"}


def sample_of(pattern: str) -> str:
    """An address that fits `pattern`."""
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "", "x"), pattern)
    path = re.sub(r"\((?:\?P<\w+>)?[^()]*\)", "1", path)
    return "/" + re.sub(r"[\^$\\]", "", path)


CMS_ADDRESSES = sorted({sample_of(pattern) for _name, pattern in all_patterns() if is_cms(pattern)})


@pytest.mark.parametrize(
    ("role", "method"),
    [
        (Role.ANONYMOUS, "get"),
        (Role.ANONYMOUS, "post"),
        (Role.MEMBER, "get"),
        (Role.MEMBER, "post"),
        (Role.SUSPENDED, "get"),
    ],
)
def test_the_door_of_the_cms_holds_at_every_address(world: World, role: Role, method: str) -> None:
    client = Client()
    if role != Role.ANONYMOUS:
        client.force_login(world.people[role])
    found = {address: outcome(getattr(client, method)(address)) for address in CMS_ADDRESSES}
    # 404: the sample does not fit the pattern, so no view was asked.
    closed = "login" if role == Role.ANONYMOUS else 403
    assert {address: answer for address, answer in found.items() if answer not in {closed, 404}} == {}
    assert list(found.values()).count(closed) > 0.95 * len(found)


# Sockets

SOCKETS = {
    "ws/rooms/<slug:slug>/": everyone("refused", **dict.fromkeys(map(str, MEMBERS), "open")),
    # Whatever else is asked for as a socket.
    "": everyone("refused"),
}


def test_every_socket_is_in_the_table() -> None:
    assert {str(route.pattern) for route in websocket_urlpatterns} == set(SOCKETS)


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", SOCKETS)
async def test_opening_a_socket(open_socket: Opener, route: str) -> None:  # noqa: F811  an argument names the fixture
    room = await writing(RoomFactory)
    path = f"/{route.replace('<slug:slug>', room.slug)}" if route else "/ws/other/"
    found: Answers = {}
    for role in ROLES:
        user = await writing(person, role) if role != Role.ANONYMOUS else None
        socket = await open_socket(user, room, path=path)
        if SOCKETS[route][role] == "open":
            await socket.say(type="hello", last_seq=0)
            found[role] = "open" if (await socket.hear())["type"] == "welcome" else "silent"
        else:
            found[role] = "refused" if await socket.close_code() == Close.DENIED else "open"
    assert differences(SOCKETS[route], found) == {}
