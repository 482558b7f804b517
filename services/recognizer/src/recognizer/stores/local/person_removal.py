"""Delete a person's rows: all in one transaction, or first some at a time where room is short."""

from __future__ import annotations

import sqlite3
from collections import Counter

from facecore.contract import DeletionReceipt
from recognizer.ports import Deletion
from recognizer.stores.local import photo_removals
from recognizer.stores.local.meta import next_gallery_version
from recognizer.stores.local.rows import few, require_person


class PersonRemoval:
    """One deletion.

    Attributes:
        files: of the photos, to be removed after the commit.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._gone_before: Counter[str] = Counter()
        self.files: list[str] = []

    def few(self, connection: sqlite3.Connection) -> int:
        """Delete some sightings, or crops once there is none; return how many."""
        for table in ("sightings", "crops"):
            done = connection.execute(few(table, "label = ?"), (self._label,)).rowcount
            if done:
                self._gone_before[table] += done
                return done
        return 0

    def everything(self, connection: sqlite3.Connection) -> Deletion:
        """Delete all that there is. Raises ``PersonNotFound``."""
        label = self._label
        require_person(connection, label)
        names = connection.execute("SELECT file FROM faces WHERE label = ?", (label,))
        self.files = [str(row["file"]) for row in names]
        photo_removals.schedule(connection, self.files)
        gone = {
            table: connection.execute(
                f"DELETE FROM {table} WHERE label = ?",  # noqa: S608 - names of ours
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
