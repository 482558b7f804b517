"""How a model wants a face cut out of a picture. Each model of the catalogue has one of these.

Plain data, apart from ``align``, which carries it out: the catalogue is read by programs that load
no vision library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class BoxCrop:
    """The detector's box with a margin, stretched to a square.

    Attributes:
        size: side of the crop, in pixels.
        margin: pixels of the crop, both sides together, that lie outside of the detector's box.

    """

    size: int
    margin: int


@dataclass(frozen=True, slots=True)
class LandmarkCrop:
    """The picture turned, scaled and moved until the landmarks lie nearest to their places.

    Attributes:
        size: side of the crop, in pixels.
        places: where left eye, right eye, nose and the mouth's corners belong, in pixels of the
            crop.

    """

    size: int
    places: tuple[tuple[float, float], ...]


Preprocessing = BoxCrop | LandmarkCrop

FACENET: Final = BoxCrop(size=160, margin=40)
"""The box stretched to a square, a third wider and higher than the detector's.

That is near to the 32 pixels of a 250-pixel picture with which davidsandberg/facenet validates.
``docs/accuracy.md`` says what else was tried.
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
"""As OpenCV's ``FaceRecognizerSF::alignCrop`` does; the places are ArcFace's."""
