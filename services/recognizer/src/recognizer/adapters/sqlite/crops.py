"""The port ``KeptCrops`` on SQLite; the JPEGs lie in it too, for they are small."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from sqlite3 import Row

from facecore.contract import in_utc
from facecore.vision.gallery import Embedding
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import Expiry
from recognizer.adapters.sqlite.rows import is_person, require_person
from recognizer.adapters.sqlite.trusted_time import TrustedTime
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
    """Crops; an expired one is left out at once, and deleted by a put within the hour.

    Args:
        lifetime: how long one is kept since it was received.
    """

    def __init__(self, database: Database, lifetime: timedelta, time: TrustedTime) -> None:
        self._database = database
        self._expiry = Expiry(database, "crops", "received_at", lifetime, time)

    def forget_expired(self) -> None:
        """Deletes what is expired."""
        self._expiry.forget()

    def put(self, crop: KeptCrop, picture: bytes) -> bool:
        """One transaction, which sees whether the person is still there."""
        self._expiry.forget_hourly()
        with self._database.write() as connection:
            if crop.label is not None and not is_person(connection, crop.label):
                return False
            connection.execute(_INSERT, _to_row(crop, picture))
        return True

    def of_visit(self, visit: str, label: str | None) -> list[KeptCrop]:
        """By id; a visit's ids are neighbours."""
        return self._read("label IS ? AND id BETWEEN ? AND ?", label, visit, f"{visit}g")

    def get(self, crop_id: str, label: str | None) -> KeptCrop:
        """Raises ``CropNotFound``."""
        for crop in self._read("id = ? AND label IS ?", crop_id, label):
            return crop
        raise CropNotFound(crop_id)

    def picture(self, crop_id: str, label: str | None) -> bytes:
        """Raises ``CropNotFound``."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT picture FROM crops WHERE id = ? AND label IS ? AND received_at > ?",
                (crop_id, label, self._expiry.oldest_us()),
            ).fetchone()
        if row is None:
            raise CropNotFound(crop_id)
        return bytes(row["picture"])

    def move(self, crop: KeptCrop, label: str | None) -> None:
        """One transaction."""
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
        """Takes it away; the log is emptied in its own time, for a recognition waits for this."""
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM crops WHERE id = ? AND label IS ?", (crop.id, crop.label)
            )

    def unknown_people(self, model_id: str, limit: int) -> list[KeptCrop]:
        """Newest first."""
        where = "label IS NULL AND model = ? ORDER BY captured_at DESC, id DESC LIMIT ?"
        return self._read(where, model_id, limit)

    def of_person(
        self, label: str, *, after: str | None = None
    ) -> Iterator[tuple[KeptCrop, bytes]]:
        """By id; the pictures one by one, for there may be many."""
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

    An expired one is left out at once, and deleted when the next is added.
    """

    def __init__(self, database: Database, lifetime: timedelta, time: TrustedTime) -> None:
        self._database = database
        self._expiry = Expiry(database, "ignored_faces", "ignored_at", lifetime, time)

    def forget_expired(self) -> None:
        """Deletes what is expired."""
        self._expiry.forget()

    def add(self, face: IgnoredFace, picture: bytes) -> None:
        """In the place of one of its id."""
        self.forget_expired()
        vector = face.embedding.vector.astype("<f4").tobytes()
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO ignored_faces (id, ignored_at, model, embedding, picture)"
                " VALUES (?, ?, ?, ?, ?)",
                (face.id, to_us(face.ignored_at), face.embedding.model_id, vector, picture),
            )

    def list(self) -> list[IgnoredFace]:
        """Newest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, ignored_at, model, embedding FROM ignored_faces WHERE ignored_at > ?"
                " ORDER BY ignored_at DESC, id DESC",
                (self._expiry.oldest_us(),),
            ).fetchall()
        return readable_rows("ignored face", rows, _ignored_from_row, lambda row: row["id"])

    def picture(self, face_id: str) -> bytes:
        """Raises ``CropNotFound``."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT picture FROM ignored_faces WHERE id = ? AND ignored_at > ?",
                (face_id, self._expiry.oldest_us()),
            ).fetchone()
        if row is None:
            raise CropNotFound(face_id)
        return bytes(row["picture"])

    def remove(self, face_id: str) -> None:
        """Takes it away, from the log too."""
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
