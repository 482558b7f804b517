"""Embeddings are unit vectors: held to it, and their mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

LENGTH_TOLERANCE: Final = 1e-3


def check_unit(vectors: NDArray[np.float32], face_ids: Sequence[str]) -> None:
    """Raises ``ValueError``, which names the first face whose vector (N, D) has another length."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))  # without a copy of them all
    wrong = np.flatnonzero(~(np.abs(lengths - 1) < LENGTH_TOLERANCE))
    if len(wrong):
        first = int(wrong[0])
        raise ValueError(
            f"the embedding of face {face_ids[first]!r} has length {lengths[first]}; it must be 1"
        )


def mean_of(vectors: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The mean of two vectors or more, of unit length; opposite ones have none."""
    if len(vectors) < 2:  # noqa: PLR2004 - one is its own mean
        return None
    mean = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return None if length < LENGTH_TOLERANCE else mean / length
