"""A fake vision without weights. Its pictures are JSON that says who is in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from facecore.contract import Box, CropMetadata, Landmarks, Point, Quality, QualityReason
from facecore.errors import ImageUnsupported
from facecore.models.catalogue import Thresholds
from facecore.vision.analyzer import Analysis, AnalysisTimes, AnalyzedFace
from facecore.vision.gallery import Embedding

DIMENSION = 32
THRESHOLDS = Thresholds(match=0.6, uncertain=0.4, margin=0.1)
_CENTRE = Point(x=1, y=1)
_FACE = Landmarks(
    left_eye=_CENTRE, right_eye=_CENTRE, nose=_CENTRE, mouth_left=_CENTRE, mouth_right=_CENTRE
)
_CROP = np.random.default_rng(1).integers(0, 256, (160, 160, 3), np.uint8)
"""Noise, which makes the largest JPEG."""


def picture_of(*people: int, serial: int = 0, size: float = 200) -> bytes:
    """Return a picture of these people; another serial makes another picture of the same people."""
    return json.dumps({"people": people, "serial": serial, "size": size}).encode()


@dataclass(frozen=True, slots=True)
class FakeVision:
    """A vision whose people are numbers; two different ones have a similarity of 0.

    ``while_looking`` runs during every analysis, so that a test can act just then.
    """

    model_id: str = "fake-1"
    dimension: int = DIMENSION
    thresholds: Thresholds = THRESHOLDS
    while_looking: Callable[[], object] = lambda: None

    def analyze(self, data: bytes) -> Analysis:
        self.while_looking()
        try:
            picture = json.loads(data)
        except ValueError as error:
            raise ImageUnsupported("the fake sees only its own pictures") from error
        faces = tuple(self._face(person, picture["size"]) for person in picture["people"])
        return Analysis(640, 480, faces, AnalysisTimes(1, 2, 3, 4))

    def analyze_crops(self, crops: Sequence[bytes], metadata: Sequence[CropMetadata]) -> Analysis:
        return Analysis(
            0, 0, tuple(self.analyze(crop).faces[0] for crop in crops), AnalysisTimes(1, 0, 3, 4)
        )

    def embedding(self, person: int) -> Embedding:
        return Embedding(self.model_id, np.eye(DIMENSION, dtype=np.float32)[person])

    def _face(self, person: int, size: float) -> AnalyzedFace:
        small = size < 40
        quality = Quality(
            accepted=not small,
            reasons=[QualityReason.TOO_SMALL] if small else [],
            size_px=size,
            sharpness=500,
            brightness=128,
            yaw=0,
        )
        box = Box(x=10 * person, y=10, width=size, height=size)
        embedding = None if small else self.embedding(person)
        return AnalyzedFace(box, _FACE, 0.99, quality, _CROP, embedding)
