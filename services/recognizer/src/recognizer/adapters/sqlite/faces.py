"""The port ``Faces`` on SQLite. Files hold the photos' bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import numpy as np

from facecore.contract import Box, Photo, Quality
from facecore.vision.gallery import Vector
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.sqlite.connections import (
    gallery_version,
    next_gallery_version,
    require_person,
)
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.photo_files import PhotoFiles, schedule_removal
from recognizer.adapters.stored_values import vector_of
from recognizer.domain.cursors import from_us, to_us
from recognizer.domain.errors import GalleryMoved, PhotoNotFound
from recognizer.domain.ports import EnrolledFace, GalleryChanges, GallerySnapshot


class LocalFaces:
    """Enrolment photos, found by label and photo id."""

    def __init__(self, database: Database, files: PhotoFiles) -> None:
        self._database = database
        self._files = files

    def add(self, face: EnrolledFace, picture: bytes, *, seen_version: int) -> int:
        """Write the file, then commit the row that names it; return the gallery's version."""
        file = self._files.add(picture)
        try:
            with self._database.write() as connection:
                require_person(connection, face.photo.label)
                _require_version(connection, seen_version)
                _insert(connection, face, file)
                return next_gallery_version(connection)
        except BaseException:
            self._files.remove([file])
            raise

    def find(self, label: str, photo_id: str) -> Photo | None:
        """Return the photo, if the person has it."""
        with self._database.read() as connection:
            require_person(connection, label)
            row = _row(connection, label, photo_id)
        return next(iter(_photos([] if row is None else [row])), None)

    def list(self, label: str) -> list[Photo]:
        """Return the person's photos, oldest first."""
        with self._database.read() as connection:
            require_person(connection, label)
            rows = connection.execute(
                "SELECT * FROM faces WHERE label = ? ORDER BY created_at, photo_id", (label,)
            ).fetchall()
        return _photos(rows)

    def remove(self, label: str, photo_id: str) -> int:
        """Commit the deletion of the row, then remove the file; return the gallery's version."""
        version, file = self._database.erase(
            lambda connection: _remove(connection, label, photo_id)
        )
        self._files.remove([file])
        self._database.forget()
        return version

    def picture(self, label: str, photo_id: str) -> bytes:
        """Return the bytes as they were sent. Raise ``PhotoNotFound``."""
        with self._database.read() as connection:
            row = _required(connection, label, photo_id)
        try:
            return self._files.read(row["file"])
        except FileNotFoundError as error:  # removed since the row was read
            raise PhotoNotFound(label, photo_id) from error

    def outdated(self, model_id: str) -> tuple[Photo, ...]:
        """Return all photos whose embedding is of another model."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT * FROM faces WHERE model <> ? ORDER BY label, photo_id", (model_id,)
            ).fetchall()
        return tuple(_photos(rows))

    def replace(self, face: EnrolledFace) -> int:
        """Replace a photo's embedding; return the gallery's version."""
        photo = face.photo
        with self._database.write() as connection:
            done = connection.execute(
                "UPDATE faces SET model = ?, box = ?, quality = ?, embedding = ?"
                " WHERE label = ? AND photo_id = ?",
                (*_measured(face), photo.label, photo.id),
            )
            if done.rowcount == 0:
                raise PhotoNotFound(photo.label, photo.id)
            return next_gallery_version(connection)

    def version(self) -> int:
        """Return the gallery's version."""
        with self._database.read() as connection:
            return gallery_version(connection)

    def snapshot(self, model_id: str, dimension: int) -> GallerySnapshot:
        """Read version and embeddings in one transaction, so that they belong together."""
        with self._database.read() as connection:
            version = gallery_version(connection)
            rows = connection.execute(
                "SELECT label, photo_id, embedding FROM faces WHERE model = ?"
                " ORDER BY label, photo_id",
                (model_id,),
            ).fetchall()
            (total,) = connection.execute("SELECT count(*) FROM faces").fetchone()
        faces = readable_rows("face", rows, lambda row: _vector(row, dimension), _face_id)
        vectors = [vector for _, vector in faces]
        return GallerySnapshot(
            version=version,
            face_ids=tuple(_face_id(row) for row, _ in faces),
            labels=tuple(row["label"] for row, _ in faces),
            vectors=np.stack(vectors) if vectors else np.empty((0, dimension), np.float32),
            outdated=total - len(rows),
        )

    def changes(self, since: int, model_id: str) -> GalleryChanges | None:  # noqa: ARG002
        """Return None: there is no log, since reading the snapshot is fast on one machine."""
        return None


def _require_version(connection: sqlite3.Connection, seen: int) -> None:
    if (version := gallery_version(connection)) != seen:
        raise GalleryMoved(f"the gallery has version {version}, not {seen} any more; look again")


def _insert(connection: sqlite3.Connection, face: EnrolledFace, file: str) -> None:
    photo = face.photo
    connection.execute(
        "INSERT INTO faces (label, photo_id, sha256, model, box, quality, embedding, file,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (photo.label, photo.id, photo.sha256, *_measured(face), file, to_us(photo.created_at)),
    )


def _remove(connection: sqlite3.Connection, label: str, photo_id: str) -> tuple[int, str]:
    """Delete the row; return the gallery's new version and the file to be removed."""
    require_person(connection, label)
    file = str(_required(connection, label, photo_id)["file"])
    connection.execute("DELETE FROM faces WHERE label = ? AND photo_id = ?", (label, photo_id))
    schedule_removal(connection, [file])
    return next_gallery_version(connection), file


def _measured(face: EnrolledFace) -> tuple[str, str, str, bytes]:
    photo = face.photo
    vector = face.embedding.vector.astype("<f4").tobytes()
    return photo.model, photo.box.model_dump_json(), photo.quality.model_dump_json(), vector


def _row(connection: sqlite3.Connection, label: str, photo_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM faces WHERE label = ? AND photo_id = ?", (label, photo_id)
    ).fetchone()
    return row


def _required(connection: sqlite3.Connection, label: str, photo_id: str) -> sqlite3.Row:
    row = _row(connection, label, photo_id)
    if row is None:
        raise PhotoNotFound(label, photo_id)
    return row


def _face_id(row: sqlite3.Row) -> str:
    return f"{row['label']}/{row['photo_id']}"


def _vector(row: sqlite3.Row, dimension: int) -> tuple[sqlite3.Row, Vector]:
    return row, vector_of(row["embedding"], dimension)


def _photos(rows: Iterable[sqlite3.Row]) -> list[Photo]:
    return readable_rows("photo", rows, _photo, _face_id)


def _photo(row: sqlite3.Row) -> Photo:
    return Photo(
        id=row["photo_id"],
        label=row["label"],
        sha256=row["sha256"],
        model=row["model"],
        box=Box.model_validate_json(row["box"]),
        quality=Quality.model_validate_json(row["quality"]),
        created_at=from_us(row["created_at"]),
    )
