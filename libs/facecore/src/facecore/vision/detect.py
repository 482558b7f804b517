"""Find faces: MTCNN, three networks that propose, refine and place.

Source: Zhang, Zhang, Li, Qiao, "Joint Face Detection and Alignment using Multi-task Cascaded
Convolutional Networks", IEEE Signal Processing Letters 23 (2016). Weights and the rounding of
boxes are those of facenet-pytorch 2.5.3, the yardstick.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, cast

import cv2
import numpy as np

from facecore.contract import Box, Landmarks, Point
from facecore.vision import boxes as bx
from facecore.vision.boxes import Boxes, Scores
from facecore.vision.image import RgbImage
from facecore.vision.integral_image import IntegralImage
from facecore.vision.tensors import Network, Tensor

MIN_FACE_PX: Final = 40
"""Smallest face looked for by default; a smaller one would be refused for its quality anyway."""

_WINDOW: Final = 12
"""Side of the square that P-Net looks at, in pixels."""
_STRIDE: Final = 2
_SCALE_OVERLAP: Final = 0.5
_OVERLAP: Final = 0.7


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """How MTCNN searches.

    Attributes:
        min_face_px: smallest face looked for. Proposals cost its inverse square: at 20 a
            640 x 480 frame's take five times as long as at 40.
        max_side_px: a longer picture is searched at this size, so that the work is bounded; the
            smallest face grows with it. A full-HD frame is searched as it is.
        factor: from one scale of the pyramid to the next.
        thresholds: least scores of P-, R- and O-Net. facenet-pytorch ends with 0.7; at 0.85 none
            of the 4,991 faces that LFW's View 1 is about is lost, and an eighth of the further
            ones are.
        max_per_scale: proposals kept at each scale, best first.
        max_refined: candidates that R-Net sees.
        max_placed: candidates that O-Net sees. These three bound a hostile picture's work.

    """

    min_face_px: int = MIN_FACE_PX
    max_side_px: int = 1920
    factor: float = 0.709
    thresholds: tuple[float, float, float] = (0.6, 0.7, 0.85)
    max_per_scale: int = 1024
    max_refined: int = 512
    max_placed: int = 192

    def __post_init__(self) -> None:
        if self.min_face_px < _WINDOW:
            raise ValueError(f"min_face_px is {self.min_face_px}; it must be at least {_WINDOW}")


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """A face's place, in pixels of the picture given, and how sure the detector is (0 to 1)."""

    box: Box
    landmarks: Landmarks
    score: float


class Detector(Protocol):
    """What finds faces; may be called from several threads at once."""

    def detect(self, image: RgbImage, /) -> list[DetectedFace]:
        """Find the faces of a picture of any size, largest first."""
        ...


class MtcnnDetector:
    """Finds faces. Thread-safe: it keeps nothing between calls."""

    def __init__(
        self, pnet: Network, rnet: Network, onet: Network, settings: DetectorSettings
    ) -> None:
        """Compose the three networks; their tensors are described in ``facecore.models``."""
        self._pnet, self._rnet, self._onet = pnet, rnet, onet
        self._settings = settings

    def detect(self, image: RgbImage, /) -> list[DetectedFace]:
        """Find the faces of a picture of any size.

        Args:
            image: RGB uint8 (H, W, 3).

        Returns:
            The faces, largest first; an empty list when there is none.

        """
        small, scale = reduced(image, self._settings.max_side_px)
        sums = IntegralImage(small)
        candidates = self._refine(sums, self._propose(sums))
        found = [face for face in self._place(sums, candidates, scale) if face is not None]
        return sorted(found, key=lambda face: -face.box.width * face.box.height)

    def _propose(self, sums: IntegralImage) -> Boxes:
        """P-Net over the pyramid: where a face may be."""
        parts = [self._propose_at(*level) for level in _pyramid(sums, self._settings)]
        if not parts:
            return np.empty((0, 4), np.float32)
        boxes, scores, offsets = (np.concatenate(part) for part in zip(*parts, strict=True))
        keep = bx.suppress(boxes, scores, _OVERLAP)[: self._settings.max_refined]
        return bx.squared(bx.regress(boxes[keep], offsets[keep], extra=0))

    def _propose_at(self, level: Tensor, scale: float) -> tuple[Boxes, Scores, Boxes]:
        score, offset = self._pnet(level)
        row, column = np.nonzero(score[0] >= self._settings.thresholds[0])
        scores, offsets = score[0, row, column], offset[0, :, row, column]
        top = bx.best(scores, self._settings.max_per_scale)
        corner = np.stack([column, row], axis=1)[top] * _STRIDE
        ends = np.hstack([corner + 1, corner + _WINDOW]).astype(np.float32)
        boxes = np.floor(ends / np.float32(scale))
        keep = bx.suppress(boxes, scores[top], _SCALE_OVERLAP)
        return boxes[keep], scores[top][keep], offsets[top][keep]

    def _refine(self, sums: IntegralImage, boxes: Boxes) -> Boxes:
        """R-Net: which proposals are faces, and where they end."""
        boxes = boxes[bx.inside(boxes, sums.width, sums.height)]
        if not len(boxes):
            return boxes
        score, offset = self._rnet(bx.cut(sums, boxes, 24))
        passed = score > self._settings.thresholds[1]
        boxes, score, offset = boxes[passed], score[passed], offset[passed]
        keep = bx.suppress(boxes, score, _OVERLAP)[: self._settings.max_placed]
        return bx.squared(bx.regress(boxes[keep], offset[keep]))

    def _place(
        self, sums: IntegralImage, boxes: Boxes, scale: float
    ) -> Iterator[DetectedFace | None]:
        """O-Net: the last word, and the landmarks."""
        boxes = boxes[bx.inside(boxes, sums.width, sums.height)]
        if not len(boxes):
            return
        score, offset, marks = self._onet(bx.cut(sums, boxes, 48))
        passed = score > self._settings.thresholds[2]
        boxes, score, offset, marks = boxes[passed], score[passed], offset[passed], marks[passed]
        points = _points(boxes, marks)
        boxes = bx.regress(boxes, offset)
        for face in bx.suppress_nested(boxes, score, _OVERLAP):
            yield detected_face(boxes[face] / scale, points[face] / scale, float(score[face]))


def reduced(image: RgbImage, max_side: int) -> tuple[RgbImage, float]:
    """Shrink a picture to ``max_side`` at most; answer its scale too."""
    height, width = image.shape[:2]
    scale = min(1.0, max_side / max(height, width))
    if scale == 1.0:
        return image, scale
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cast(RgbImage, cv2.resize(image, size, interpolation=cv2.INTER_AREA)), scale


def _pyramid(sums: IntegralImage, settings: DetectorSettings) -> Iterator[tuple[Tensor, float]]:
    """Yield levels in which the smallest, then ever larger faces fill P-Net's window."""
    scale = _WINDOW / settings.min_face_px
    side = min(sums.height, sums.width) * scale
    while side >= _WINDOW:
        yield sums.resized(int(sums.width * scale + 1), int(sums.height * scale + 1)), scale
        scale *= settings.factor
        side *= settings.factor


def _points(boxes: Boxes, marks: Tensor) -> Tensor:
    """Return landmarks (N, 10), fractions of their box → (N, 5, 2), pixels."""
    size = boxes[:, 2:] - boxes[:, :2] + 1
    fractions = marks.reshape(-1, 2, 5).transpose(0, 2, 1)
    return fractions * size[:, None, :] + boxes[:, None, :2] - 1


def detected_face(box: Boxes, points: Tensor, score: float) -> DetectedFace | None:
    """Make one of left, top, right, bottom (4,) and points (5, 2); none of an empty box."""
    left, top, right, bottom = box.tolist()
    if right - left < 1 or bottom - top < 1:
        return None
    return DetectedFace(
        box=Box(x=left, y=top, width=right - left, height=bottom - top),
        landmarks=Landmarks(
            **{
                name: Point(x=x, y=y)
                for name, (x, y) in zip(_POINT_NAMES, points.tolist(), strict=True)
            }
        ),
        score=min(max(score, 0.0), 1.0),
    )


_POINT_NAMES: Final = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
