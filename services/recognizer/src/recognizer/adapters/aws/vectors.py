"""An embedding as it lies in an item: float32, little-endian."""

from __future__ import annotations

from facecore.vision.gallery import Embedding
from recognizer.adapters.aws.dynamo_requests import Item
from recognizer.adapters.stored_values import vector_of


def embedded(embedding: Embedding) -> Item:
    """The attributes ``model`` and ``embedding``."""
    return {
        "model": embedding.model_id,
        "embedding": embedding.vector.astype("<f4").tobytes(),
    }


def embedding_of(item: Item) -> Embedding:
    """From these attributes."""
    return Embedding(str(item["model"]), vector_of(item["embedding"]))
