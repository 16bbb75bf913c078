"""The CMS: its door, and people in it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page

from network.members import staff_group
from network.members.enums import Role
from network.members.models import Agency, User, WorkingGroup
from tests.factories.members import PASSWORD, AgencyFactory, UserFactory, WorkingGroupFactory, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.MEMBER, Role.FOCAL_POINT, Role.REVIEWER, Role.EXPIRED])
@pytest.mark.parametrize("address", ["/cms/", "/cms/pages/", "/cms/images/", "/cms/account/", "/cms/nothing/here/"])
def test_the_cms_is_closed_to_everyone_but_staff(client: Client, role: Role, address: str) -> None:
    client.force_login(person(role))
    assert client.get(address).status_code in {403, 404}


def test_a_suspended_colleague_is_refused_although_still_in_the_group(client: Client) -> None:
    user = person(Role.SUSPENDED, is_staff=True)
    assert user.has_perm("wagtailadmin.access_admin")
    client.force_login(user)
    assert client.get("/cms/").status_code == 403


def test_a_visitor_is_sent_to_the_portals_log_in(client: Client) -> None:
    response = client.get("/cms/pages/?q=1", follow=True)
    assert response.redirect_chain[-1][0] == "/en/accounts/login/?next=/cms/pages/%3Fq%3D1"
    assert response.status_code == 200


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMINISTRATOR])
@pytest.mark.parametrize(
    "address",
    [
        "/cms/",
        "/cms/pages/",
        "/cms/images/",
        "/cms/images/add/",
        "/cms/documents/",
        "/cms/snippets/members/agency/",
        "/cms/snippets/members/workinggroup/",
        "/cms/account/",
    ],
)
def test_staff_work_in_the_cms(client: Client, role: Role, address: str) -> None:
    client.force_login(person(role))
    assert client.get(address).status_code == 200


def test_staff_may_write_lock_and_publish_on_every_page() -> None:
    staff = person(Role.STAFF)
    root = Page.get_first_root_node()
    rights = root.permissions_for_user(staff)
    assert rights.can_add_subpage()
    home = root.get_children().first()
    rights = home.permissions_for_user(staff)
    assert rights.can_edit()
    assert rights.can_publish()
    assert rights.can_lock()


def test_accounts_are_the_administrators_alone(client: Client) -> None:
    client.force_login(person(Role.STAFF))
    assert client.get("/cms/users/").status_code == 302
    client.force_login(person(Role.ADMINISTRATOR))
    assert client.get("/cms/users/").status_code == 200


def test_an_administrator_makes_and_changes_an_account(client: Client) -> None:
    client.force_login(person(Role.ADMINISTRATOR))
    sent = {
        "name": "New colleague",
        "email": "Colleague@project.example",
        "language": "de",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "is_staff": "on",
    }
    assert client.get("/cms/users/new/").status_code == 200
    assert client.post("/cms/users/new/", sent).status_code == 302
    user = User.objects.get(email="colleague@project.example")
    assert (user.name, user.language, user.is_staff) == ("New colleague", "de", True)
    assert user.has_perm("wagtailadmin.access_admin")
    address = f"/cms/users/edit/{user.pk}/"
    assert client.get(address).status_code == 200
    changed = {"name": "Renamed", "email": "other@project.example", "language": "de", "is_active": "on"}
    assert client.post(address, changed).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.name, user.email, user.is_staff) == ("Renamed", "colleague@project.example", False)
    assert not user.has_perm("wagtailadmin.access_admin")


def test_administrators_do_not_take_their_own_staff_rights(client: Client) -> None:
    administrator = person(Role.ADMINISTRATOR)
    client.force_login(administrator)
    address = f"/cms/users/edit/{administrator.pk}/"
    assert "is_staff" not in client.get(address).context["form"].fields


def agency_form(**changes: str) -> dict[str, str]:
    """What staff send about a new agency."""
    return {
        "name": "New service", "slug": "new-service", "acronym": "NS", "names_local": "{}", "country": "ME",
        "kind": "agency", "seat": "", "participants": "[]", "role": "", "website": "", "mail_domains": '["ns.example"]',
        "sources": "[]", "notes": "[]", **changes,
    }  # fmt: skip


def test_staff_keep_agencies_and_groups(client: Client) -> None:
    client.force_login(person(Role.STAFF))
    member = person()
    assert client.post("/cms/snippets/members/agency/add/", agency_form()).status_code == 302
    assert Agency.objects.get(slug="new-service").mail_domains == ["ns.example"]
    sent = {"name": "Readmission officers", "slug": "readmission-officers", "people": [member.pk]}
    assert client.post("/cms/snippets/members/workinggroup/add/", sent).status_code == 302
    assert list(WorkingGroup.objects.get().people.all()) == [member]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("names_local", "null", "Expected a text for each language"),
        ("names_local", '["Služba"]', "Expected a text for each language"),
        ("names_local", '{"bs": 5}', "Expected a text for each language"),
        ("names_local", '{"in Bosnian": "Služba"}', "“in Bosnian” is no language code"),
        ("participants", "null", "Expected a list of texts"),
        ("participants", '"BA"', "Expected a list of texts"),
        ("participants", '["Bosnia"]', "“Bosnia” is no country code"),
        ("country", "zz", "“zz” is no country code"),
        ("mail_domains", "[1]", "Expected a list of texts"),
        ("notes", '["\\u0000"]', "Expected a list of texts"),
        ("sources", '["javascript:alert(1)"]', "“javascript:alert(1)” is no web address"),
    ],
)
def test_what_no_page_could_show_of_an_agency_is_refused_and_kept_in_the_form(
    client: Client, field: str, typed: str, words: str
) -> None:
    client.force_login(person(Role.STAFF))
    answer = client.post("/cms/snippets/members/agency/add/", agency_form(**{field: typed}))
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors[field])
    assert answer.context["form"].data[field] == typed
    assert not Agency.objects.filter(slug="new-service").exists()


def test_nobody_inherits_what_is_addressed_to_others_by_a_slug(client: Client) -> None:
    client.force_login(person(Role.STAFF))
    AgencyFactory(slug="gone").delete()
    WorkingGroupFactory(slug="gone").delete()
    standing = AgencyFactory(slug="standing")
    group = WorkingGroupFactory(slug="standing")
    for kind, sent in (("agency", agency_form(slug="gone")), ("workinggroup", {"name": "New", "slug": "gone"})):
        answer = client.post(f"/cms/snippets/members/{kind}/add/", sent)
        assert "“gone” was used before" in answer.content.decode()
    for kind, pk, sent in (
        ("agency", standing.pk, agency_form(slug="other")),
        ("workinggroup", group.pk, {"name": "Renamed", "slug": "other"}),
    ):
        address = f"/cms/snippets/members/{kind}/edit/{pk}/"
        assert "The slug stays “standing”" in client.post(address, sent).content.decode()
        assert client.post(address, {**sent, "slug": "standing"}).status_code == 302


def test_the_group_is_made_again_with_all_it_needs_and_keeps_what_was_added() -> None:
    staff = person(Role.STAFF)
    Group.objects.get(name=staff_group.NAME).delete()
    UserFactory(is_staff=False).save()  # without a group there is nothing to keep
    group = staff_group.ensure_staff_group()
    assert list(group.user_set.all()) == [staff]
    codes = set(group.permissions.values_list("codename", flat=True))
    assert {"access_admin", "change_agency", "add_workinggroup", "change_term"} <= codes
    assert not {"change_user", "delete_user"} & codes
    again = staff_group.ensure_staff_group()
    assert set(again.permissions.all()) == set(group.permissions.all())
    assert again.page_permissions.count() == len(staff_group.PAGE_RIGHTS)


def test_an_agency_lists_its_address() -> None:
    agency = AgencyFactory(slug="service")
    assert agency.get_absolute_url() == "/en/organisations/service/"
