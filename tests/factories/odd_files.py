"""Files as people send them, and as somebody who means harm would. Each is made here, and says what is odd about it."""

from __future__ import annotations

import os
import zipfile
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageCms, PngImagePlugin

#: Stands in what a camera writes beside the pixels, and nowhere else.
CAMERA = "Zvezdophone"
TAKEN = "2025:01:28 10:00:00"

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"

_OFFICE = "application/vnd.openxmlformats-officedocument."
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
}


def package(parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(kind: str = "docx", *, types: str = "", parts: dict[str, bytes] | None = None) -> bytes:
    """A document of Office Open XML: `types` is more of its list of content types, `parts` are more of its parts."""
    name, main = _MAIN[kind]
    listed = f'<Override PartName="/{name}" ContentType="{_OFFICE}{main}.main+xml"/>'
    return package(
        {
            "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{_TYPES}">{listed}{types}</Types>'.encode(),
            name: b"<document/>",
            **(parts or {}),
        }
    )


def with_macros() -> bytes:
    """A DOCM under another name, as it is usually sent."""
    macros = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    return office(types=macros, parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def with_packed_program() -> bytes:
    """A document with a program put into it as an object: readers are asked to click on its icon."""
    packed = b"\xd0\xcf\x11\xe0" + "\x01Ole10Native".encode("utf-16-le") + b"C:\\invoice.exe"
    return office(parts={"word/embeddings/oleObject1.bin": packed})


def with_embedded_sheet(sheet: bytes) -> bytes:
    """A document with a sheet in it, as a chart has."""
    return office("pptx", parts={"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": sheet})


def with_template_elsewhere() -> bytes:
    """A document that fetches its template, and the macros of that, when it is opened."""
    return _linked("attachedTemplate", "https://example.org/a.dotm")


def with_page_elsewhere() -> bytes:
    """A document with a link in its text."""
    return _linked("hyperlink", "https://example.org/")


def _linked(kind: str, target: str) -> bytes:
    link = f'<Relationship Id="a" Type="{_LINK}{kind}" Target="{target}" TargetMode="External"/>'
    return office(
        parts={"word/_rels/settings.xml.rels": f'<Relationships xmlns="{_LINKS}">{link}</Relationships>'.encode()}
    )


def odt(**parts: bytes) -> bytes:
    """An OpenDocument text."""
    return package(
        {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>", **parts},
        compression=zipfile.ZIP_STORED,
    )


def zip_bomb() -> bytes:
    """A small document that unpacks to 60 MB."""
    return office(parts={"word/media/image1.bmp": b"\0" * 60_000_000})


def entity_bomb() -> bytes:
    """A list of content types that grows while it is read."""
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    types = f'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{lines}]><Types xmlns="{_TYPES}">&a8;</Types>'
    return package({"[Content_Types].xml": types.encode(), "word/document.xml": b"<document/>"})


def pixels(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """A picture that no format can make small."""
    return Image.frombytes(mode, size, os.urandom(size[0] * size[1] * len(mode)))


def scene(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """A picture with soft edges, as of a room."""
    light = Image.radial_gradient("L").resize(size)
    return Image.merge(
        "RGB", (light, light.transpose(Image.Transpose.ROTATE_180), Image.linear_gradient("L").resize(size))
    )


def saved(picture: Image.Image, form: str, **words: Any) -> bytes:
    """The picture in a format."""
    out = BytesIO()
    picture.save(out, form, **words)
    return out.getvalue()


def picture(form: str = "JPEG", **words: Any) -> bytes:
    """A small picture without anything beside it."""
    return saved(pixels(), form, **words)


def gps() -> Image.Exif:
    """What a phone writes: lying on its side, by whom, when and where."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = CAMERA
    exif[ExifTags.Base.DateTime] = TAKEN
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place |= {1: "N", 2: (43.0, 51.0, 24.0), 3: "E", 4: (18.0, 24.0, 36.0)}
    return exif


def photo(form: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A picture as a phone makes it: lying on its side, with place, time, maker, words, and colours of its own."""
    words: dict[str, Any] = {"exif": gps(), "icc_profile": colours()}
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CAMERA}</x:xmpmeta>"
    if form == "PNG":
        words["pnginfo"] = PngImagePlugin.PngInfo()
        words["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp)
        words["pnginfo"].add_text("Author", CAMERA)
    elif form == "GIF":
        words = {"comment": CAMERA}
    else:
        words["xmp"] = xmp.encode()
    content = saved(scene(size), form, **words)
    if form == "JPEG":
        content = content[:2] + _segment(0xED, f"Photoshop 3.0\0{CAMERA}".encode()) + content[2:]
        content += b"film of " + CAMERA.encode()
    return content


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def colours() -> bytes:
    """A colour profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def film(form: str = "GIF", frames: int = 3) -> bytes:
    """A picture that moves."""
    drawn = [pixels((20, 20)).convert("P" if form == "GIF" else "RGB") for _ in range(frames)]
    return saved(drawn[0], form, save_all=True, append_images=drawn[1:], duration=[100, 200, 300][:frames], loop=2)


def cut_off(content: bytes) -> bytes:
    """The first half of a file, as after a broken connection."""
    return content[: len(content) // 2]


def huge_png(side: int = 30_000) -> bytes:
    """A PNG whose head says that it has 900 million pixels."""
    head = picture("PNG")
    size = side.to_bytes(4, "big") * 2
    chunk = b"IHDR" + size + head[24:29]
    return head[:12] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + head[33:]


def long_film() -> bytes:
    """A small GIF of 600 frames."""
    drawn = [Image.new("P", (2, 2), number % 2) for number in range(600)]
    drawn[0].putpalette([0, 0, 0, 255, 255, 255])
    for one in drawn[1:]:
        one.putpalette([0, 0, 0, 255, 255, 255])
    return saved(drawn[0], "GIF", save_all=True, append_images=drawn[1:], duration=20)
