"""What a camera writes beside the pixels reaches nobody; a file that is damaged takes no page with it."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import ExifTags, Image, ImageChops, ImageOps, ImageStat
from wagtail.models import Collection

from network.members.enums import Role
from portal.core.files import papers, pictures
from portal.core.models import PortalDocument, PortalImage
from tests.factories import odd_files as odd
from tests.factories.core import image
from tests.factories.members import person
from tests.factories.pages import standard_page

pytestmark = [
    pytest.mark.usefixtures("files_wagtail_leaves_open"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def secrets_in(content: bytes) -> bool:
    return odd.CAMERA.encode() in content or odd.TAKEN.encode() in content


@pytest.mark.parametrize("form", ENDINGS)
def test_only_pixels_way_up_and_colours_are_kept(form: str) -> None:
    given = odd.photo(form)
    kept = pictures.bare(given)
    assert secrets_in(given)
    assert not secrets_in(kept)
    assert pictures.says_more(given)
    assert not pictures.says_more(kept)
    before, after = opened(given), opened(kept)
    assert (after.format, after.size, after.mode) == (before.format, before.size, before.mode)
    assert after.info.get("icc_profile") == before.info.get("icc_profile")
    assert dict(after.getexif()) == ({} if form == "GIF" else {ExifTags.Base.Orientation: 6})
    if form != "WEBP":  # a lossy one is drawn anew with losses
        apart = ImageStat.Stat(ImageChops.difference(before.convert("RGB"), after.convert("RGB"))).mean
        assert max(apart) <= (3 if form == "JPEG" else 0)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("JPEG", {"progressive": True}),
        ("WEBP", {"lossless": True, "exif": odd.gps(), "icc_profile": odd.colours()}),
        ("PNG", {}),
    ],
)
def test_what_loses_nothing_loses_nothing(form: str, words: dict[str, Any]) -> None:
    given = odd.saved(odd.pixels(mode="RGB"), form, **words)
    once = pictures.bare(given)
    assert opened(once).info.get("progressive") == opened(given).info.get("progressive")
    if form != "JPEG":
        assert ImageChops.difference(opened(given).convert("RGB"), opened(once).convert("RGB")).getbbox() is None


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_what_moves_goes_on_moving(form: str) -> None:
    kept = opened(pictures.bare(odd.film(form)))
    durations = []
    for number in range(3):
        kept.seek(number)
        kept.load()
        durations.append(kept.info["duration"])
    assert durations == [100, 200, 300]
    assert kept.info["loop"] == 2


def store(content: bytes, name: str = "map.jpg", *audiences: str) -> PortalImage:
    """A picture as it was stored before uploads were looked into."""
    made = image(*(audiences or ["public"]))
    Path(made.file.path).unlink()
    path = made.file.storage.save(f"original_images/{name}", ContentFile(content))
    with Image.open(BytesIO(odd.photo())) as head:
        PortalImage.objects.filter(pk=made.pk).update(file=path, width=head.width, height=head.height)
    return PortalImage.objects.get(pk=made.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_visitor_gets_neither_place_nor_time_out_of_a_photo_or_its_sizes(client: Client, form: str) -> None:
    staff = Client()
    staff.force_login(person(Role.STAFF))
    sent = {
        "title": "Meeting",
        "collection": Collection.get_first_root_node().pk,
        "audiences": ["public"],
        "file": SimpleUploadedFile(f"photo.{ENDINGS[form]}", odd.photo(form)),
    }
    assert staff.post(reverse("wagtailimages:add"), sent).status_code == 302
    photo = PortalImage.objects.get()
    older = store(odd.photo(form), f"older.{ENDINGS[form]}")
    for address in (photo.file.url, photo.get_rendition("width-30").url, older.get_rendition("width-30").url):
        content = b"".join(client.get(address).streaming_content)
        assert not secrets_in(content), address
        assert set(opened(content).getexif()) <= {ExifTags.Base.Orientation}
    assert photo.file_size == Path(photo.file.path).stat().st_size
    standing = ImageOps.exif_transpose(opened(Path(photo.file.path).read_bytes()))
    size = photo.get_rendition("original")
    assert (size.width, size.height) == standing.size == (40, 60)


@pytest.mark.django_db
def test_pictures_stored_before_are_made_bare_by_a_command(client: Client) -> None:
    photo, plain, broken = store(odd.photo()), store(odd.picture()), store(odd.cut_off(odd.photo(size=(300, 200))))
    size = photo.get_rendition("width-30")
    before, untouched = photo.file.name, plain.file.name
    said, complained = StringIO(), StringIO()
    call_command("bare_pictures", stdout=said, stderr=complained)
    assert said.getvalue().startswith("1 of 3 pictures")
    assert broken.file.name in complained.getvalue()
    for picture in (photo, plain):
        picture.refresh_from_db()
        assert not secrets_in(Path(picture.file.path).read_bytes())
    assert not photo.file.storage.exists(before)
    assert plain.file.name == untouched
    assert not type(size).objects.filter(pk=size.pk).exists()
    assert client.get(photo.get_rendition("width-30").url).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [False, True], ids=["cut off", "gone"])
def test_a_damaged_picture_takes_no_page_with_it(client: Client, gone: bool) -> None:
    broken = store(odd.cut_off(odd.photo(size=(300, 200))))
    if gone:
        Path(broken.file.path).unlink()
    figure = {"type": "figure", "value": {"image": broken.pk, "caption": "In Sarajevo"}}
    standard_page(body=[figure], slug="with-picture")
    shown = client.get("/en/with-picture/")
    assert shown.status_code == 200
    assert "In Sarajevo" in shown.content.decode()
    assert "This picture can not be shown" in shown.content.decode()
    assert "not-found" not in shown.content.decode()
    client.force_login(person(Role.STAFF))
    for address in (
        reverse("wagtailimages:index"),
        reverse("wagtailimages:edit", args=[broken.pk]),
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtailimages_chooser:chosen", args=[broken.pk]),
    ):
        assert client.get(address).status_code == 200, address
    preview = client.get(reverse("wagtailimages:preview", args=[broken.pk, "width-30"]), follow=True)
    assert preview.status_code == 404


@pytest.mark.django_db
def test_what_is_stored_already_is_not_looked_into_again() -> None:
    broken = store(odd.cut_off(odd.photo(size=(300, 200))))
    broken.title = "Renamed"
    broken.full_clean()
    broken.save()
    paper = PortalDocument.objects.create(title="Old", file=SimpleUploadedFile("old.exe", b"MZ"))
    paper.title = "Renamed"
    paper.full_clean()


@pytest.mark.django_db
def test_no_service_can_make_a_document_of_what_is_refused_either() -> None:
    with pytest.raises(ValidationError, match="This is no PDF"):
        PortalDocument(title="Odd", file=SimpleUploadedFile("odd.pdf", odd.HTML)).full_clean()


@pytest.mark.parametrize(("megapixels", "refused"), [(1, True), (100, False)])
def test_the_largest_picture_is_a_setting(settings: Any, megapixels: int, refused: bool) -> None:
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = megapixels * 1_000_000
    content = odd.saved(Image.new("RGB", (1500, 1000)), "PNG")
    if refused:
        with pytest.raises(ValidationError, match="2 million, of which at most 1 are taken"):
            pictures.check("map.png", BytesIO(content))
    else:
        pictures.check("map.png", BytesIO(content))


def test_a_document_with_a_drawing_of_an_office_program_is_taken_and_a_locked_one_is_not() -> None:
    drawing = b"\xd0\xcf\x11\xe0" + "Equation Native".encode("utf-16-le")
    papers.check("a.docx", BytesIO(odd.office(parts={"word/embeddings/oleObject1.bin": drawing})))
    papers.check("a.docx", BytesIO(odd.with_page_elsewhere()))
    locked = bytearray(odd.office())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = locked.find(mark)
        locked[place + (6 if mark == b"PK\x03\x04" else 8)] |= 1
    with pytest.raises(ValidationError, match="locked with a password"):
        papers.check("a.docx", BytesIO(bytes(locked)))


def test_a_long_name_fits_on_the_disk() -> None:
    storage = PortalImage._meta.get_field("file").storage
    first = storage.save("documents/" + "Ž" * 240 + ".txt", ContentFile(b"1"))
    second = storage.save("documents/" + "Ž" * 240 + ".txt", ContentFile(b"2"))
    assert first != second
    assert {Path(name).suffix for name in (first, second)} == {".txt"}
    assert (Path(settings.MEDIA_ROOT) / second).read_bytes() == b"2"
