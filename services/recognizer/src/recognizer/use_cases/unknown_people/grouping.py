"""Grouping: which crops count as one unknown person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecore.contract import Decision
from facecore.vision.gallery import Embedding
from recognizer.domain.ports import KeptCrop


def cosine(one: Embedding, other: Embedding) -> float:
    """Return the cosine, in [-1, 1]; -1 for embeddings of two models, which are never compared."""
    if not _comparable(one, other):
        return -1.0
    return max(-1.0, min(1.0, float(one.vector @ other.vector)))


def highest_cosines(ones: Sequence[Embedding], others: Sequence[Embedding]) -> list[float]:
    """Return each one's highest cosine to the others; -1 if none is of its model.

    Args:
        ones: embeddings of one model.
        others: embeddings of any models.
    """
    same = [other.vector for other in others if ones and _comparable(other, ones[0])]
    if not same:
        return [-1.0] * len(ones)
    vectors = np.stack([one.vector for one in ones])
    # Not by BLAS: it would split this small product over threads, which wait for each other.
    cosines = np.einsum("ij,kj->ik", vectors, np.stack(same))
    return [float(highest) for highest in cosines.max(axis=1).clip(-1, 1)]


def _comparable(one: Embedding, other: Embedding) -> bool:
    """Return whether both are of one model; a damaged stored one may have another length."""
    return one.model_id == other.model_id and one.vector.shape == other.vector.shape


_SHORTEST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Faces that count as one person, embedded by one model.

    Attributes:
        crops: oldest first; at least one.
        mean: mean of their embeddings, of unit length.
    """

    crops: tuple[KeptCrop, ...]
    mean: Embedding

    @property
    def id(self) -> str:
        """The id of its first crop."""
        return self.crops[0].id

    @property
    def best(self) -> KeptCrop:
        """The best crop to show and to enrol."""
        return self.ranked()[0]

    @property
    def decision(self) -> Decision:
        """Uncertain if one of the faces was, else unknown."""
        decisions = {crop.face.decision for crop in self.crops}
        return Decision.UNCERTAIN if Decision.UNCERTAIN in decisions else Decision.UNKNOWN

    def ranked(self) -> list[KeptCrop]:
        """Return the crops, best first: those that may be enrolled first, larger faces first."""
        return sorted(
            self.crops,
            key=lambda crop: (
                not crop.face.quality.accepted,
                -crop.face.quality.size_px,
                crop.id,
            ),
        )


def grouped(crops: Sequence[KeptCrop], threshold: float) -> list[Group]:
    """Group faces that count as one person; return the groups in the order of their first faces.

    In the order of time, a face joins the group with the nearest mean if its cosine is at least
    ``threshold``; else it starts a group. So a newer face never moves an older one, and the same
    faces always make the same groups. The threshold is that of a match: one person in two groups
    is a nuisance, two people in one group lead to a wrong name.

    Args:
        crops: crops of one model, in any order.
        threshold: least cosine to a group's mean at which a face joins the group.
    """
    if not crops:
        return []
    ordered = sorted(crops, key=lambda crop: (crop.face.captured_at, crop.id))
    means = _Means(len(ordered), len(ordered[0].embedding.vector))
    members: list[list[KeptCrop]] = []
    for crop in ordered:
        index = means.add(crop.embedding.vector, threshold)
        if index == len(members):
            members.append([])
        members[index].append(crop)
    model = ordered[0].embedding.model_id
    return [
        Group(tuple(crops), Embedding(model, means.unit[index]))
        for index, crops in enumerate(members)
    ]


class _Means:
    """The groups' sums and means, one row per group."""

    def __init__(self, most: int, dimension: int) -> None:
        self._sums = np.zeros((most, dimension), np.float32)
        self.unit = np.zeros((most, dimension), np.float32)
        self._count = 0

    def add(self, vector: NDArray[np.float32], threshold: float) -> int:
        """Add the face to the nearest group if near enough, else to a new one; return its index."""
        similar = self.unit[: self._count] @ vector
        index = int(similar.argmax()) if self._count else 0
        if not self._count or similar[index] < threshold:
            index = self._count
            self._count += 1
        self._sums[index] += vector
        length = max(float(np.linalg.norm(self._sums[index])), _SHORTEST)
        self.unit[index] = self._sums[index] / length
        return index
