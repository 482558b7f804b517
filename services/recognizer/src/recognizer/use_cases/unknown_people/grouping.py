"""How alike two faces are, and which crops are taken for one unknown person's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecore.contract import Decision
from facecore.vision.gallery import Embedding
from recognizer.domain.ports import KeptCrop


def cosine(one: Embedding, other: Embedding) -> float:
    """The cosine, in [-1, 1]; -1 for embeddings of two models, which are never compared."""
    if not _comparable(one, other):
        return -1.0
    return max(-1.0, min(1.0, float(one.vector @ other.vector)))


def highest_cosines(ones: Sequence[Embedding], others: Sequence[Embedding]) -> list[float]:
    """Of each, the cosine to the other most alike; -1 where none is of its model.

    Args:
        ones: of one model.
        others: of any.
    """
    same = [other.vector for other in others if ones and _comparable(other, ones[0])]
    if not same:
        return [-1.0] * len(ones)
    vectors = np.stack([one.vector for one in ones])
    # Not by BLAS: it shares so small a product between threads, which wait for each other.
    cosines = np.einsum("ij,kj->ik", vectors, np.stack(same))
    return [float(highest) for highest in cosines.max(axis=1).clip(-1, 1)]


def _comparable(one: Embedding, other: Embedding) -> bool:
    """Of one model; a stored one that was cut short has another length."""
    return one.model_id == other.model_id and one.vector.shape == other.vector.shape


_SHORTEST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Faces taken for one person's, of one model.

    Attributes:
        crops: oldest first; one at least.
        mean: of their embeddings, of unit length.
    """

    crops: tuple[KeptCrop, ...]
    mean: Embedding

    @property
    def id(self) -> str:
        """That of the face that founded it."""
        return self.crops[0].id

    @property
    def best(self) -> KeptCrop:
        """The best to look at, and to enrol."""
        return self.ranked()[0]

    @property
    def decision(self) -> Decision:
        """Uncertain when one of the faces was."""
        decisions = {crop.face.decision for crop in self.crops}
        return Decision.UNCERTAIN if Decision.UNCERTAIN in decisions else Decision.UNKNOWN

    def ranked(self) -> list[KeptCrop]:
        """The crops, best first: those that may be enrolled, and of those the largest face."""
        return sorted(
            self.crops,
            key=lambda crop: (
                not crop.face.quality.accepted,
                -crop.face.quality.size_px,
                crop.id,
            ),
        )


def grouped(crops: Sequence[KeptCrop], alike: float) -> list[Group]:
    """Put faces that are taken for one person's together; return groups as they were founded.

    In the order of time, a face joins the group whose mean is nearest if that is as similar as a
    match must be; else it founds a group. So a newer face never moves an older one, and the same
    faces always make the same groups. The threshold is that of naming: one person in two rows is
    a nuisance, two people in one row is a wrong name.

    Args:
        crops: of one model, in any order.
        alike: a cosine from which a face is taken for the group's person.
    """
    if not crops:
        return []
    ordered = sorted(crops, key=lambda crop: (crop.face.captured_at, crop.id))
    means = _Means(len(ordered), len(ordered[0].embedding.vector))
    members: list[list[KeptCrop]] = []
    for crop in ordered:
        place = means.place_of(crop.embedding.vector, alike)
        if place == len(members):
            members.append([])
        members[place].append(crop)
    model = ordered[0].embedding.model_id
    return [
        Group(tuple(crops), Embedding(model, means.unit[place]))
        for place, crops in enumerate(members)
    ]


class _Means:
    """The groups' sums and means; row by row."""

    def __init__(self, most: int, dimension: int) -> None:
        self._sums = np.zeros((most, dimension), np.float32)
        self.unit = np.zeros((most, dimension), np.float32)
        self._count = 0

    def place_of(self, vector: NDArray[np.float32], alike: float) -> int:
        """Adds the face to the nearest group if that is near enough, else to a new one."""
        similar = self.unit[: self._count] @ vector
        place = int(similar.argmax()) if self._count else 0
        if not self._count or similar[place] < alike:
            place = self._count
            self._count += 1
        self._sums[place] += vector
        length = max(float(np.linalg.norm(self._sums[place])), _SHORTEST)
        self.unit[place] = self._sums[place] / length
        return place
