"""The port ``IgnoredFaces`` on SQLite."""

from __future__ import annotations

from datetime import timedelta
from sqlite3 import Row

from facecore.contract import in_utc
from facecore.gallery import Embedding
from recognizer.errors import CropNotFound, StrangerNotFound
from recognizer.ports import IgnoredFace
from recognizer.stores.damage import readable_rows
from recognizer.stores.kept_embeddings import vector_of
from recognizer.stores.local.database import Database
from recognizer.stores.local.expiry import Expiry
from recognizer.stores.local.trusted_time import TrustedTime
from recognizer.stores.moments import from_us, to_us


class LocalIgnoredFaces:
    """Who is ignored; an expired one is left out at once, and deleted when the next is added."""

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
            raise StrangerNotFound(face_id)
        self._database.forget()


def _ignored_from_row(row: Row) -> IgnoredFace:
    embedding = Embedding(row["model"], vector_of(row["embedding"]))
    return IgnoredFace(row["id"], in_utc(from_us(row["ignored_at"])), embedding)
