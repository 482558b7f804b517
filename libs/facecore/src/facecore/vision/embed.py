"""Embed aligned faces as unit vectors; the inner product of two is their similarity.

If the model has a mean embedding of many people, it is subtracted: it is what all faces have in
common. Two different people are then no more similar than by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import Final

import numpy as np

from facecore.models.catalogue import Embedder
from facecore.vision.gallery import Embedding, Vector
from facecore.vision.image import RgbImage
from facecore.vision.tensors import Network, Tensor, to_tensor

MAX_BATCH: Final = 2
"""Most crops in a batch. The activations of a larger batch do not fit a CPU's cache: four crops of
SFace take half as long again as two batches of two (``docs/performance.md``)."""


class FaceEmbedder:
    """A network and its model's id. Thread-safe: it has no state between calls."""

    def __init__(
        self, network: Network, model_id: str, mean_embedding: Vector | None = None
    ) -> None:
        """Wrap a network that maps (N, 3, S, S) to (N, D); a mean embedding is float32 (D,)."""
        self._network = network
        self._mean_embedding = mean_embedding
        self.model_id = model_id

    def embed(self, crops: Sequence[RgbImage]) -> list[Embedding]:
        """Embed aligned faces in their order, in batches of at most ``MAX_BATCH``.

        Args:
            crops: RGB uint8 (S, S, 3) of the model's input size, as ``align`` makes them.

        Returns:
            One embedding for each crop: float32 (D,), of unit length.

        """
        batches = [crops[start : start + MAX_BATCH] for start in range(0, len(crops), MAX_BATCH)]
        return [embedding for batch in batches for embedding in self._embed_batch(batch)]

    def _embed_batch(self, crops: Sequence[RgbImage]) -> list[Embedding]:
        (vectors,) = self._network(to_tensor(crops))
        unit = _unit(vectors)
        if self._mean_embedding is not None:
            unit = _unit(unit - self._mean_embedding)
        return [Embedding(self.model_id, vector) for vector in unit]


def _unit(vectors: Tensor) -> Tensor:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Tensor = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def mean_embedding(model: Embedder) -> Vector | None:
    """Read a model's mean embedding, float32 (D,); None if the model has none.

    It is the average of thousands of people and no single person's face.
    ``research/mean_embedding.py`` writes the file.
    """
    file = files("facecore.models") / "mean_embeddings" / f"{model.id}.npy"
    if not file.is_file():
        return None
    with as_file(file) as path:
        vector: Vector = np.load(path)
    return vector
