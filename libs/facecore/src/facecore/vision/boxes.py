"""Vectorised arithmetic on boxes.

A set of boxes is float32 (N, 4): left, top, right, bottom in pixels. Scores are float32 (N,).
The formulas, with their occasional extra pixel, are those of facenet-pytorch 2.5.3's
``detect_face``, so that the networks get the same input as in training.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from facecore.vision.tensors import IntegralImage, Tensor

Boxes = NDArray[np.float32]
Scores = NDArray[np.float32]
Indices = NDArray[np.intp]


def best(scores: Scores, count: int) -> Indices:
    """Return the indices of the ``count`` highest scores, highest first, ties by position."""
    return np.argsort(-scores, kind="stable")[:count]


def suppress(boxes: Boxes, scores: Scores, overlap: float) -> Indices:
    """Apply greedy non-maximum suppression by intersection over union.

    Returns:
        Indices of the boxes that stay, best first.

    """
    if not len(boxes):
        return np.empty(0, np.intp)
    rectangles = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]).astype(np.float64)
    kept = cv2.dnn.NMSBoxes(rectangles.tolist(), scores.tolist(), 0.0, overlap)
    return np.asarray(kept, np.intp).reshape(-1)


def suppress_nested(boxes: Boxes, scores: Scores, overlap: float) -> Indices:
    """Apply greedy suppression by intersection over the smaller box: it removes nested boxes too.

    Returns:
        Indices of the boxes that stay, best first.

    """
    order = best(scores, len(scores))
    too_close = _overlap_of_smaller(boxes[order]) > overlap
    gone = np.zeros(len(order), bool)
    for rank in range(len(order)):
        if not gone[rank]:
            gone[rank + 1 :] |= too_close[rank, rank + 1 :]
    return order[~gone]


def _overlap_of_smaller(boxes: Boxes) -> NDArray[np.float32]:
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod(np.maximum(high - low + 1, 0), axis=2)
    area = np.prod(boxes[:, 2:] - boxes[:, :2] + 1, axis=1)
    return cast(NDArray[np.float32], shared / np.minimum(area[:, None], area[None, :]))


def regress(boxes: Boxes, offsets: Boxes, extra: float = 1.0) -> Boxes:
    """Move each side by its offset, a fraction of the box's size plus ``extra`` pixels."""
    size = boxes[:, 2:] - boxes[:, :2] + np.float32(extra)
    return boxes + offsets * np.hstack([size, size])


def squared(boxes: Boxes) -> Boxes:
    """Grow the shorter side about the centre until the box is square."""
    size = boxes[:, 2:] - boxes[:, :2]
    side = size.max(axis=1, keepdims=True)
    half = np.float32(0.5)
    low = boxes[:, :2] + size * half - side * half
    return np.hstack([low, low + side])


def inside(boxes: Boxes, width: int, height: int) -> NDArray[np.bool_]:
    """Return which boxes have at least one pixel inside a picture of this size, (N,)."""
    edges = _pixels(boxes)
    low, high = np.maximum(edges[:, :2], 0), np.minimum(edges[:, 2:], [width, height])
    return cast(NDArray[np.bool_], (high > low).all(axis=1))


def cut(sums: IntegralImage, boxes: Boxes, side: int) -> Tensor:
    """Cut boxes out, grey past the picture's edge, and scale each to (side, side).

    facenet-pytorch stretches the inner part over the whole square instead, but takes offsets and
    landmarks as fractions of the whole box. They are wrong there for a face that the edge cuts.

    Returns:
        (N, 3, side, side), in the format of ``tensors.to_tensor``.

    """
    return sums.cut(_pixels(boxes), side)


def _pixels(boxes: Boxes) -> NDArray[np.int64]:
    """Return the pixel ranges of boxes, (N, 4); MTCNN counts pixels from 1."""
    whole = np.trunc(boxes).astype(np.int64)
    return np.hstack([whole[:, :2] - 1, whole[:, 2:]])
