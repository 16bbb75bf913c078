"""Where uploads lie on this machine's disk."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.core.files.storage import FileSystemStorage

#: File systems take 255 bytes, and a name that is taken already gets some more letters. A Cyrillic letter is two bytes.
MOST_BYTES_OF_A_NAME = 200


class UploadStorage(FileSystemStorage):
    """Django's, with names that every file system takes: it counts letters, they count bytes."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A free name like `name`, shortened where it has to be; its ending stays."""
        path = PurePosixPath(name)
        room = MOST_BYTES_OF_A_NAME - len(path.suffix.encode())
        stem = path.stem.encode()[:room].decode("utf-8", "ignore")
        return super().get_available_name(str(path.with_name(f"{stem}{path.suffix}")), max_length)
