"""Every uploaded file asks its owner's audience."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection, CollectionViewRestriction

from network.members.enums import Role
from portal.core.models import PortalImage
from tests.factories.core import document, image, rendition
from tests.factories.members import WorkingGroupFactory, person

pytestmark = pytest.mark.django_db


def status(client: Client, address: str) -> int:
    """What a reader gets, the file read to its end."""
    response = client.get(address, follow=True)
    read(response)
    return response.status_code


def read(response: Any) -> bytes:
    """A file to its end, which closes it."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def addresses(*audiences: str) -> list[str]:
    """Every address a picture and a document have."""
    picture, paper = image(*audiences), document(*audiences)
    return [picture.file.url, rendition(picture).url, paper.file.url, paper.url]


@pytest.mark.parametrize("which", range(4))
def test_public_files_are_everyones(client: Client, which: int) -> None:
    assert status(client, addresses("public")[which]) == 200


@pytest.mark.parametrize("which", range(4))
def test_members_files_are_members_alone(client: Client, which: int) -> None:
    address = addresses("members")[which]
    assert status(client, address) == 404
    for role, expected in ((Role.APPLICANT, 404), (Role.SUSPENDED, 404), (Role.EXPIRED, 404), (Role.MEMBER, 200)):
        client.force_login(person(role))
        assert status(client, address) == expected


@pytest.mark.parametrize("which", range(4))
def test_a_groups_files_are_its_own_and_staffs(client: Client, which: int) -> None:
    group, insider = WorkingGroupFactory(), person()
    group.people.add(insider)
    address = addresses(group.audience_token)[which]
    for someone, expected in ((person(), 404), (insider, 200), (person(Role.STAFF), 200)):
        client.force_login(someone)
        assert status(client, address) == expected


@pytest.mark.parametrize("which", range(4))
def test_a_file_for_nobody_is_nobodys(client: Client, which: int) -> None:
    address = addresses()[which]
    client.force_login(person(Role.ADMINISTRATOR))
    assert status(client, address) == 404


def test_a_narrowed_audience_closes_a_file_at_once(client: Client) -> None:
    picture = image("public")
    assert status(client, picture.file.url) == 200
    picture.audiences.set(["members"])
    assert status(client, picture.file.url) == 404


def test_a_file_that_belongs_to_nothing_or_is_gone_is_a_404(client: Client) -> None:
    stray = default_storage.save("stray.txt", ContentFile(b"stray"))
    assert status(client, f"/files/{stray}") == 404
    picture = image("public")
    Path(picture.file.path).unlink()
    assert status(client, picture.file.url) == 404


@pytest.mark.parametrize("path", ["../portal.sqlite3", "..%2fportal.sqlite3", "/etc/passwd", "%00", "images/"])
def test_nothing_outside_the_uploads_is_served(client: Client, path: str) -> None:
    assert status(client, f"/files/{path}") == 404


def test_pictures_are_shown_and_all_else_is_downloaded_and_kept_briefly_by_the_reader_alone(client: Client) -> None:
    shown = client.get(image("public").file.url)
    assert shown["Content-Type"] == "image/png"
    assert not shown.headers.get("Content-Disposition", "").startswith("attachment")
    assert shown["Cache-Control"] == f"private, max-age={settings.FILES_MAX_AGE}"
    read(shown)
    drawing = default_storage.save("drawing.svg", ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    PortalImage.objects.filter(pk=image("public").pk).update(file=drawing)
    for address in (f"/files/{drawing}", document("public").file.url):
        response = client.get(address)
        read(response)
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


def test_files_are_only_read(client: Client) -> None:
    for address in (image("public").file.url, document("public").url):
        assert client.post(address).status_code == 405


def answer(client: Client, address: str) -> tuple[Any, ...]:
    """All that an asker can tell one answer from another by, and how many questions to the database it took."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    headers = {name: value for name, value in response.headers.items() if name != "X-Request-ID"}
    body = re.sub(rb'csrfmiddlewaretoken" value="[^"]+"', b"", response.content)
    return response.status_code, headers, body, len(asked)


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.MEMBER], ids=str)
def test_what_is_hidden_missing_or_misnamed_gets_one_answer(client: Client, role: Role) -> None:
    paper, picture = document("public"), image("public")
    name = f"agreed-{role.lower()}"
    addresses = [
        f"/documents/{paper.pk + 1}/{name}.txt",
        f"/documents/{paper.pk + 1}/{name}",
        f"/documents/{paper.pk}/{name}.txt",
        "/documents/99999999999999999999/agreed.txt",
        f"/files/documents/{name}.txt",
        f"/files/original_images/{name}.png",
        f"/files/images/{name}.max-120x90.png",
    ]
    WorkingGroupFactory(slug="others")
    if role != Role.ANONYMOUS:
        client.force_login(person(role))
    client.get(addresses[0])  # what every first page remembers
    before = [answer(client, address) for address in addresses]
    hidden = document("group:others", file=ContentFile(b"agreed", name=f"{name}.txt"))
    drawn = image("group:others", file=ContentFile(Path(picture.file.path).read_bytes(), name=f"{name}.png"))
    made = rendition(drawn, f"{name}.max-120x90.png")
    assert [hidden.url, hidden.file.url, drawn.file.url, made.url] == [addresses[0], *addresses[4:]]
    assert [answer(client, address) for address in addresses] == before
    assert {status for status, *_rest in before} <= {302, 404}


def test_a_collection_that_staff_closed_is_closed_at_both_addresses(client: Client) -> None:
    paper = document("public", collection=Collection.get_first_root_node().add_child(name="Closed"))
    assert status(client, paper.url) == status(client, paper.file.url) == 200
    CollectionViewRestriction.objects.create(collection=paper.collection, restriction_type="login")
    assert status(client, paper.url) == status(client, paper.file.url) == 404
    client.force_login(person())
    assert status(client, paper.url) == status(client, paper.file.url) == 200


@pytest.mark.parametrize(("ending", "kind"), [("pdf", "application/pdf"), ("html", "application/octet-stream")])
def test_a_document_is_never_drawn_in_the_browsers_window(client: Client, ending: str, kind: str) -> None:
    """Whatever it turns out to be: one stored before documents were looked into may be a page."""
    paper = document("public", file=ContentFile(b"<script>alert(1)</script>", name=f"Zaključci.{ending}"))
    response = client.get(paper.url)
    read(response)
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''Zaklju%C4%8Dci.{ending}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "sandbox" in response["Content-Security-Policy"]
