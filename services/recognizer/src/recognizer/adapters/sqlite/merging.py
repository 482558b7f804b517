"""Merge two people within one transaction."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from facecore.contract import MergeReceipt, Person
from recognizer.adapters.sqlite.meta import next_gallery_version
from recognizer.adapters.sqlite.photo_files import schedule_removal
from recognizer.domain.cursors import to_us
from recognizer.domain.merged_record import MergedRecord, merged

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
