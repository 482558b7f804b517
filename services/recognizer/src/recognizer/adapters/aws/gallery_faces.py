"""Read the faces of the gallery's snapshot and log from their table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.gallery_log import Change, ChangeKind, History
from recognizer.adapters.aws.gallery_object import GalleryFile
from recognizer.adapters.aws.items import Item
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.stored_values import vector_of

_READ = ("label", "photo_id", "model", "embedding")


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    face_id: str
    label: str
    model: str
    vector: NDArray[np.float32]


class GalleryFaces:
    """Reads embeddings by face id, or all of them."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._names = names

    def vectors(
        self, face_ids: Iterable[str], model: str, dimension: int | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of existing faces of this model: float32 (D,) by face id."""
        keys = [_key(face_id) for face_id in face_ids]
        faces = _faces(self._dynamo.get_many(self._names.faces, keys))
        faces = [face for face in faces if dimension in (None, len(face.vector))]
        return {face.face_id: face.vector for face in faces if face.model == model}

    def with_changes(self, base: GalleryFile, history: History) -> GalleryFile:
        """Return the gallery after the changes, without faces that were removed since."""
        if not history.changes:
            return base
        dropped, people, wanted = _effect(history.changes)
        kept = [
            row
            for row, face_id in enumerate(base.face_ids)
            if face_id not in dropped and _label(face_id) not in people
        ]
        found = self.vectors(wanted, base.model, base.vectors.shape[1])
        rows = [*kept, *range(len(base.face_ids), len(base.face_ids) + len(found))]
        face_ids = [*(base.face_ids[row] for row in kept), *found]
        vectors = _stacked(base.vectors, list(found.values()))
        return _in_order(history.head.version, base.model, face_ids, vectors, rows)

    def scan(self, version: int, model: str, dimension: int) -> GalleryFile:
        """Return every face of the model. Needed without a snapshot: at a model's first start.

        Faces of people whose deletion began are left out. Read the version before this call.
        """
        faces = _faces(self._dynamo.scan(self._names.faces, _READ))
        deleted = self._deleted({face.label for face in faces})
        kept = [
            face
            for face in faces
            if (face.model, len(face.vector)) == (model, dimension) and face.label not in deleted
        ]
        nothing = np.empty((0, dimension), np.float32)
        face_ids = [face.face_id for face in kept]
        vectors = _stacked(nothing, [face.vector for face in kept])
        return _in_order(version, model, face_ids, vectors, range(len(kept)))

    def _deleted(self, labels: set[str]) -> set[str]:
        keys: list[Item] = [{"label": label} for label in sorted(labels)]
        people = self._dynamo.get_many(self._names.people, keys)
        return labels - {str(person["label"]) for person in people if "deletion" not in person}


def _effect(changes: Sequence[Change]) -> tuple[set[str], set[str], dict[str, None]]:
    """Return the face ids and people to drop, and the face ids to read then, in order."""
    dropped: set[str] = set()
    people: set[str] = set()
    wanted: dict[str, None] = {}
    for change in changes:
        if change.kind is ChangeKind.PERSON_REMOVED:
            people.add(change.label)
            wanted = {one: None for one in wanted if _label(one) != change.label}
            continue
        dropped.add(change.face_id)
        wanted.pop(change.face_id, None)
        if not change.removes:
            wanted[change.face_id] = None
    return dropped, people, wanted


def _in_order(
    version: int,
    model: str,
    face_ids: Sequence[str],
    vectors: NDArray[np.float32],
    rows: Sequence[int],
) -> GalleryFile:
    """Return the gallery ordered by face id. ``rows`` are the vectors' rows, copied only once."""
    order = sorted(range(len(face_ids)), key=face_ids.__getitem__)
    in_order = vectors[[rows[place] for place in order]]
    return GalleryFile(version, model, tuple(face_ids[place] for place in order), in_order)


def _stacked(base: NDArray[np.float32], more: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate([base, np.stack(more)]) if more else base


def _faces(items: Iterable[Item]) -> list[_Face]:
    return readable_rows("face", items, _face, lambda item: (item["label"], item["photo_id"]))


def _face(item: Item) -> _Face:
    label = str(item["label"])
    return _Face(
        face_id=f"{label}/{item['photo_id']!s}",
        label=label,
        model=str(item["model"]),
        vector=vector_of(item["embedding"]),
    )


def _key(face_id: str) -> Item:
    label, _, photo_id = face_id.rpartition("/")
    return {"label": label, "photo_id": photo_id}


def _label(face_id: str) -> str:
    return face_id.rpartition("/")[0]
