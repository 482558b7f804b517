"""Pictures → the tensor that every network of this project takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import cv2

from facecore.vision.backends.base import Tensor
from facecore.vision.image import RgbImage

MEAN: Final = 127.5
SCALE: Final = 1 / 128


def to_tensor(images: Sequence[RgbImage]) -> Tensor:
    """Stack pictures of one size, each value v as (v - 127.5) / 128.

    That is how facenet-pytorch 2.5.3 prepares pictures for MTCNN and for FaceNet alike.

    Args:
        images: at least one; RGB uint8 (H, W, 3), all of one size.

    Returns:
        float32 (N, 3, H, W), RGB, in [-0.997, 0.997].

    """
    return cast(Tensor, cv2.dnn.blobFromImages(list(images), SCALE, mean=(MEAN, MEAN, MEAN)))
