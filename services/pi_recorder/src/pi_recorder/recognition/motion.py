"""Motion detection on every frame, so that an empty room costs next to nothing."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from pi_recorder.capture.scaling import converted

_WIDTH: Final = 160
"""Columns that are compared: noise averages out, and a face is still several of them wide."""
_ADAPTS_IN_S: Final = 10.0
"""A chair that was moved belongs to the background after about this time."""


class MotionGate:
    """Compares a small grey picture with a slowly adapting background.

    What changes evenly over the whole picture, as when a lamp is lit or the exposure steps, is
    taken out first. Source of the running average: Wren et al., "Pfinder", PAMI 19 (1997).

    Args:
        level: grey levels, 0 to 255, by which a place must differ.
        area: share of the picture that must differ; 0 lets every frame pass.
    """

    def __init__(self, *, level: float, area: float) -> None:
        self._level = level
        self._area = area
        self._background: NDArray[np.float32] | None = None
        self._seen_at: datetime | None = None

    def passes(self, picture: av.VideoFrame, at: datetime) -> bool:
        """Whether the picture, captured at ``at``, differs enough; the first one does."""
        height = max(1, round(picture.height * _WIDTH / picture.width))
        small = converted(picture, "gray", width=_WIDTH, height=height)
        grey = small.to_ndarray().astype(np.float32)
        before, seen_at = self._background, self._seen_at
        self._seen_at = at
        if before is None or seen_at is None or before.shape != grey.shape:
            self._background = grey
            return True
        change = grey - before
        self._background = before + change * _share((at - seen_at).total_seconds())
        differs = np.abs(change - np.median(change)) > self._level
        return bool(differs.mean() >= self._area)


def _share(seconds: float) -> np.float32:
    """How much of what is seen now goes into the background."""
    return np.float32(1 - math.exp(-max(0.0, seconds) / _ADAPTS_IN_S))
