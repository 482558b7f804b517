"""An embedding as it lies in an item: float32, little-endian."""

from __future__ import annotations

import numpy as np

from facecore.gallery import Embedding, Vector
from recognizer.stores.aws.dynamo_requests import Item


def embedded(embedding: Embedding) -> Item:
    """The attributes ``model`` and ``embedding``."""
    return {
        "model": embedding.model_id,
        "embedding": embedding.vector.astype("<f4").tobytes(),
    }


def embedding_of(item: Item) -> Embedding:
    """From these attributes."""
    raw = item["embedding"]
    vector: Vector = np.frombuffer(raw if isinstance(raw, bytes) else b"", "<f4")
    return Embedding(str(item["model"]), vector.astype(np.float32))
