"""The catalogue of models, their store on this machine, and their conversion from packages."""

from facecore.cache import Progress, Step
from facecore.models.catalogue import Backend, Embedder, Model, Thresholds
from facecore.models.store import (
    EmbedderFiles,
    MtcnnFiles,
    ensure_detector,
    ensure_embedder,
)

__all__ = [
    "Backend",
    "Embedder",
    "EmbedderFiles",
    "Model",
    "MtcnnFiles",
    "Progress",
    "Step",
    "Thresholds",
    "ensure_detector",
    "ensure_embedder",
]
