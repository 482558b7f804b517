"""Models: what there is (catalogue), where it stands (store), how it is made (build)."""

from facecore.models.catalogue import Embedder, Model, Thresholds
from facecore.models.store import (
    EmbedderFiles,
    MtcnnFiles,
    ensure_detector,
    ensure_embedder,
)
from facecore.progress import Progress, Step

__all__ = [
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
