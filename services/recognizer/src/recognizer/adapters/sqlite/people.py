"""The port ``People`` on SQLite, and the merge of two people in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from facecore.contract import DeletionReceipt, MergeReceipt, Person, PersonList, PersonUpdate
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.sqlite.connections import (
    batch_deletion,
    next_gallery_version,
    require_person,
)
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.photo_files import PhotoFiles, schedule_removal
from recognizer.adapters.stored_values import attributes_of, person_of
from recognizer.domain.cursors import from_us, to_us
from recognizer.domain.errors import PersonNotFound
from recognizer.domain.people import MergedRecord, PeopleSearch, merged, require_two
from recognizer.domain.ports import Deletion

_SELECT = """
SELECT label, name, attributes, created_at, updated_at,
       (SELECT count(*) FROM faces WHERE faces.label = people.label) AS photo_count
FROM people
"""


class LocalPeople:
    """Records, found by label."""

    def __init__(self, database: Database, files: PhotoFiles) -> None:
        self._database = database
        self._files = files

    def get(self, label: str) -> Person:
        """Return the record. Raise ``PersonNotFound``."""
        with self._database.read() as connection:
            return _person(connection, label)

    def known(self, labels: Collection[str]) -> Mapping[str, Person]:
        """Return the records that exist. One statement for each label; all see one state."""
        with self._database.read() as connection:
            found = [_found(connection, label) for label in labels]
        return {person.label: person for person in found if person is not None}

    def put(self, label: str, update: PersonUpdate, at: datetime) -> tuple[Person, bool]:
        """Create or replace the record; return it and whether it is new."""
        values = (update.name, json.dumps(update.attributes), to_us(at))
        with self._database.write() as connection:
            created = not _update(connection, label, values)
            if created:
                connection.execute(
                    "INSERT INTO people VALUES (?, ?, ?, ?, ?)", (label, *values, to_us(at))
                )
            return _person(connection, label), created

    def list(
        self, *, after: str | None, limit: int, search: PeopleSearch | None = None
    ) -> PersonList:
        """Return a page ordered by label. The cursor is its last label.

        Rows are read only until the page is full.
        """
        with self._database.read() as connection:
            found: Iterator[sqlite3.Row] = connection.execute(
                f"{_SELECT} WHERE label > ? ORDER BY label", (after or "",)
            )
            if search is not None:
                found = (row for row in found if _is_found(search, row))
            rows = list(islice(found, limit + 1))
        return PersonList(
            people=readable_rows("person", rows[:limit], _from_row, lambda row: row["label"]),
            next=str(rows[limit - 1]["label"]) if len(rows) > limit else None,
        )

    def delete(self, label: str) -> Deletion:
        """Delete the person in one transaction, then the files and the rows' copies in the log.

        On a full disk, delete sightings and crops in small batches first. The person exists until
        all of them are deleted, so an interrupted deletion can be repeated.
        """
        removal = PersonRemoval(label)
        deletion = self._database.erase(removal.delete_all, delete_batch=removal.delete_batch)
        self._files.remove(removal.files)
        self._database.forget()
        return deletion

    def merge(self, label: str, into: str, at: datetime) -> MergeReceipt:
        """Merge in one transaction, then remove the files of photos that both had."""
        require_two(label, into)
        with self._database.write() as connection:
            source, target = _person(connection, label), _found(connection, into)
            done = merge(connection, source, target, into, at)
        self._files.remove(done.files)
        self._database.forget()
        return done.receipt


def _is_found(search: PeopleSearch, row: sqlite3.Row) -> bool:
    attributes = attributes_of(row["label"], row["attributes"])
    return search.finds(row["label"], str(row["name"]), attributes)


def _update(connection: sqlite3.Connection, label: str, values: tuple[str, str, int]) -> bool:
    done = connection.execute(
        "UPDATE people SET name = ?, attributes = ?, updated_at = ? WHERE label = ?",
        (*values, label),
    )
    return done.rowcount == 1


def _person(connection: sqlite3.Connection, label: str) -> Person:
    person = _found(connection, label)
    if person is None:
        raise PersonNotFound(label)
    return person


def _found(connection: sqlite3.Connection, label: str) -> Person | None:
    row = connection.execute(f"{_SELECT} WHERE label = ?", (label,)).fetchone()
    return None if row is None else _from_row(row)


def _from_row(row: sqlite3.Row) -> Person:
    return person_of(
        row["label"],
        name=row["name"],
        attributes=row["attributes"],
        photo_count=lambda: int(row["photo_count"]),
        created_at=lambda: from_us(row["created_at"]),
        updated_at=lambda: from_us(row["updated_at"]),
    )


class PersonRemoval:
    """The deletion of a person's rows: in one transaction, on a full disk in batches before it.

    Attributes:
        files: the photos' files, to be removed after the commit.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._gone_before: Counter[str] = Counter()
        self.files: list[str] = []

    def delete_batch(self, connection: sqlite3.Connection) -> int:
        """Delete some sightings, or crops if no sighting is left; return how many."""
        for table in ("sightings", "crops"):
            done = connection.execute(batch_deletion(table, "label = ?"), (self._label,)).rowcount
            if done:
                self._gone_before[table] += done
                return done
        return 0

    def delete_all(self, connection: sqlite3.Connection) -> Deletion:
        """Delete all rows of the person. Raise ``PersonNotFound``."""
        label = self._label
        require_person(connection, label)
        names = connection.execute("SELECT file FROM faces WHERE label = ?", (label,))
        self.files = [str(row["file"]) for row in names]
        schedule_removal(connection, self.files)
        gone = {
            table: connection.execute(
                f"DELETE FROM {table} WHERE label = ?",  # noqa: S608 - fixed names
                (label,),
            ).rowcount
            for table in ("sightings", "crops", "faces", "people")
        }
        receipt = DeletionReceipt(
            label=label,
            records=gone["people"],
            photos=len(self.files),
            embeddings=gone["faces"],
            sightings=gone["sightings"] + self._gone_before["sightings"],
            crops=gone["crops"] + self._gone_before["crops"],
        )
        return Deletion(receipt, next_gallery_version(connection))


# Merge two people within one transaction.


_SAME_PHOTOS = """
SELECT file FROM faces WHERE label = :label
AND photo_id IN (SELECT photo_id FROM faces WHERE label = :into)
"""


@dataclass(frozen=True, slots=True)
class Merged:
    """A receipt of the merge, and the files that no record names any more."""

    receipt: MergeReceipt
    files: tuple[str, ...]


def merge(
    connection: sqlite3.Connection, source: Person, target: Person | None, into: str, at: datetime
) -> Merged:
    """Move everything of ``source`` to ``into``. Raise ``MergeImpossible``."""
    record = merged(source, target)
    _write_record(connection, record, source, into, at)
    labels = {"label": source.label, "into": into}
    same = [str(row["file"]) for row in connection.execute(_SAME_PHOTOS, labels)]
    photos = connection.execute(
        "UPDATE OR IGNORE faces SET label = :into WHERE label = :label", labels
    )
    connection.execute("DELETE FROM faces WHERE label = :label", labels)
    schedule_removal(connection, same)
    sightings = connection.execute(
        "UPDATE sightings SET label = :into, corrected = 1 WHERE label = :label", labels
    )
    connection.execute("UPDATE crops SET label = :into WHERE label = :label", labels)
    connection.execute("DELETE FROM people WHERE label = :label", labels)
    next_gallery_version(connection)
    receipt = MergeReceipt(
        label=source.label,
        into=into,
        created=target is None,
        photos=photos.rowcount,
        same_photos=len(same),
        sightings=sightings.rowcount,
        attributes=record.added,
    )
    return Merged(receipt, tuple(same))


def _write_record(
    connection: sqlite3.Connection, record: MergedRecord, source: Person, into: str, at: datetime
) -> None:
    connection.execute(
        "INSERT INTO people (label, name, attributes, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (label) DO UPDATE SET"
        " name = excluded.name, attributes = excluded.attributes, updated_at = excluded.updated_at",
        (into, record.name, json.dumps(record.attributes), to_us(source.created_at), to_us(at)),
    )
