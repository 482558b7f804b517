"""Cut a face out of a picture as the aligned face that the embedding model takes.

Device and recognizer both use this, so that a frame gives the same embedding on both (design
invariant 5).
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from facecore.contract import Box, Landmarks
from facecore.models.preprocessing import BoxCrop, LandmarkCrop, Preprocessing
from facecore.vision.image import RgbImage

Points = NDArray[np.float64]
"""float64 (N, 2): x and y in pixels."""


def align(
    image: RgbImage, box: Box, landmarks: Landmarks, preprocessing: Preprocessing
) -> RgbImage:
    """Cut a face out and scale it to the model's input.

    Pixels past the picture's edge are black. A face that the edge cuts then keeps its proportions,
    and is recognised better than if its visible part were stretched over the crop.

    Args:
        image: RGB uint8 (H, W, 3).
        box: the detector's box, in pixels of the image; it may extend past the edge.
        landmarks: the detector's landmarks, in pixels of the image.
        preprocessing: the model's, from the catalogue.

    Returns:
        RGB uint8 (size, size, 3), contiguous.

    """
    match preprocessing:
        case BoxCrop():
            return _box_crop(image, box, preprocessing)
        case LandmarkCrop():
            return _landmark_crop(image, landmarks, preprocessing)


def _box_crop(image: RgbImage, box: Box, how: BoxCrop) -> RgbImage:
    face = _window(image, *_with_margin(box, how))
    # Averaging areas avoids aliasing in a large face, but would turn a small one into blocks.
    sampling = cv2.INTER_CUBIC if min(face.shape[:2]) < how.size else cv2.INTER_AREA
    return cast(RgbImage, cv2.resize(face, (how.size, how.size), interpolation=sampling))


def _with_margin(box: Box, how: BoxCrop) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom in whole pixels, at least one pixel wide and high."""
    grow = how.margin / (how.size - how.margin) / 2
    left, top = round(box.x - grow * box.width), round(box.y - grow * box.height)
    right = round(box.x + (1 + grow) * box.width)
    bottom = round(box.y + (1 + grow) * box.height)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _window(image: RgbImage, left: int, top: int, right: int, bottom: int) -> RgbImage:
    """Return the pixels from left, top to before right, bottom; black past the edge."""
    height, width = image.shape[:2]
    inside = image[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if left >= 0 and top >= 0 and right <= width and bottom <= height:
        return inside
    whole = np.zeros((bottom - top, right - left, 3), np.uint8)
    row, column = max(-top, 0), max(-left, 0)
    whole[row : row + inside.shape[0], column : column + inside.shape[1]] = inside
    return whole


def _landmark_crop(image: RgbImage, landmarks: Landmarks, how: LandmarkCrop) -> RgbImage:
    marks = (
        landmarks.left_eye,
        landmarks.right_eye,
        landmarks.nose,
        landmarks.mouth_left,
        landmarks.mouth_right,
    )
    points = np.array([(mark.x, mark.y) for mark in marks])
    matrix = _similarity(points, np.array(how.places))
    size = (how.size, how.size)
    return cast(RgbImage, cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR))


def _similarity(source: Points, target: Points) -> Points:
    """Return the similarity transform (2, 3) that maps points nearest to their targets.

    Source: Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", IEEE TPAMI 13 (1991). Points that all coincide are only moved.
    """
    from_mean, to_mean = source.mean(axis=0), target.mean(axis=0)
    centred, wanted = source - from_mean, target - to_mean
    u, spread, v = np.linalg.svd(wanted.T @ centred)
    signs = np.array([1.0, np.sign(np.linalg.det(u @ v)) or 1.0])
    size = float((centred**2).sum())
    scale = float(spread @ signs) / size if size > 0 else 1.0
    turn = scale * (u * signs) @ v
    return np.hstack([turn, (to_mean - turn @ from_mean)[:, None]])
