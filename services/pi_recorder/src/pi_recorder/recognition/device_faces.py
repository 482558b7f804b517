"""Find faces on the device, with the recognizer's own detector, preprocessing and quality gate.

Importing this module loads OpenCV and ONNX Runtime, which facecore's vision extra installs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import av

from facecore import models
from facecore.models.catalogue import DEFAULT_EMBEDDER, embedder
from facecore.vision.align import align
from facecore.vision.backends.onnx_runtime import OnnxNetwork
from facecore.vision.detect import DetectedFace, DetectorSettings, MtcnnDetector
from facecore.vision.image import RgbImage
from facecore.vision.quality import RECOGNITION_GATE
from pi_recorder.capture.scaling import rgb
from pi_recorder.recognition.face import Face

_MOST_FACES: Final = 32
"""The most crops in a request."""
_LONGEST_PX: Final = 1280
"""A larger picture is scaled down to this size, so that a small machine keeps up."""


class DeviceFaces:
    """facecore's detector on one thread, which leaves the other cores to the recording.

    Args:
        min_face_px: smallest face to find, in pixels.
        model: name of the recognizer's model, for which faces are cut out.

    Raises:
        ModelError: the model is unknown, or the detector's weights are not in the cache and can't
            be fetched.
    """

    def __init__(self, *, min_face_px: int, model: str = DEFAULT_EMBEDDER) -> None:
        self._model = embedder(model)
        files = models.ensure_detector()
        pnet, rnet, onet = (
            OnnxNetwork(path, threads=1) for path in (files.pnet, files.rnet, files.onet)
        )
        settings = DetectorSettings(min_face_px=min_face_px, max_side_px=_LONGEST_PX)
        self._detector = MtcnnDetector(pnet, rnet, onet, settings)

    def find(self, picture: av.VideoFrame) -> Sequence[Face]:
        """See ``FaceFinder``; each face has its crop."""
        image = rgb(picture)
        return [self._face(image, found) for found in self._detector.detect(image)[:_MOST_FACES]]

    def _face(self, image: RgbImage, found: DetectedFace) -> Face:
        crop = align(image, found.box, found.landmarks, self._model.preprocessing)
        quality = RECOGNITION_GATE.judge(crop, found.box, found.landmarks)
        return Face(found.box, found.landmarks, found.score, quality, crop, self._model.id)
