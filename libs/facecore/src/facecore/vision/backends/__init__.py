"""Make an analyzer's detector and embedder's network on the chosen backend.

The backends are ONNX Runtime, and torch, which is the reference and supports CUDA.
"""

from __future__ import annotations

from facecore import models
from facecore.errors import BackendUnavailable
from facecore.models import Backend, Embedder, catalogue
from facecore.vision.backends.onnx_runtime import OnnxNetwork
from facecore.vision.detect import Detector, DetectorSettings, MtcnnDetector
from facecore.vision.tensors import Network


def make_parts(
    backend: Backend,
    model: Embedder,
    settings: DetectorSettings,
    *,
    threads: int | None,
    device: str | None,
) -> tuple[Detector, Network]:
    """Make the detector and the embedder's network; fetch models that are missing.

    Args:
        backend: what computes the networks.
        model: the embedder.
        settings: the detector's settings.
        threads: threads that share one call; None leaves it to the backend.
        device: torch's device, ``cpu`` or ``cuda``; None takes CUDA if it is available.

    Raises:
        BackendUnavailable: the backend is not installed, lacks the device, or can't compute the
            model.
        ModelError: a model can't be fetched or is damaged.

    """
    catalogue.needed(model, backend)
    if backend is Backend.TORCH:
        return _torch_parts(settings, threads, device)
    mtcnn = models.ensure_detector()
    embedder = models.ensure_embedder(model.name)
    pnet, rnet, onet, network = (
        OnnxNetwork(path, threads=threads)
        for path in (mtcnn.pnet, mtcnn.rnet, mtcnn.onet, embedder.onnx)
    )
    return MtcnnDetector(pnet, rnet, onet, settings), network


def _torch_parts(
    settings: DetectorSettings, threads: int | None, device: str | None
) -> tuple[Detector, Network]:
    try:
        from facecore.vision.backends import torch  # noqa: PLC0415 - it is an extra, and takes seconds
    except ImportError as error:
        raise BackendUnavailable(
            f"the backend torch is not installed here ({error}); install facecore[torch] "
            "(`poetry install --extras torch`), or use the backend onnx"
        ) from error
    return torch.make_parts(settings, threads=threads, device=device)
