"""Pictures: whole, no larger than a server can open, and without what the camera wrote beside them.

A phone writes place, time and its own number into a photo (EXIF, XMP, IPTC), and a second photo or a film behind it.
What is kept is drawn anew from its pixels: only they, the way up and the colour profile survive.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageSequence, JpegImagePlugin, UnidentifiedImageError

#: Name ending -> Pillow's name of the format. Nothing else is taken: no SVG, which is a program as much as a picture.
FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP"}

#: A film is no picture.
MOST_FRAMES = 500

#: What Pillow's readers raise for a file that is not what it begins as, or that ends too soon.
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
UNREADABLE = (
    *(OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error),
    *_TOO_LARGE,
)

_WAYS_UP = range(2, 9)  # 1 is upright
_QUALITY_OF_WEBP = 90
_SEGMENTS_OF_PIXELS = {"APP0", "APP14"}


class BrokenPictureError(ValueError):
    """The file is no whole picture of a format that is taken."""


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    """The picture in `content`. Raises BrokenPictureError for what can not be read, there or in the block."""
    try:
        with Image.open(BytesIO(content), formats=sorted(set(FORMATS.values()))) as picture:
            if not isinstance(picture, JpegImagePlugin.JpegImageFile):
                yield picture
                return
        # The plain reader: another one would count pictures that lie behind the first.
        with JpegImagePlugin.JpegImageFile(BytesIO(content)) as picture:
            yield picture
    except UNREADABLE as error:
        raise BrokenPictureError(str(error)) from error


def is_named_as_one(name: str) -> bool:
    """Whether the file's name ends as one of a picture that is taken."""
    return _ending(name) in FORMATS


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def check(name: str, file: IO[bytes]) -> None:
    """Raise ValidationError, in words, for a picture that is not whole, too large, or of another kind than named."""
    expected = FORMATS.get(_ending(name))
    content = _content(file)
    try:
        with _opened(content) as picture:
            if picture.format != expected:
                raise ValidationError(
                    _("The name does not say what this is: %(format)s. Rename the file, or save it as what it says.")
                    % {"format": picture.format},
                    code="other_format",
                )
            _refuse_too_large(picture)
            for frame in ImageSequence.Iterator(picture):
                frame.load()
    except BrokenPictureError as error:
        if isinstance(error.__cause__, _TOO_LARGE):
            raise _too_many_pixels(_("far more")) from error
        if isinstance(error.__cause__, UnidentifiedImageError):
            raise ValidationError(
                _("This is no picture, whatever its name says. Save it as JPEG, PNG, GIF or WebP again."), code="none"
            ) from error
        raise ValidationError(
            _("This picture can not be read to its end: it is damaged or was cut off on its way. Send it again."),
            code="broken",
        ) from error


def _refuse_too_large(picture: Any) -> None:
    """By what the file's head says, before a pixel is unpacked."""
    width, height = picture.size
    frames = getattr(picture, "n_frames", 1)
    most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
    if width * height * frames > most:
        raise _too_many_pixels(str(round(width * height * frames / 1e6)))
    if frames > MOST_FRAMES:
        raise ValidationError(
            _("This picture moves through %(frames)s frames; at most %(most)s are taken.")
            % {"frames": frames, "most": MOST_FRAMES},
            code="too_many_frames",
        )


def _too_many_pixels(how_many: str) -> ValidationError:
    most = round(settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS / 1e6)
    return ValidationError(
        _("This picture has too many pixels: %(pixels)s million, of which at most %(most)s are taken. Save it smaller.")
        % {"pixels": how_many, "most": most},
        code="too_many_pixels",
    )


def bare(content: bytes) -> bytes:
    """The picture of `content` drawn anew: its pixels, which way is up, its colours' profile, and nothing else.

    A JPEG keeps its quality (the same tables), a PNG and a GIF every pixel. Raises BrokenPictureError.
    """
    out = BytesIO()
    with _opened(content) as picture:
        words = {
            "icc_profile": picture.info.get("icc_profile"),
            "exif": _way_up(picture),
            "save_all": getattr(picture, "n_frames", 1) > 1,
        }
        if picture.format == "JPEG":
            words |= {"quality": "keep", "comment": b"", "progressive": "progression" in picture.info}
            words["save_all"] = False
        elif picture.format == "GIF":
            words["comment"] = b""
            if "loop" in picture.info:
                words["loop"] = picture.info["loop"]
        elif picture.format == "WEBP":
            lossless = b"VP8L" in content
            words |= {"quality": _QUALITY_OF_WEBP, "lossless": lossless, "exact": lossless}
            words |= {"loop": picture.info.get("loop", 0), "duration": _durations(picture)}
        picture.save(out, picture.format, **{name: value for name, value in words.items() if value is not None})
    return out.getvalue()


def _way_up(picture: Any) -> bytes | None:
    """The one word of the camera's that is kept: how to turn the picture."""
    turned = picture.getexif().get(ExifTags.Base.Orientation)
    if turned not in _WAYS_UP:
        return None
    kept = Image.Exif()
    kept[ExifTags.Base.Orientation] = turned
    return kept.tobytes()


def _durations(picture: Any) -> list[int] | None:
    """How long each frame stands, in milliseconds; None for a picture that does not move."""
    if getattr(picture, "n_frames", 1) == 1:
        return None
    found = []
    for frame in ImageSequence.Iterator(picture):
        frame.load()
        found.append(frame.info.get("duration", 0))
    picture.seek(0)
    return found


def says_more(content: bytes) -> bool:
    """Whether the picture carries more than `bare` keeps: places, times, names, comments. Raises BrokenPictureError."""
    with _opened(content) as picture:
        if set(picture.getexif()) - {ExifTags.Base.Orientation}:
            return True
        if picture.format == "JPEG":
            return any(not _is_of_the_pixels(*segment) for segment in picture.applist)
        if picture.format == "GIF" and b"XMP DataXMP" in content:
            return True
        return bool(getattr(picture, "text", None) or {"xmp", "comment"} & set(picture.info))


def _is_of_the_pixels(name: str, segment: bytes) -> bool:
    """Whether a JPEG's segment says how to draw it; EXIF has been looked at by itself."""
    return (
        name in _SEGMENTS_OF_PIXELS
        or (name == "APP1" and segment.startswith(b"Exif\0"))
        or (name == "APP2" and segment.startswith(b"ICC_PROFILE\0"))
    )


def size_of(file: IO[bytes]) -> tuple[int, int] | None:
    """Width and height as the picture's head says, without unpacking it; None where it says nothing."""
    file.seek(0)
    try:
        with Image.open(file) as picture:
            width, height = picture.size
            return width, height
    except UNREADABLE:
        return None
    finally:
        file.seek(0)


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    content = file.read()
    file.seek(0)
    return content
