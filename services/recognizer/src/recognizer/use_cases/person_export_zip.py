"""The files of an export, and their zip. No file name comes from a person's data.

Times in the zip are fixed, and so is the order: the same data gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

from facecore.contract import Sighting

_PER_FILE = 256
"""Most bytes that a zip adds to each file."""

README = """Everything that the recognizer stores about one person.

record.json          label, name and attributes, and when the record was created and changed
photos/ID.jpg        an enrolment photo, exactly as it was sent (or .png, .webp)
photos/ID.json       about that photo: the face's position, its quality, and the model's id
crops/ID.jpg         a small picture of a face that was recognised as this person, kept some days
crops/ID.json        about that picture: when and where it was taken, and its quality
sightings/NNNN.json  when and where the person was recognised, newest first
sightings/NNNN.csv   the same as a table, for a spreadsheet

Times are UTC. "similarity" is a cosine between -1 and 1, not a percentage. A box is in pixels of
the picture that the camera sent. "video" is the key of a recording, and "offset_ms" the position
in it, in milliseconds. Recordings show other people too, so they are not included.

Embeddings (the numbers that a model computes from a face) are not included: only this software can
use them, and they can be computed again from the photos. The audit log is not included: it holds no
names. If nobody was recognised as this person, there is no file of sightings.
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
        """Return whether two files with ``size`` bytes together still fit."""
        return size + 2 * _PER_FILE <= self._left

    def add(self, name: str, content: bytes, *, compressed: bool = True) -> None:
        """Add one file."""
        about = zipfile.ZipInfo(name)  # its date is 1980, the same each time
        about.external_attr = 0o644 << 16
        about.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        self._zip.writestr(about, content)
        self._left -= len(content) + _PER_FILE

    def finished(self) -> bytes:
        """Close the zip and return its bytes."""
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
        """Whether there are no sightings."""
        return not self._json

    def size_with(self, more: Sequence[Sighting]) -> int:
        """Return the bytes of both files together with ``more`` added; every value is ASCII."""
        return self._size + sum(map(_size, more))

    def add(self, more: Sequence[Sighting]) -> None:
        """Append these sightings."""
        self._size = self.size_with(more)
        self._json += [one.model_dump_json() for one in more]
        self._rows += map(_row, more)

    def put_into(self, part: ZipPart) -> None:
        """Write both files into the zip; do nothing without sightings."""
        if self._json:
            listed = "[\n" + ",\n".join(self._json) + "\n]\n"
            part.add(f"sightings/{self._number:04}.json", listed.encode())
            part.add(f"sightings/{self._number:04}.csv", "".join(self._rows).encode())


def suffix(picture: bytes) -> str:
    """Return the file name's suffix for a picture's format: ``png``, ``webp`` or ``jpg``."""
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
