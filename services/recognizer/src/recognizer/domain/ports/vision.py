"""Vision: from a picture's bytes to its faces. ``facecore.vision.analyzer`` implements it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from facecore.contract import CropMetadata
from facecore.models import Thresholds
from facecore.vision.analyzer import Analysis


class Vision(Protocol):
    """Finds and embeds faces. Thread-safe."""

    @property
    def model_id(self) -> str:
        """The id of the model that makes the embeddings."""
        ...

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """The model's thresholds."""
        ...

    def analyze(self, data: bytes) -> Analysis:
        """Find the faces of a JPEG, PNG or WebP, largest first. Raises ``ImageError``."""
        ...

    def analyze_crops(self, crops: Sequence[bytes], metadata: Sequence[CropMetadata]) -> Analysis:
        """Embed crops aligned on a device. Raises ``CropError``, ``ImageError``."""
        ...
