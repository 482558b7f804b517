"""The gallery of enrolled people, searched for the two who are nearest to a face.

The search is exact: one matrix product of the faces with all embeddings. A person's similarity is
the highest of their embeddings and of the mean of these. So a photo with glasses helps when the
person wears glasses and does no harm otherwise, and the mean of several photos shows what they have
in common. The margin is the difference to the second person's similarity.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecore.errors import ForeignModelError
from facecore.models.catalogue import Thresholds
from facecore.vision.decision import Match, decide, once_each
from facecore.vision.embedding_index import EmbeddingIndex, check_unit, mean_of, nearer_two

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A face as a unit vector, with the id of its model.

    Attributes:
        model_id: the model that made it; embeddings of two models are never compared.
        vector: float32 (D,), of unit length.

    """

    model_id: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Another person for whom an enrolled face could be mistaken; the similarity is a cosine."""

    label: str
    similarity: float


class Gallery:
    """The enrolled faces of one model.

    Thread-safe: a match sees all of a change or none of it.
    """

    def __init__(self, model_id: str, dimension: int, thresholds: Thresholds) -> None:
        """Start empty, for one model's embeddings and the thresholds that belong to them."""
        self._model_id = model_id
        self._thresholds = thresholds
        self._index = EmbeddingIndex(dimension)
        self._means = EmbeddingIndex(dimension)
        """The mean of each person with two embeddings or more; the face id is the label."""
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Number of embeddings."""
        with self._lock:
            return len(self._index)

    @property
    def people(self) -> int:
        """Number of people."""
        with self._lock:
            return self._index.people

    def add(self, face_id: str, label: str, embedding: Embedding) -> None:
        """Add a person's embedding; it replaces one with the same ``face_id``.

        Raises:
            ForeignModelError: the embedding is from another model.
            ValueError: the embedding is not a unit vector.

        """
        self.extend([(face_id, label, embedding)])

    def extend(self, faces: Iterable[tuple[str, str, Embedding]]) -> None:
        """Add many (face id, label, embedding) as one change: all of them, or none.

        Raises:
            ForeignModelError: one is from another model.
            ValueError: one is not a unit vector.

        """
        entries = list(faces)
        if not entries:
            return
        face_ids, labels, embeddings = zip(*entries, strict=True)
        vectors = self._stack(embeddings)
        check_unit(vectors, face_ids)
        with self._lock:
            before = {label for f in face_ids if (label := self._index.label_of(f)) is not None}
            self._index.put(face_ids, labels, vectors)
            self._renew_means(before.union(labels))

    def remove(self, face_id: str) -> None:
        """Remove one embedding if it exists."""
        with self._lock:
            label = self._index.label_of(face_id)
            if label is not None:
                self._index.remove(face_id)
                self._renew_means({label})

    def remove_person(self, label: str) -> None:
        """Remove all embeddings of a person."""
        with self._lock:
            self._index.remove_person(label)
            self._means.remove(label)

    def match(self, embeddings: Sequence[Embedding]) -> list[Match]:
        """Decide about the faces of one frame.

        A person appears once in a frame. If several faces match a person, the most similar one
        keeps the name (the first of equals) and the others are uncertain. They get no other name,
        because each is nearest to that person.

        Args:
            embeddings: of one frame's faces.

        Returns:
            One match for each face, in the same order.

        Raises:
            ForeignModelError: one is from another model than the gallery's.

        """
        if not embeddings:
            return []
        vectors = self._stack(embeddings)
        with self._lock:
            photos, means = self._index.nearest_two(vectors), self._means.nearest_two(vectors)
        nearest = [nearer_two(*of, *of_means) for of, of_means in zip(photos, means, strict=True)]
        return once_each([decide(self._thresholds, *two) for two in nearest])

    def look_alikes(self, face_ids: Sequence[str]) -> dict[str, LookAlike]:
        """Return each enrolled face's look-alike: the nearest other person, at least uncertain.

        Faces without a look-alike and unknown face ids are left out.
        """
        with self._lock:
            owners = {f: own for f in face_ids if (own := self._index.label_of(f)) is not None}
            if not owners:
                return {}
            vectors = self._index.vectors_at([*owners])
            photos, means = self._index.nearest_two(vectors), self._means.nearest_two(vectors)
        found: dict[str, LookAlike] = {}
        for (face_id, own), of, of_means in zip(owners.items(), photos, means, strict=True):
            first, second = nearer_two(*of, *of_means)
            other = second if first is not None and first[0] == own else first
            if other is not None and other[1] >= self._thresholds.uncertain:
                found[face_id] = LookAlike(*other)
        return found

    def _renew_means(self, labels: Set[str]) -> None:
        found = {label: mean_of(self._index.vectors_of(label)) for label in labels}
        means = {label: mean for label, mean in found.items() if mean is not None}
        for label in labels - means.keys():
            self._means.remove(label)
        if means:
            self._means.put([*means], [*means], np.stack([*means.values()]))

    def _stack(self, embeddings: Sequence[Embedding]) -> Vector:
        for embedding in embeddings:
            if embedding.model_id != self._model_id:
                raise ForeignModelError(
                    f"an embedding of {embedding.model_id!r} does not fit a gallery of "
                    f"{self._model_id!r}; embed the photo again with the gallery's model"
                )
            if embedding.vector.shape != (self._index.dimension,):
                raise ForeignModelError(
                    f"an embedding of shape {embedding.vector.shape} does not fit a gallery of "
                    f"{self._index.dimension} dimensions"
                )
        return np.stack([embedding.vector for embedding in embeddings]).astype(
            np.float32, copy=False
        )
