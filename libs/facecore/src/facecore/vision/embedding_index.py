"""The gallery's embeddings as a matrix in blocks of rows, one row for each embedding.

A block is never copied, so adding a face to a million takes as long as adding the first. A search
holds the similarities of one block at a time, whatever the number of faces.

It is not thread-safe; ``gallery.Gallery`` holds the lock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Nearest = tuple[str, float] | None
"""A person's label and their similarity, if there is one."""

BLOCK_ROWS: Final = 65_536
"""A search in smaller blocks is slower. Memory of a block is used only where rows are written."""


class EmbeddingIndex:
    """Embeddings in rows 0 to size - 1, each with its face id and its person.

    Adding and removing take constant time on average; the order of rows has no meaning.
    """

    def __init__(self, dimension: int) -> None:
        """Start empty, for rows of ``dimension`` columns."""
        self.dimension = dimension
        self._vectors: list[NDArray[np.float32]] = []
        self._people: list[NDArray[np.int64]] = []
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
        """Return the person of a face id; None if it has no row."""
        row = self._row_of.get(face_id)
        return None if row is None else self._label_of[self._number_at(row)]

    def vectors_of(self, label: str) -> NDArray[np.float32]:
        """Return a person's rows, float32 (N, D), unordered; N is 0 for an unknown label."""
        return self.vectors_at([*self._faces_of.get(label, ())])

    def vectors_at(self, face_ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the rows of existing face ids, float32 (N, D), in their order."""
        rows = [self._row_of[face_id] for face_id in face_ids]
        found = [self._vectors[row // BLOCK_ROWS][row % BLOCK_ROWS] for row in rows]
        return np.array(found, np.float32).reshape(-1, self.dimension)

    def put(
        self, face_ids: Sequence[str], labels: Sequence[str], vectors: NDArray[np.float32]
    ) -> None:
        """Add or replace rows by face id; of equal ids the last is kept.

        Args:
            face_ids: N ids.
            labels: N labels.
            vectors: float32 (N, D).

        """
        claimed = [self._claim(*face) for face in zip(face_ids, labels, strict=True)]
        blocks, rows = np.divmod(np.array(claimed, np.intp), BLOCK_ROWS)
        for block in np.unique(blocks).tolist():
            here = blocks == block
            self._vectors[block][rows[here]] = vectors[here]

    def remove(self, face_id: str) -> None:
        """Remove a row if it exists; the last row moves into its position."""
        row = self._row_of.pop(face_id, None)
        if row is None:
            return
        self._leave_person(face_id, self._number_at(row))
        last_id = self._face_ids.pop()
        if last_id != face_id:
            self._move(len(self._face_ids), row)
            self._face_ids[row] = last_id
            self._row_of[last_id] = row

    def remove_person(self, label: str) -> None:
        """Remove all rows of a person."""
        for face_id in list(self._faces_of.get(label, ())):
            self.remove(face_id)

    def nearest_two(self, vectors: NDArray[np.float32]) -> list[tuple[Nearest, Nearest]]:
        """Return for each vector the two nearest people, by the nearest embedding of each.

        Args:
            vectors: float32 (N, D), of unit length.

        """
        found: list[tuple[Nearest, Nearest]] = [(None, None)] * len(vectors)
        for block, people in self._filled():
            similarities = vectors @ block.T
            here = [self._two_of(row, people) for row in similarities]
            found = [nearer_two(*two, *others) for two, others in zip(found, here, strict=True)]
        return found

    def _filled(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        """Yield the rows in use, block by block, with the person of each."""
        for start, vectors, people in zip(
            range(0, len(self), BLOCK_ROWS), self._vectors, self._people, strict=False
        ):
            yield vectors[: len(self) - start], people[: len(self) - start]

    def _two_of(
        self, similarities: NDArray[np.float32], people: NDArray[np.int64]
    ) -> tuple[Nearest, Nearest]:
        """Return the two nearest people of a block; ``similarities`` is overwritten."""
        first = int(similarities.argmax())
        nearest = self._named(people[first], similarities[first])
        similarities[people == people[first]] = -np.inf
        second = int(similarities.argmax())
        if similarities[second] == -np.inf:
            return nearest, None
        return nearest, self._named(people[second], similarities[second])

    def _named(self, number: np.int64, similarity: np.float32) -> tuple[str, float]:
        # Rounding may put the cosine of two unit vectors slightly outside [-1, 1].
        return self._label_of[int(number)], min(max(float(similarity), -1.0), 1.0)

    def _number_at(self, row: int) -> int:
        return int(self._people[row // BLOCK_ROWS][row % BLOCK_ROWS])

    def _move(self, source: int, target: int) -> None:
        for blocks in (self._vectors, self._people):
            blocks[target // BLOCK_ROWS][target % BLOCK_ROWS] = blocks[source // BLOCK_ROWS][
                source % BLOCK_ROWS
            ]

    def _claim(self, face_id: str, label: str) -> int:
        """Return the face's row: its own, or a new one at the end."""
        row = self._row_of.get(face_id)
        if row is None:
            row = len(self._face_ids)
            self._make_room(row)
            self._face_ids.append(face_id)
            self._row_of[face_id] = row
        else:
            self._leave_person(face_id, self._number_at(row))
        self._people[row // BLOCK_ROWS][row % BLOCK_ROWS] = self._join_person(face_id, label)
        return row

    def _make_room(self, row: int) -> None:
        if row == len(self._vectors) * BLOCK_ROWS:
            self._vectors.append(np.empty((BLOCK_ROWS, self.dimension), np.float32))
            self._people.append(np.empty(BLOCK_ROWS, np.int64))

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


def nearer_two(*candidates: Nearest) -> tuple[Nearest, Nearest]:
    """Return the two nearest people of the candidates, which may repeat a person."""
    nearest: dict[str, float] = {}
    for label, similarity in filter(None, candidates):
        nearest[label] = max(similarity, nearest.get(label, -1.0))
    first, second, *_ = (*sorted(nearest.items(), key=lambda item: -item[1]), None, None)
    return first, second


LENGTH_TOLERANCE: Final = 1e-3
"""Largest difference of a unit vector's length from 1."""


def check_unit(vectors: NDArray[np.float32], face_ids: Sequence[str]) -> None:
    """Check vectors (N, D). Raise ``ValueError`` with the first face that has not length 1."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))  # without a copy of all vectors
    wrong = np.flatnonzero(~(np.abs(lengths - 1) < LENGTH_TOLERANCE))
    if len(wrong):
        first = int(wrong[0])
        raise ValueError(
            f"the embedding of face {face_ids[first]!r} has length {lengths[first]}; it must be 1"
        )


def mean_of(vectors: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the mean of vectors (N, D) at unit length; None for N < 2 or opposite vectors."""
    if len(vectors) < 2:  # noqa: PLR2004 - one is its own mean
        return None
    mean = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return None if length < LENGTH_TOLERANCE else mean / length
