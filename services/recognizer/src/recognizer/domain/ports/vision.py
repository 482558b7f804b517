"""Vision: from a picture's bytes to its faces. ``facecore.vision.analyzer.FaceAnalyzer`` is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from facecore.contract import CropMetadata
from facecore.models import Thresholds
from facecore.vision.analyzer import Analysis


class Vision(Protocol):
    """Thread-safe."""

    @property
    def model_id(self) -> str:
        """Of the embeddings it makes."""
        ...

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """Of the model, as calibrated."""
        ...

    def analyze(self, data: bytes) -> Analysis:
        """The faces of a JPEG, PNG or WebP, largest first. Raises ``ImageError``."""
        ...

    def analyze_crops(self, crops: Sequence[bytes], metadata: Sequence[CropMetadata]) -> Analysis:
        """The faces of crops aligned on a device. Raises ``CropError``, ``ImageError``."""
        ...
