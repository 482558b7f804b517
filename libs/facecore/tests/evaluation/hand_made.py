"""Faces made by hand: directions whose cosines are known."""

from __future__ import annotations

import numpy as np

from facecore.contract import Box, Quality, QualityReason
from facecore.evaluation.faces import FoundFace
from facecore.vision.gallery import Embedding

DIMENSION = 64


def face(
    similarity: float,
    axis: int = 0,
    *,
    side: int = 1,
    accepted: bool = True,
    enrolled: bool = True,
) -> FoundFace:
    """Return a face of this similarity to the axis; its other part lies on ``side``.

    A face that is not ``enrolled`` is good enough for recognition, but not for enrolment.
    """
    vector = np.zeros(DIMENSION, np.float32)
    vector[axis] = similarity
    vector[side if side != axis else side + 1] += np.sqrt(1 - similarity**2)
    quality = Quality(
        accepted=accepted,
        reasons=[] if accepted else [QualityReason.TOO_SMALL],
        size_px=100 if accepted else 10,
        sharpness=200 if enrolled else 15,
        brightness=128,
        yaw=0,
    )
    return FoundFace(Box(x=0, y=0, width=100, height=100), quality, Embedding("hand-made", vector))
