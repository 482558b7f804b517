"""An embedding as both families of stores keep it: float32, little-endian."""

from __future__ import annotations

from typing import Any

import numpy as np

from facecore.gallery import Vector

_BYTES = 4


def vector_of(kept: object, dimension: int | None = None) -> Vector:
    """The embedding's vector, float32 (D,).

    Args:
        kept: its bytes.
        dimension: D, where it is known.

    Raises:
        ValueError: they are no vector of finite numbers, or of another length.

    """
    if not isinstance(kept, bytes) or not kept or len(kept) % _BYTES:
        raise ValueError("an embedding is kept as float32 numbers")
    if dimension is not None and len(kept) != dimension * _BYTES:
        raise ValueError(f"the model's embeddings have {dimension} numbers")
    vector: np.ndarray[Any, np.dtype[np.float32]] = np.frombuffer(kept, "<f4").astype(np.float32)
    if not np.isfinite(vector).all():
        raise ValueError("an embedding's numbers are finite")
    return vector
