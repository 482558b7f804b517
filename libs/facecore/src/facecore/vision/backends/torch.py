"""The original stack: facenet-pytorch's MTCNN and InceptionResnetV1, on the CPU or on CUDA.

facenet-pytorch's package holds MTCNN's weights. It would download those of InceptionResnetV1
without a check; here they come from the package that the catalogue pins.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import torch
from facenet_pytorch import MTCNN, InceptionResnetV1

from facecore.errors import BackendUnavailable
from facecore.models import catalogue, store
from facecore.vision.detect import DetectedFace, Detector, DetectorSettings, detected_face, reduced
from facecore.vision.image import RgbImage
from facecore.vision.tensors import Network, Tensor

_WINDOW: Final = 12
"""Side of P-Net's window, in pixels."""


def make_parts(
    settings: DetectorSettings, *, threads: int | None, device: str | None
) -> tuple[Detector, Network]:
    """Make the detector and FaceNet's network; see ``backends.make_parts``.

    ``threads`` applies to the whole process: torch has no other setting.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    chosen = _device(device)
    weights = store.ensure(catalogue.FACENET_STATE) / catalogue.FACENET_STATE.files[0]
    return TorchDetector(settings, chosen), TorchNetwork(load_facenet(weights), chosen)


def load_facenet(weights: Path) -> Any:
    """Load InceptionResnetV1 with the weights of ``conversion.facenet_state``."""
    network = InceptionResnetV1()
    with np.load(weights) as state:
        network.load_state_dict({name: torch.from_numpy(state[name]) for name in state.files})
    return network.eval()


class TorchNetwork:
    """A module with one input and one output as a ``Network``."""

    def __init__(self, module: Any, device: Any) -> None:
        """Wrap the module and move it to the device."""
        self._module = module.to(device)
        self._device = device

    def __call__(self, batch: Tensor, /) -> tuple[Tensor, ...]:
        """Run one batch; see ``Network``."""
        with torch.inference_mode():
            output = self._module(torch.from_numpy(batch).to(self._device))
        return (cast(Tensor, output.cpu().numpy()),)


class TorchDetector:
    """Facenet-pytorch's MTCNN as a ``Detector``. Thread-safe: it has no state between calls.

    Only a picture's size limits the work for it, because facenet-pytorch refines every proposal.
    """

    def __init__(self, settings: DetectorSettings, device: Any) -> None:
        """Make the three networks; the settings' limits of proposals have no effect."""
        self._settings = settings
        self._mtcnn = MTCNN(
            min_face_size=settings.min_face_px,
            thresholds=list(settings.thresholds),
            factor=settings.factor,
            keep_all=True,
            device=device,
        ).eval()

    def detect(self, image: RgbImage) -> list[DetectedFace]:
        """Find the faces of a picture of any size; see ``Detector``."""
        small, scale = reduced(image, self._settings.max_side_px)
        # For a picture smaller than the smallest face, facenet-pytorch has no pyramid and fails.
        if min(small.shape[:2]) * (_WINDOW / self._settings.min_face_px) < _WINDOW:
            return []
        boxes, scores, points = self._mtcnn.detect(small, landmarks=True)
        if boxes is None:
            return []
        found = [
            detected_face(box / scale, marks / scale, float(score))
            for box, marks, score in zip(
                boxes.astype(np.float32), points.astype(np.float32), scores, strict=True
            )
        ]
        faces = [face for face in found if face is not None]
        return sorted(faces, key=lambda face: -face.box.width * face.box.height)


def _device(wanted: str | None) -> Any:
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise BackendUnavailable(
            f"torch {torch.__version__} finds no CUDA device here; repair the driver, or use the "
            "device cpu"
        )
    return torch.device(wanted or ("cuda" if there else "cpu"))
