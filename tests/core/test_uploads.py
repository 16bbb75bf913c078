"""Every door through which a file comes in × odd files: words, never an error page, and nothing half kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.models import Collection, UploadedFile

from network.members.enums import Role
from portal.core.models import PortalDocument, PortalImage
from tests.factories import odd_files as odd
from tests.factories.core import document, image
from tests.factories.members import person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("files_wagtail_leaves_open"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

TAKEN = ""

LONG = "Закључци " * 40

#: Name, content, and the words it is refused with; TAKEN where it is none of those.
DOCUMENTS: dict[str, tuple[str, Any, str]] = {
    "pdf": ("agreed.pdf", lambda: odd.PDF, TAKEN),
    "html named pdf": ("agreed.pdf", lambda: odd.HTML, "This is no PDF"),
    "pdf behind html": ("agreed.pdf", lambda: odd.HTML + odd.PDF, "This is no PDF"),
    "pdf cut off": ("agreed.pdf", lambda: odd.PDF[:60], "does not reach its end"),
    "pdf with a program behind": ("agreed.pdf", lambda: odd.PDF + b"MZ" + b"\0" * 9000, "does not reach its end"),
    "docx": ("agreed.docx", odd.office, TAKEN),
    "pptx": ("agreed.pptx", lambda: odd.with_embedded_sheet(odd.office("xlsx")), TAKEN),
    "xlsx": ("agreed.XLSX", lambda: odd.office("xlsx"), TAKEN),
    "eight bytes": ("agreed.docx", lambda: b"PK\x03\x04\0\0\0\0", "can not be opened"),
    "docx cut off": ("agreed.docx", lambda: odd.cut_off(odd.office()), "can not be opened"),
    "macros": ("agreed.docx", odd.with_macros, "holds macros"),
    "macros in an embedded sheet": (
        "agreed.pptx",
        lambda: odd.with_embedded_sheet(odd.package({"xl/vbaProject.bin": b""})),
        "holds macros",
    ),
    "packed program": ("agreed.docx", odd.with_packed_program, "has other files packed"),
    "template elsewhere": ("agreed.docx", odd.with_template_elsewhere, "fetches parts from elsewhere"),
    "zip bomb": ("agreed.docx", odd.zip_bomb, "unpacks to more"),
    "entity bomb": ("agreed.docx", odd.entity_bomb, "can not be opened"),
    "sheet named docx": ("agreed.docx", lambda: odd.office("xlsx"), "not what its name says"),
    "zip named docx": ("agreed.docx", lambda: odd.package({"a.exe": b"MZ"}), "not what its name says"),
    "zip behind a program": ("agreed.docx", lambda: b"MZ" + odd.office(), "not what its name says"),
    "odt": ("agreed.odt", odd.odt, TAKEN),
    "docx named odt": ("agreed.odt", odd.office, "not what its name says"),
    "odt with macros": ("agreed.odt", lambda: odd.odt(**{"Basic/Standard/Module1.xml": b""}), "holds macros"),
    "text": ("agreed.txt", "Povratak, повратак".encode(), TAKEN),
    "old text": ("agreed.csv", "služba;država\r\n1;2\r\n".encode("cp1250"), TAKEN),
    "text of an office program": ("agreed.csv", "služba".encode("utf-16"), TAKEN),
    "program named txt": ("agreed.txt", b"MZ\x90\0\x03\0\0\0", "This is no plain text"),
    "program": ("agreed.exe", b"MZ\x90\0\x03\0\0\0", "are not taken"),
    "two endings": ("agreed.pdf.exe", lambda: odd.PDF, "are not taken"),
    "two endings, the last harmless": ("agreed.exe.pdf", lambda: odd.PDF, TAKEN),
    "no ending": ("agreed", lambda: odd.PDF, "are not taken"),
    "svg": ("agreed.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "are not taken"),
    "empty": ("agreed.txt", b"", "empty"),
    "too large": ("agreed.txt", b"a" * (20 * 1024 * 1024 + 1), "too big"),
    "written from right to left": ("agreed\u202efdp.txt", b"agreed", TAKEN),
    "nul in the name": ("agreed\0.txt", b"agreed", TAKEN),
    "a long name": (f"{LONG}.txt", b"agreed", TAKEN),
    "a name of dots": ("../../agreed.txt", b"agreed", TAKEN),
}

PICTURES: dict[str, tuple[str, Any, str]] = {
    "jpeg": ("map.jpg", odd.photo, TAKEN),
    "png": ("map.png", lambda: odd.photo("PNG"), TAKEN),
    "webp": ("map.webp", lambda: odd.photo("WEBP"), TAKEN),
    "gif": ("map.gif", odd.film, TAKEN),
    "jpeg cut off": ("map.jpg", lambda: odd.cut_off(odd.photo(size=(300, 200))), "can not be read to its end"),
    "png cut off": ("map.png", lambda: odd.cut_off(odd.photo("PNG", (300, 200))), "can not be read to its end"),
    "webp cut off": ("map.webp", lambda: odd.cut_off(odd.photo("WEBP", (300, 200))), "can not be read to its end"),
    "gif cut off": ("map.gif", lambda: odd.cut_off(odd.film()), "can not be read to its end"),
    "only its head": ("map.jpg", b"\xff\xd8\xff\xe0", "This is no picture"),
    "png named jpg": ("map.jpg", lambda: odd.picture("PNG"), "does not say what this is"),
    "huge": ("map.png", odd.huge_png, "too many pixels"),
    "a long film": ("map.gif", odd.long_film, "frames"),
    "html": ("map.png", lambda: odd.HTML, "This is no picture"),
    "svg": ("map.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Not a supported image format"),
    "tiff": ("map.tiff", lambda: odd.picture("TIFF"), "Not a supported image format"),
    "bmp named png": ("map.png", lambda: odd.picture("BMP"), "This is no picture"),
    "empty": ("map.png", b"", "empty"),
    "a long name": (f"{LONG}.png", lambda: odd.picture("PNG"), TAKEN),
    "nul in the name": ("map\0.png", lambda: odd.picture("PNG"), TAKEN),
}


@dataclass(frozen=True)
class Kind:
    """What the doors of one kind of file are called."""

    model: Any
    app: str
    key: str
    upload: str
    files: dict[str, tuple[str, Any, str]]
    standing: Any = field(repr=False)

    @property
    def add_uploaded(self) -> str:
        return f"wagtail{self.app}:create_multiple_from_uploaded_{'image' if self.app == 'images' else 'document'}"


KINDS = {
    "documents": Kind(PortalDocument, "docs", "doc_id", "uploaded-document", DOCUMENTS, document),
    "pictures": Kind(PortalImage, "images", "image_id", "uploaded-image", PICTURES, image),
}


class Doors:
    """The CMS as project staff use it, for one kind of file. Each door: file -> (the words shown, what was taken)."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.client = Client()
        self.client.force_login(person(Role.STAFF))

    def words(self, prefix: str = "") -> dict[str, Any]:
        root = Collection.get_first_root_node()
        given = {"title": "Agreed", "collection": root.pk, "audiences": ["members"], "tags": ""}
        return {f"{prefix}{name}": value for name, value in given.items()}

    def single(self, file: Any) -> str:
        return self.send(reverse(f"wagtail{self.kind.app}:add"), {**self.words(), "file": file})

    def replace(self, file: Any) -> str:
        standing = self.kind.standing("members")
        before = Path(standing.file.path).read_bytes()
        words = self.send(reverse(f"wagtail{self.kind.app}:edit", args=[standing.pk]), {**self.words(), "file": file})
        standing.refresh_from_db()
        if words:
            assert Path(standing.file.path).read_bytes() == before
            self.clear(standing)
        return words

    def clear(self, standing: Any) -> None:
        """Away with it, and the sizes of it that the form shows."""
        for made in (standing, *(standing.renditions.all() if self.kind.app == "images" else ())):
            made.file.delete(save=False)
        standing.delete()

    def chooser(self, file: Any) -> str:
        prefix = f"{'document' if self.kind.app == 'docs' else 'image'}-chooser-upload-"
        address = reverse(f"wagtail{self.kind.app}_chooser:create")
        answer = self.client.post(address, {**self.words(prefix), f"{prefix}file": file})
        assert answer.status_code == 200, answer.content
        found = answer.json()
        return "" if found["step"] in ("chosen", "duplicate_found") else self.errors(found["htmlFragment"])

    def several(self, file: Any) -> str:
        """As the page's script does: the file first, then the form that came back, without and with an audience."""
        address = reverse(f"wagtail{self.kind.app}:add_multiple")
        answer = self.client.post(address, {"files[]": file, "title": "Agreed"})
        assert answer.status_code == 200, answer.content
        found = answer.json()
        if not found["success"]:
            return str(found["error_message"])
        pk = found["uploaded_file_id"]
        address, prefix = reverse(self.kind.add_uploaded, args=[pk]), f"{self.kind.upload}-{pk}-"
        asked = self.client.post(address, {**self.words(prefix), f"{prefix}audiences": []}).json()
        assert not asked["success"]
        assert "This field is required" in asked["form"]
        made = self.client.post(address, self.words(prefix))
        assert made.status_code == 200, made.content
        assert made.json()["success"], made.json()
        return ""

    def send(self, address: str, words: dict[str, Any]) -> str:
        answer = self.client.post(address, words)
        if answer.status_code == 302:
            return ""
        assert answer.status_code == 200, answer.content
        return self.errors(answer.content.decode())

    @staticmethod
    def errors(html: str) -> str:
        return " ".join(strip_tags(html).split()) or "no words"


def test_no_picture_comes_in_with_a_colleagues_own_settings(client: Client) -> None:
    """It would belong to nothing, so that nobody ever saw it; and Wagtail opens it without looking."""
    staff = person(Role.STAFF)
    client.force_login(staff)
    shown = client.get(reverse("wagtailadmin_account"))
    assert shown.status_code == 200
    assert "Profile picture" not in shown.content.decode()
    before = stored()
    sent = {
        "name_email-first_name": "A",
        "name_email-last_name": "B",
        "locale-preferred_language": "",
        "locale-current_time_zone": "",
    }
    sent |= {
        "theme-theme": "system",
        "theme-density": "default",
        "theme-contrast": "system",
        "theme-keyboard_shortcuts": "on",
    }
    picture = SimpleUploadedFile("me.jpg", odd.cut_off(odd.photo(size=(900, 900))))
    assert client.post(reverse("wagtailadmin_account"), {**sent, "avatar-avatar": picture}).status_code in (200, 302)
    assert stored() == before


def stored() -> set[str]:
    """Every upload on the disk."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("door", ["single", "several", "replace", "chooser"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_door_takes_what_is_whole_and_refuses_the_rest_in_words(kind: str, door: str) -> None:
    doors = Doors(KINDS[kind])
    model = doors.kind.model
    for what, (name, made, refused) in doors.kind.files.items():
        before, rows = stored(), set(model.objects.values_list("pk", flat=True))
        content = made() if callable(made) else made
        words = getattr(doors, door)(SimpleUploadedFile(name, content))
        case = f"{what} at {door}"
        if refused:
            assert refused in words, case
            assert set(model.objects.values_list("pk", flat=True)) == rows, case
            assert stored() == before, case
        else:
            assert words == TAKEN, case
            new = model.objects.exclude(pk__in=rows).get()
            assert [audience.pk for audience in new.audiences.all()] == ["members"], case
            answer = doors.client.get(new.file.url)
            assert (answer.status_code, len(b"".join(answer.streaming_content))) == (200, new.file_size), case
        assert not UploadedFile.objects.exists(), case
