"""Reads a folder of people: ``LABEL/*.jpg`` and, if it is there, ``people.csv``.

Nothing is sent from here. What can't be used is a ``Refusal`` among the rest, so that one bad row
or picture does not keep the others out.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from facecore.contract import Label, PersonUpdate
from facecore.contract.reasons import reason
from recognizer.cli.failures import InputRefused
from recognizer.cli.people_csv import Row, read_rows

PHOTO_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
_LABEL: TypeAdapter[str] = TypeAdapter(Label)
_LONGEST_LABEL = 64
_LITTER = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What can't be used, and why; ``code`` is the contract's where the server refused."""

    path: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One person of the folder.

    Attributes:
        path: where the person stands: the folder, or the line of ``people.csv``.
        update: the record.
        described: whether ``people.csv`` gave the record; if not, one that exists is kept.
        photos: in the order of their names.

    """

    label: str
    path: str
    update: PersonUpdate
    described: bool
    photos: tuple[Path, ...]


def read_folder(folder: Path) -> tuple[list[FoundPerson], list[Refusal]]:
    """Everybody in the folder, in the order of their labels, and what can't be used.

    Raises:
        InputRefused: there is no such folder, or its ``people.csv`` can't be read at all.

    """
    if not folder.is_dir():
        raise InputRefused(f"{folder} is no folder; give one with a folder for each person in it")
    named = _named(folder)
    people, refused = [], list(_strays(folder))
    for label in sorted(named):
        found = _person(label, named[label])
        if isinstance(found, Refusal):
            refused.append(found)
        else:
            people.append(found)
            refused += _strays_of(folder, label, named[label])
    return people, refused


def label_of(name: str) -> str:
    """The label that a folder's or row's name stands for: itself if it is one, else a slug.

    A name without a Latin letter or digit gets a label made of its hash, the same every time.
    """
    name = unicodedata.normalize("NFC", name.strip())
    try:
        return _LABEL.validate_python(name)
    except ValidationError:
        pass
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9.-]+", "_", latin).strip("._-")[:_LONGEST_LABEL].rstrip("._-")
    return slug or "person-" + hashlib.sha256(name.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class _Places:
    folders: list[Path]
    rows: list[Row]


def _named(folder: Path) -> dict[str, _Places]:
    """Every label with all the folders and rows that stand for it."""
    named: dict[str, _Places] = {}
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith("."):
            named.setdefault(label_of(place.name), _Places([], [])).folders.append(place)
    table = folder / "people.csv"
    for row in read_rows(table) if table.exists() else ():
        named.setdefault(label_of(row.label), _Places([], [])).rows.append(row)
    return named


def _person(label: str, places: _Places) -> FoundPerson | Refusal:
    where = [p.name for p in places.folders] + [f"people.csv:{r.line}" for r in places.rows]
    for kind, several in (("folders", places.folders), ("rows", places.rows)):
        if len(several) > 1:
            both = " and ".join(where)
            detail = f"these {kind} all stand for the label {label!r}: {both}; rename all but one"
            return Refusal(both, "label_clash", detail)
    row = places.rows[0] if places.rows else None
    photos = tuple(p for place in places.folders for p in _files(place) if _is_photo(p))
    update = _record(row, places.folders[0].name if places.folders else label)
    if isinstance(update, str):
        lost = f"; its {len(photos)} photos were not sent" if photos else ""
        return Refusal(where[-1], "validation_failed", update + lost)
    return FoundPerson(label, where[0], update, row is not None, photos)


def _record(row: Row | None, name: str) -> PersonUpdate | str:
    """The record, or what is wrong with it."""
    if row is not None and row.wrong:
        return row.wrong
    try:
        if row is None:
            return PersonUpdate(name=name)
        return PersonUpdate(name=row.name or row.label, attributes=row.attributes)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {reason(first)}"


def _files(folder: Path) -> list[Path]:
    return sorted(
        p for p in folder.iterdir() if not p.name.startswith(".") and p.name.lower() not in _LITTER
    )


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in PHOTO_TYPES and path.is_file()


def _strays(folder: Path) -> Iterator[Refusal]:
    for path in _files(folder):
        if _is_photo(path):
            detail = "a photo must lie in a folder that is named after its person"
            yield Refusal(path.name, "no_person", detail)


def _strays_of(folder: Path, label: str, places: _Places) -> Iterator[Refusal]:
    for path in (p for place in places.folders for p in _files(place)):
        if not _is_photo(path):
            detail = f"not {', '.join(PHOTO_TYPES)}; in {label}'s folder only photos are read"
            yield Refusal(str(path.relative_to(folder)), "unsupported_media_type", detail)
