"""The input tensors of all networks, and the protocol of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from facecore.vision.image import RgbImage

Tensor = NDArray[np.float32]
"""float32, batch axis first."""

MEAN: Final = 127.5
SCALE: Final = 1 / 128


class Network(Protocol):
    """A network with one input; several threads may call it at once."""

    def __call__(self, batch: Tensor, /) -> tuple[Tensor, ...]:
        """Run one batch, (N, 3, H, W) with N >= 1, and return the outputs in their order."""
        ...


def to_tensor(images: Sequence[RgbImage]) -> Tensor:
    """Stack pictures of one size and map each value v to (v - 127.5) / 128.

    facenet-pytorch 2.5.3 prepares pictures for MTCNN and FaceNet in this way.

    Args:
        images: at least one; RGB uint8 (H, W, 3), all of one size.

    Returns:
        float32 (N, 3, H, W), RGB, in [-0.997, 0.997].

    """
    return cast(Tensor, cv2.dnn.blobFromImages(list(images), SCALE, mean=(MEAN, MEAN, MEAN)))
