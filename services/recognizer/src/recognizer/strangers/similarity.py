"""How alike two faces are."""

from __future__ import annotations

from facecore.gallery import Embedding


def cosine(one: Embedding, other: Embedding) -> float:
    """The cosine, in [-1, 1]; -1 for embeddings of two models, which are never compared."""
    if one.model_id != other.model_id:
        return -1.0
    return max(-1.0, min(1.0, float(one.vector @ other.vector)))
