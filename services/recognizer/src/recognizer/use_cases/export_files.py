"""The files of an export, and the zip that they stand in. No name in it comes from a person.

Times in the zip are fixed, and so is the order: what is kept alike is exported alike, to the byte.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

from facecore.contract import Sighting

_PER_FILE = 256
"""Bytes that a zip adds to a file, with room to spare."""

README = """Everything that the recognizer keeps about one person.

record.json          label, name and attributes, and when the record was made and changed
photos/ID.jpg        a photo, exactly as it was sent (or .png, .webp)
photos/ID.json       about that photo: where the face is, how good it is, which model measured it
crops/ID.jpg         a small picture of a face that was recognised as the person's, kept some days
crops/ID.json        about that picture: when and where it was seen, and how good it is
sightings/NNNN.json  when and where the person was recognised, newest first
sightings/NNNN.csv   the same as a table, for a spreadsheet

Times are UTC. "similarity" is a cosine between -1 and 1, and no percentage. A box is in pixels of
the picture that the camera sent. "video" names a recording and "offset_ms" the moment in it, in
milliseconds; the recordings show other people too, and are not in here.

Not in here either: the numbers that the face was turned into, which only this software can use and
which can be computed again from the photos; and what the audit log says, which has no name in it.
There is no file of sightings if nobody was recognised as this person.
"""

_COLUMNS = (
    "captured_at",
    "device",
    "label",
    "decision",
    "similarity",
    "margin",
    "box_x",
    "box_y",
    "box_width",
    "box_height",
    "image_width",
    "image_height",
    "video",
    "offset_ms",
    "track",
    "took_ms",
    "received_at",
    "id",
)


class ZipPart:
    """A zip that grows in memory to about ``limit`` bytes of content."""

    def __init__(self, limit: int) -> None:
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w")
        self._left = limit

    def takes(self, size: int) -> bool:
        """Whether two files of so many bytes together still fit."""
        return size + 2 * _PER_FILE <= self._left

    def add(self, name: str, content: bytes, *, compressed: bool = True) -> None:
        """One file."""
        about = zipfile.ZipInfo(name)  # of 1980, the same each time
        about.external_attr = 0o644 << 16
        about.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        self._zip.writestr(about, content)
        self._left -= len(content) + _PER_FILE

    def finished(self) -> bytes:
        """The zip; nothing can be added any more."""
        self._zip.close()
        return self._buffer.getvalue()


class SightingFiles:
    """Two files of the same sightings: JSON and CSV."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._json: list[str] = []
        self._rows: list[str] = [_line(_COLUMNS)]
        self._size = len(self._rows[0])

    @property
    def empty(self) -> bool:
        """Whether there is no sighting in it."""
        return not self._json

    def size_with(self, more: Sequence[Sighting]) -> int:
        """Bytes of both files together, if these were added; every value is ASCII."""
        return self._size + sum(map(_size, more))

    def add(self, more: Sequence[Sighting]) -> None:
        """At the end."""
        self._size = self.size_with(more)
        self._json += [one.model_dump_json() for one in more]
        self._rows += map(_row, more)

    def put_into(self, part: ZipPart) -> None:
        """Nothing, if it is empty."""
        if self._json:
            listed = "[\n" + ",\n".join(self._json) + "\n]\n"
            part.add(f"sightings/{self._number:04}.json", listed.encode())
            part.add(f"sightings/{self._number:04}.csv", "".join(self._rows).encode())


def suffix(picture: bytes) -> str:
    """By what its bytes are."""
    if picture.startswith(b"\x89PNG"):
        return "png"
    return "webp" if picture[8:12] == b"WEBP" else "jpg"


def _size(sighting: Sighting) -> int:
    return len(sighting.model_dump_json()) + len(_row(sighting)) + 2


def _row(sighting: Sighting) -> str:
    wire = sighting.model_dump(mode="json")
    box = {f"box_{name}": value for name, value in wire["box"].items()}
    return _line([{**wire, **box}[name] for name in _COLUMNS])


def _line(values: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()
