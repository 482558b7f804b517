"""How a model's aligned face is made. Each embedder of the catalogue has one of these.

This is plain data, apart from ``align``, which applies it: programs that load no vision library
read the catalogue too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class BoxCrop:
    """The detector's box with a margin, stretched to a square.

    Attributes:
        size: side of the crop, in pixels.
        margin: pixels of the crop, both sides together, outside the detector's box.

    """

    size: int
    margin: int


@dataclass(frozen=True, slots=True)
class LandmarkCrop:
    """The picture rotated, scaled and moved until the landmarks are nearest to their positions.

    Attributes:
        size: side of the crop, in pixels.
        places: positions of left eye, right eye, nose and the mouth's corners, in pixels of the
            crop.

    """

    size: int
    places: tuple[tuple[float, float], ...]


Preprocessing = BoxCrop | LandmarkCrop

FACENET: Final = BoxCrop(size=160, margin=40)
"""The box stretched to a square, a third wider and higher than the detector's.

This is close to davidsandberg/facenet's margin of 32 pixels for validation on 250-pixel pictures.
``docs/accuracy.md`` compares alternatives.
"""

SFACE: Final = LandmarkCrop(
    size=112,
    places=(
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        (41.5493, 92.3655),
        (70.7299, 92.2041),
    ),
)
"""As in OpenCV's ``FaceRecognizerSF::alignCrop``; the positions are ArcFace's."""
