"""The converted FaceNet against OpenCV's own reader of the same frozen graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from facecore import samples
from facecore.errors import ModelCorrupt
from facecore.models import catalogue, ensure_embedder
from facecore.models.conversion.facenet import build_facenet
from facecore.models.conversion.graphdef import read_graph
from facecore.vision.backends.onnx_runtime import ort

from .conftest import Kept

Floats = NDArray[np.float32]


def built() -> Path:
    return ensure_embedder(catalogue.FACENET_VGGFACE2.name).onnx


@pytest.fixture(scope="module")
def session() -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    return ort.InferenceSession(built(), options, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def frozen_graph(kept: Kept) -> Path:
    return kept(catalogue.FACENET_VGGFACE2.package, "face_lib/graph_final.pb")


@pytest.fixture(scope="module")
def opencv(frozen_graph: Path) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromTensorflow(str(frozen_graph))


def embed(session: ort.InferenceSession, images: Floats) -> Floats:
    (embedding,) = session.run(["embedding"], {"image": images})
    return np.asarray(embedding, np.float32)


def embed_by_opencv(net: cv2.dnn.Net, images: Floats) -> Floats:
    rows = []
    for image in images:
        net.setInput(image[None])
        rows.append(net.forward().copy())
    return np.concatenate(rows).astype(np.float32)


def picture(name: str, top: int, left: int, side: int) -> Floats:
    bgr = cv2.imread(str(samples.path(name)))
    assert bgr is not None
    crop = cv2.resize(bgr[top : top + side, left : left + side, ::-1], (160, 160))
    return (crop.transpose(2, 0, 1).astype(np.float32) - np.float32(127.5)) / np.float32(128)


def faces() -> Floats:
    return np.stack(
        [
            picture("obama", 90, 330, 300),
            picture("obama2", 180, 190, 380),
            picture("collins", 60, 160, 130),
            picture("hopper", 120, 160, 230),
        ]
    )


def noise() -> Floats:
    return np.random.default_rng(160).uniform(-1, 1, (4, 3, 160, 160)).astype(np.float32)


@pytest.mark.exhaustive
@pytest.mark.parametrize("images", [faces, noise])
def test_agrees_with_opencv(
    session: ort.InferenceSession, opencv: cv2.dnn.Net, images: Callable[[], Floats]
) -> None:
    given = images()
    difference = np.abs(embed(session, given) - embed_by_opencv(opencv, given)).max()
    assert difference <= 1e-5


def test_distinguishes_people(session: ort.InferenceSession) -> None:
    obama, obama2, collins, hopper = embed(session, faces())
    assert obama @ obama2 > 0.6
    assert max(obama @ collins, obama @ hopper, collins @ hopper) < 0.3


def test_gives_unit_vectors_and_the_same_in_any_batch(session: ort.InferenceSession) -> None:
    together = embed(session, faces())
    alone = np.concatenate([embed(session, face[None]) for face in faces()])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_is_small_because_everything_linear_is_folded() -> None:
    kinds = [node.op_type for node in onnx.load(built()).graph.node]
    assert kinds.count("Conv") == 132
    assert kinds.count("Gemm") == 1
    assert "BatchNormalization" not in kinds


@pytest.mark.exhaustive
def test_refuses_other_bytes(frozen_graph: Path) -> None:
    with pytest.raises(ModelCorrupt, match="can't be parsed"):
        read_graph(b"\xff" * 64)
    with pytest.raises(ModelCorrupt):
        read_graph(frozen_graph.read_bytes()[:1_000_000])


def test_refuses_a_graph_without_the_embedding() -> None:
    with pytest.raises(ModelCorrupt, match="lacks the node embeddings"):
        build_facenet(b"", input_size=160, dimension=512)
