"""The ports ``KeptCrops`` and ``IgnoredFaces`` on SQLite. Rows hold the JPEGs, which are small."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from sqlite3 import Row

from facecore.contract import in_utc
from facecore.vision.gallery import Embedding
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.sqlite.connections import is_person, require_person
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import Expiry, TrustedTime
from recognizer.adapters.stored_values import read_face, vector_of, written_face
from recognizer.domain.cursors import from_us, to_us
from recognizer.domain.errors import CropNotFound, UnknownPersonNotFound
from recognizer.domain.ports import IgnoredFace, KeptCrop

_INSERT = """
INSERT OR REPLACE INTO crops (id, label, captured_at, received_at, face, model, embedding, picture)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_SELECT = "SELECT id, label, face, model, embedding FROM crops WHERE received_at > ? AND"


class LocalCrops:
    """Crops. Expired ones are never returned; a put deletes them, at most once an hour.

    Args:
        lifetime: how long a crop is kept after it was received.
    """

    def __init__(self, database: Database, lifetime: timedelta, time: TrustedTime) -> None:
        self._database = database
        self._expiry = Expiry(database, "crops", "received_at", lifetime, time)

    def forget_expired(self) -> None:
        """Delete expired rows."""
        self._expiry.forget()

    def put(self, crop: KeptCrop, picture: bytes) -> bool:
        """Store a crop; return False if its person was deleted. One transaction."""
        self._expiry.forget_hourly()
        with self._database.write() as connection:
            if crop.label is not None and not is_person(connection, crop.label):
                return False
            connection.execute(_INSERT, _to_row(crop, picture))
        return True

    def of_visit(self, visit: str, label: str | None) -> list[KeptCrop]:
        """Return a visit's crops, ordered by id. The ids of a visit are neighbours."""
        return self._read("label IS ? AND id BETWEEN ? AND ?", label, visit, f"{visit}g")

    def get(self, crop_id: str, label: str | None) -> KeptCrop:
        """Return the crop. Raise ``CropNotFound``."""
        for crop in self._read("id = ? AND label IS ?", crop_id, label):
            return crop
        raise CropNotFound(crop_id)

    def picture(self, crop_id: str, label: str | None) -> bytes:
        """Return the JPEG. Raise ``CropNotFound``."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT picture FROM crops WHERE id = ? AND label IS ? AND received_at > ?",
                (crop_id, label, self._expiry.oldest_us()),
            ).fetchone()
        if row is None:
            raise CropNotFound(crop_id)
        return bytes(row["picture"])

    def move(self, crop: KeptCrop, label: str | None) -> None:
        """Move a crop to another label, in one transaction."""
        with self._database.write() as connection:
            if label is not None:
                require_person(connection, label)
            done = connection.execute(
                "UPDATE crops SET label = ?, face = ? WHERE id = ? AND label IS ?",
                (label, written_face(crop.of(label).face), crop.id, crop.label),
            )
            if done.rowcount == 0:
                raise CropNotFound(crop.id)

    def remove(self, crop: KeptCrop) -> None:
        """Delete the crop. The log is not emptied here, since a recognition waits for this call."""
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM crops WHERE id = ? AND label IS ?", (crop.id, crop.label)
            )

    def unknown_people(self, model_id: str, limit: int) -> list[KeptCrop]:
        """Return crops of unknown people, newest first."""
        where = "label IS NULL AND model = ? ORDER BY captured_at DESC, id DESC LIMIT ?"
        return self._read(where, model_id, limit)

    def of_person(
        self, label: str, *, after: str | None = None
    ) -> Iterator[tuple[KeptCrop, bytes]]:
        """Yield crops by id. JPEGs are read one at a time, since there may be many."""
        for crop in self._read("label = ? AND id > ? ORDER BY id", label, after or ""):
            with suppress(CropNotFound):  # removed since
                yield crop, self.picture(crop.id, label)

    def _read(self, where: str, *values: str | int | None) -> list[KeptCrop]:
        with self._database.read() as connection:
            rows = connection.execute(
                f"{_SELECT} {where}",
                (self._expiry.oldest_us(), *values),
            ).fetchall()
        return readable_rows("crop", rows, _from_row, lambda row: row["id"])


def _to_row(crop: KeptCrop, picture: bytes) -> tuple[str | int | bytes | None, ...]:
    return (
        crop.id,
        crop.label,
        to_us(crop.face.captured_at),
        to_us(crop.face.received_at),
        written_face(crop.face),
        crop.embedding.model_id,
        crop.embedding.vector.astype("<f4").tobytes(),
        picture,
    )


def _from_row(row: sqlite3.Row) -> KeptCrop:
    return KeptCrop(
        id=row["id"],
        label=row["label"],
        face=read_face(row["face"]),
        embedding=Embedding(row["model"], vector_of(row["embedding"])),
    )


class LocalIgnoredFaces:
    """The port ``IgnoredFaces`` on SQLite.

    Expired faces are never returned; the next add deletes them.
    """

    def __init__(self, database: Database, lifetime: timedelta, time: TrustedTime) -> None:
        self._database = database
        self._expiry = Expiry(database, "ignored_faces", "ignored_at", lifetime, time)

    def forget_expired(self) -> None:
        """Delete expired rows."""
        self._expiry.forget()

    def add(self, face: IgnoredFace, picture: bytes) -> None:
        """Add a face, or replace the one with its id."""
        self.forget_expired()
        vector = face.embedding.vector.astype("<f4").tobytes()
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO ignored_faces (id, ignored_at, model, embedding, picture)"
                " VALUES (?, ?, ?, ?, ?)",
                (face.id, to_us(face.ignored_at), face.embedding.model_id, vector, picture),
            )

    def list(self) -> list[IgnoredFace]:
        """Return all ignored faces, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, ignored_at, model, embedding FROM ignored_faces WHERE ignored_at > ?"
                " ORDER BY ignored_at DESC, id DESC",
                (self._expiry.oldest_us(),),
            ).fetchall()
        return readable_rows("ignored face", rows, _ignored_from_row, lambda row: row["id"])

    def picture(self, face_id: str) -> bytes:
        """Return the JPEG. Raise ``CropNotFound``."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT picture FROM ignored_faces WHERE id = ? AND ignored_at > ?",
                (face_id, self._expiry.oldest_us()),
            ).fetchone()
        if row is None:
            raise CropNotFound(face_id)
        return bytes(row["picture"])

    def remove(self, face_id: str) -> None:
        """Delete the face, also from the write-ahead log."""
        done = self._database.erase(
            lambda connection: connection.execute(
                "DELETE FROM ignored_faces WHERE id = ?", (face_id,)
            )
        )
        if done.rowcount == 0:
            raise UnknownPersonNotFound(face_id)
        self._database.forget()


def _ignored_from_row(row: Row) -> IgnoredFace:
    embedding = Embedding(row["model"], vector_of(row["embedding"]))
    return IgnoredFace(row["id"], in_utc(from_us(row["ignored_at"])), embedding)
