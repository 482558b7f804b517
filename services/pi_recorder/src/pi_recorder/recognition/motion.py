"""Motion detection on every frame, so that an empty room costs little."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from pi_recorder.capture.scaling import converted

_WIDTH: Final = 160
"""Columns to compare: noise averages out, and a face is still several columns wide."""
_ADAPTS_IN_S: Final = 10.0
"""Time constant of the background: a moved chair belongs to it after about so long."""


class MotionGate:
    """Compares a small grey picture with a slowly adapting background.

    A change of the whole picture, from a lamp or a step of the exposure, is subtracted first.
    Source of the running average: Wren et al., "Pfinder", PAMI 19 (1997).

    Args:
        level: grey levels, 0 to 255, by which a pixel must differ.
        area: share of the picture that must differ; at 0 every frame passes.
    """

    def __init__(self, *, level: float, area: float) -> None:
        self._level = level
        self._area = area
        self._background: NDArray[np.float32] | None = None
        self._seen_at: datetime | None = None

    def passes(self, picture: av.VideoFrame, at: datetime) -> bool:
        """Return whether a picture captured at ``at`` differs enough; the first one always does."""
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
    """Return the weight of the current picture in the background."""
    return np.float32(1 - math.exp(-max(0.0, seconds) / _ADAPTS_IN_S))
