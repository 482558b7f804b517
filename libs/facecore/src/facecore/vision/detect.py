"""Find faces with MTCNN: three networks propose faces, refine them and find the landmarks.

Source: Zhang, Zhang, Li, Qiao, "Joint Face Detection and Alignment using Multi-task Cascaded
Convolutional Networks", IEEE Signal Processing Letters 23 (2016). Weights and the rounding of
boxes are those of facenet-pytorch 2.5.3, the reference.
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
from facecore.vision.tensors import IntegralImage, Network, Tensor

MIN_FACE_PX: Final = 40
"""Default size of the smallest face to find; the quality gate would refuse a smaller one."""

_WINDOW: Final = 12
"""Side of P-Net's window, in pixels."""
_STRIDE: Final = 2
_SCALE_OVERLAP: Final = 0.5
_OVERLAP: Final = 0.7


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """Settings of MTCNN's search.

    Attributes:
        min_face_px: smallest face to find. The time for proposals grows with its inverse square:
            in a 640 x 480 frame they take five times as long at 20 as at 40.
        max_side_px: a larger picture is scaled down to this side to limit the work; the smallest
            face grows accordingly. A full-HD frame is not scaled.
        factor: ratio between two levels of the pyramid.
        thresholds: least scores of P-, R- and O-Net. facenet-pytorch uses 0.7 for O-Net. At 0.85
            none of the 4,991 labelled faces of LFW's View 1 is lost, and an eighth of the other
            faces.
        max_per_scale: most proposals at each level, best first.
        max_refined: most candidates for R-Net.
        max_placed: most candidates for O-Net. These three limit the work for a hostile picture.

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
    """A face's box and landmarks, in pixels of the picture, and the detector's score, 0 to 1."""

    box: Box
    landmarks: Landmarks
    score: float


class Detector(Protocol):
    """Finds faces; several threads may call it at once."""

    def detect(self, image: RgbImage, /) -> list[DetectedFace]:
        """Find the faces of a picture of any size, largest first."""
        ...


class MtcnnDetector:
    """MTCNN as a ``Detector``. Thread-safe: it has no state between calls."""

    def __init__(
        self, pnet: Network, rnet: Network, onet: Network, settings: DetectorSettings
    ) -> None:
        """Compose the three networks; ``models.conversion.mtcnn`` describes their tensors."""
        self._pnet, self._rnet, self._onet = pnet, rnet, onet
        self._settings = settings

    def detect(self, image: RgbImage, /) -> list[DetectedFace]:
        """Find the faces of a picture of any size.

        Args:
            image: RGB uint8 (H, W, 3).

        Returns:
            The faces, largest first.

        """
        small, scale = reduced(image, self._settings.max_side_px)
        sums = IntegralImage(small)
        candidates = self._refine(sums, self._propose(sums))
        found = [face for face in self._place(sums, candidates, scale) if face is not None]
        return sorted(found, key=lambda face: -face.box.width * face.box.height)

    def _propose(self, sums: IntegralImage) -> Boxes:
        """Propose boxes with P-Net on every level of the pyramid."""
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
        """Select proposals and correct their boxes with R-Net."""
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
        """Make the final selection with O-Net, and find the landmarks."""
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
    """Shrink a picture to at most ``max_side``; return it with its scale."""
    height, width = image.shape[:2]
    scale = min(1.0, max_side / max(height, width))
    if scale == 1.0:
        return image, scale
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cast(RgbImage, cv2.resize(image, size, interpolation=cv2.INTER_AREA)), scale


def _pyramid(sums: IntegralImage, settings: DetectorSettings) -> Iterator[tuple[Tensor, float]]:
    """Yield the levels of the pyramid, largest first; the smallest face fills P-Net's window."""
    scale = _WINDOW / settings.min_face_px
    side = min(sums.height, sums.width) * scale
    while side >= _WINDOW:
        yield sums.resized(int(sums.width * scale + 1), int(sums.height * scale + 1)), scale
        scale *= settings.factor
        side *= settings.factor


def _points(boxes: Boxes, marks: Tensor) -> Tensor:
    """Convert landmarks (N, 10), fractions of their box, to pixels (N, 5, 2)."""
    size = boxes[:, 2:] - boxes[:, :2] + 1
    fractions = marks.reshape(-1, 2, 5).transpose(0, 2, 1)
    return fractions * size[:, None, :] + boxes[:, None, :2] - 1


def detected_face(box: Boxes, points: Tensor, score: float) -> DetectedFace | None:
    """Make a face of left, top, right, bottom (4,) and points (5, 2); None for an empty box."""
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
