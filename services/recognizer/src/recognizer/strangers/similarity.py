"""How alike two faces are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facecore.gallery import Embedding


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
