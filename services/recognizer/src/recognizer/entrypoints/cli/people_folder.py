"""Reads a folder of people: ``LABEL/*.jpg`` and, if present, ``people.csv``.

Nothing is sent from here. What can't be used becomes a ``Refusal``, so that one bad row or picture
does not stop the others.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from facecore.contract import Attributes, Label, PersonUpdate, Scalar
from facecore.contract.reasons import reason
from recognizer.entrypoints.cli.output import InputRefused

PHOTO_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
_LABEL: TypeAdapter[str] = TypeAdapter(Label)
_LONGEST_LABEL = 64
_IGNORED_FILES = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or row that can't be used, and why; ``code`` is the API's if the server refused."""

    path: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One person of the folder.

    Attributes:
        path: where the person was found: the folder, or the line of ``people.csv``.
        update: the record.
        described: whether ``people.csv`` has the record; if not, an existing record is kept.
        photos: paths in the order of their names.

    """

    label: str
    path: str
    update: PersonUpdate
    described: bool
    photos: tuple[Path, ...]


def read_folder(folder: Path) -> tuple[list[FoundPerson], list[Refusal]]:
    """Return the folder's people in the order of their labels, and what can't be used.

    Raises:
        InputRefused: there is no such folder, or its ``people.csv`` can't be read at all.

    """
    if not folder.is_dir():
        raise InputRefused(f"{folder} is no folder; give one that has a folder for each person")
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
    """Return the label for a folder's or row's name: the name if it is a label, else a slug.

    A name without Latin letters and digits gets a label from its hash, the same every time.
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
class _Sources:
    folders: list[Path]
    rows: list[Row]


def _named(folder: Path) -> dict[str, _Sources]:
    """Return the folders and rows of each label."""
    named: dict[str, _Sources] = {}
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith("."):
            named.setdefault(label_of(place.name), _Sources([], [])).folders.append(place)
    table = folder / "people.csv"
    for row in read_rows(table) if table.exists() else ():
        named.setdefault(label_of(row.label), _Sources([], [])).rows.append(row)
    return named


def _person(label: str, places: _Sources) -> FoundPerson | Refusal:
    where = [p.name for p in places.folders] + [f"people.csv:{r.line}" for r in places.rows]
    for kind, several in (("folders", places.folders), ("rows", places.rows)):
        if len(several) > 1:
            both = " and ".join(where)
            detail = f"these {kind} all give the label {label!r}: {both}; rename all but one"
            return Refusal(both, "label_clash", detail)
    row = places.rows[0] if places.rows else None
    photos = tuple(p for place in places.folders for p in _files(place) if _is_photo(p))
    update = _record(row, places.folders[0].name if places.folders else label)
    if isinstance(update, str):
        lost = f"; its {len(photos)} photos were not sent" if photos else ""
        return Refusal(where[-1], "validation_failed", update + lost)
    return FoundPerson(label, where[0], update, row is not None, photos)


def _record(row: Row | None, name: str) -> PersonUpdate | str:
    """Return the record, or what is wrong with it."""
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
        p
        for p in folder.iterdir()
        if not p.name.startswith(".") and p.name.lower() not in _IGNORED_FILES
    )


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in PHOTO_TYPES and path.is_file()


def _strays(folder: Path) -> Iterator[Refusal]:
    for path in _files(folder):
        if _is_photo(path):
            detail = "a photo must be in a folder that is named after its person"
            yield Refusal(path.name, "no_person", detail)


def _strays_of(folder: Path, label: str, places: _Sources) -> Iterator[Refusal]:
    for path in (p for place in places.folders for p in _files(place)):
        if not _is_photo(path):
            detail = f"not {', '.join(PHOTO_TYPES)}; only photos are read from {label}'s folder"
            yield Refusal(str(path.relative_to(folder)), "unsupported_media_type", detail)


# ``people.csv`` has one row per person: ``label``, ``name``; other columns are attributes.


Value = Scalar | list[Scalar]

_ATTRIBUTES: TypeAdapter[dict[str, Value]] = TypeAdapter(Attributes)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``wrong`` says why it can't be used, and is empty if it can."""

    line: int
    label: str
    name: str
    attributes: dict[str, Value]
    wrong: str = ""


def read_rows(path: Path) -> Iterator[Row]:
    """Yield every row that is not blank. Separators: comma, semicolon, tab. UTF-8, optional BOM.

    Raises:
        InputRefused: the file is not UTF-8, or has no column ``label``.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputRefused(f"{path} is not UTF-8; save it as 'CSV UTF-8'") from None
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = [cell.strip() for cell in next(reader, [])]
        if columns.count("label") != 1 or len(set(columns)) != len(columns):
            raise InputRefused(
                f"{path}: the first line must name each column once, and one must be 'label'"
            )
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(reader.line_num, columns, [cell.strip() for cell in cells])
    except csv.Error as error:
        raise InputRefused(f"{path}:{reader.line_num}: {error}") from None


def _row(line: int, columns: list[str], cells: list[str]) -> Row:
    given = dict(zip(columns, cells, strict=False))
    label, name = given.pop("label", ""), given.pop("name", "")
    wrong = ""
    if len(cells) > len(columns):
        wrong = f"{len(cells)} cells, but {len(columns)} columns; quote values with commas"
    elif not label:
        wrong = "the label is empty"
    facts = {key: _number_or_text(text) for key, text in given.items() if text}
    return Row(line, label, name, facts, wrong)


def _number_or_text(text: str) -> Value:
    """Return a plain number, or the text as written, so that ``3E2`` or ``007`` stay text."""
    return attribute_value(text) if _NUMBER.fullmatch(text) else text


def attribute_value(text: str) -> Value:
    """Return ``text`` parsed as JSON if that is a valid attribute value, else the text itself."""
    try:
        return _ATTRIBUTES.validate_python({"value": json.loads(text)})["value"]
    except (ValueError, ValidationError, RecursionError):
        return text
