"""The gallery's matrix: one row an embedding, grown by doubling, shrunk by swapping.

Not thread-safe; ``gallery.Gallery`` holds the lock.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Nearest = tuple[str, float] | None
"""A person's label and their similarity, if there is one."""


class Rows:
    """Embeddings in rows 0 to size - 1, each with its face id and its person.

    Adding and removing take constant time on average; the order of rows means nothing.
    """

    def __init__(self, dimension: int) -> None:
        """Start empty, with room for a few rows of ``dimension`` columns."""
        self.dimension = dimension
        self._vectors = np.zeros((16, dimension), np.float32)
        self._people = np.zeros(16, np.int64)
        self._face_ids: list[str] = []
        self._row_of: dict[str, int] = {}
        self._faces_of: dict[str, set[str]] = {}
        self._number_of: dict[str, int] = {}
        self._label_of: dict[int, str] = {}
        self._next_number = 0

    def __len__(self) -> int:
        return len(self._face_ids)

    @property
    def people(self) -> int:
        """How many people have at least one row."""
        return len(self._faces_of)

    def label_of(self, face_id: str) -> str | None:
        """Whose row a face id is; none when there is no such row."""
        row = self._row_of.get(face_id)
        return None if row is None else self._label_of[int(self._people[row])]

    def vectors_of(self, label: str) -> NDArray[np.float32]:
        """A person's rows, float32 (N, D), in no order; N is 0 for a person without any."""
        rows = [self._row_of[face_id] for face_id in self._faces_of.get(label, ())]
        return self._vectors[rows]

    def put(
        self, face_ids: Sequence[str], labels: Sequence[str], vectors: NDArray[np.float32]
    ) -> None:
        """Write rows, those of known face ids over the old ones; of equal ids the last stays.

        Args:
            face_ids: N ids.
            labels: N labels.
            vectors: float32 (N, D).

        """
        self._make_room(len(self) + len(face_ids))
        rows = [self._claim(*face) for face in zip(face_ids, labels, strict=True)]
        self._vectors[rows] = vectors

    def remove(self, face_id: str) -> None:
        """Drop a row if it is there: the last row takes its place."""
        row = self._row_of.pop(face_id, None)
        if row is None:
            return
        self._leave_person(face_id, int(self._people[row]))
        last_id = self._face_ids.pop()
        if last_id != face_id:
            last = len(self._face_ids)
            self._vectors[row], self._people[row] = self._vectors[last], self._people[last]
            self._face_ids[row] = last_id
            self._row_of[last_id] = row

    def remove_person(self, label: str) -> None:
        """Drop all rows of a person."""
        for face_id in list(self._faces_of.get(label, ())):
            self.remove(face_id)

    def nearest_two(self, vectors: NDArray[np.float32]) -> list[tuple[Nearest, Nearest]]:
        """For each vector the two nearest people, by the nearest of each one's embeddings.

        Args:
            vectors: float32 (N, D), of unit length.

        """
        if not len(self):
            return [(None, None)] * len(vectors)
        similarities = vectors @ self._vectors[: len(self)].T
        return [self._two_of(row) for row in similarities]

    def _two_of(self, similarities: NDArray[np.float32]) -> tuple[Nearest, Nearest]:
        people = self._people[: len(self)]
        first = int(similarities.argmax())
        others = np.where(people == people[first], np.float32(-np.inf), similarities)
        second = int(others.argmax())
        return (
            self._named(first, similarities),
            None if others[second] == -np.inf else self._named(second, similarities),
        )

    def _named(self, row: int, similarities: NDArray[np.float32]) -> tuple[str, float]:
        # Rounding may leave the cosine of two unit vectors a little outside of [-1, 1].
        cosine = min(max(float(similarities[row]), -1.0), 1.0)
        return self._label_of[int(self._people[row])], cosine

    def _make_room(self, rows: int) -> None:
        room = len(self._people)
        if rows <= room:
            return
        more = max(rows, 2 * room) - room
        self._vectors = np.pad(self._vectors, ((0, more), (0, 0)))
        self._people = np.pad(self._people, (0, more))

    def _claim(self, face_id: str, label: str) -> int:
        """Answer the row that this face takes: its own, or a new one at the end."""
        row = self._row_of.get(face_id)
        if row is None:
            row = len(self._face_ids)
            self._face_ids.append(face_id)
            self._row_of[face_id] = row
        else:
            self._leave_person(face_id, int(self._people[row]))
        self._people[row] = self._join_person(face_id, label)
        return row

    def _join_person(self, face_id: str, label: str) -> int:
        if label not in self._number_of:
            self._number_of[label] = self._next_number
            self._label_of[self._next_number] = label
            self._next_number += 1
        self._faces_of.setdefault(label, set()).add(face_id)
        return self._number_of[label]

    def _leave_person(self, face_id: str, number: int) -> None:
        label = self._label_of[number]
        self._faces_of[label].discard(face_id)
        if not self._faces_of[label]:
            del self._faces_of[label], self._number_of[label], self._label_of[number]
