"""The three networks against a plain NumPy reading of the same checkpoints, and on real faces."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import cv2
import numpy as np
import onnx
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from facecore import samples
from facecore.models import MtcnnFiles, ensure_detector, ensure_embedder
from facecore.models.conversion.checkpoint import read_checkpoint
from facecore.vision.backends.onnx_runtime import ort

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]
TOP, LEFT, SIDE = 110, 340, 280  # the face of "obama", by eye


@pytest.fixture(scope="module")
def files() -> MtcnnFiles:
    return ensure_detector()


@pytest.fixture(scope="module")
def photo() -> Floats:
    bgr = cv2.imread(str(samples.path("obama")))
    assert bgr is not None
    return (bgr[..., ::-1].astype(np.float32) - np.float32(127.5)) / np.float32(128)


@pytest.fixture(scope="module")
def weights(mtcnn_wheel: bytes) -> dict[str, Weights]:
    with zipfile.ZipFile(io.BytesIO(mtcnn_wheel)) as wheel:
        return {
            name: read_checkpoint(wheel.read(f"facenet_pytorch/data/{name}.pt"))
            for name in ("pnet", "rnet", "onet")
        }


def run(files: MtcnnFiles, name: str, images: Floats) -> dict[str, Floats]:
    session = ort.InferenceSession(getattr(files, name), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    values = session.run(names, {"image": images})
    return {key: np.asarray(value, np.float32) for key, value in zip(names, values, strict=True)}


def crop(photo: Floats, top: int, left: int, side: int, size: int) -> Floats:
    square = photo[top : top + side, left : left + side]
    return shrink(square, size, size).transpose(2, 0, 1)


def shrink(image: Floats, height: int, width: int) -> Floats:
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def conv(x: Floats, w: Weights, number: str) -> Floats:
    weight, bias = w[f"conv{number}.weight"], w[f"conv{number}.bias"]
    windows = sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    summed: Floats = np.einsum("nchwij,ocij->nohw", windows, weight)
    return summed + bias[:, None, None]


def prelu(x: Floats, w: Weights, number: str) -> Floats:
    slope = w[f"prelu{number}.weight"].reshape(-1, *[1] * (x.ndim - 2))
    return np.where(x > 0, x, x * slope)


def pool(x: Floats, size: int) -> Floats:
    """Pool with stride 2; the last window may reach past the edge."""
    over = [(side - size) % 2 for side in x.shape[2:]]
    padded = np.pad(x, ((0, 0), (0, 0), (0, over[0]), (0, over[1])), constant_values=-np.inf)
    windows = sliding_window_view(padded, (size, size), axis=(2, 3))[:, :, ::2, ::2]
    return np.asarray(windows.max(axis=(4, 5)), np.float32)


def dense(x: Floats, w: Weights, name: str) -> Floats:
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def face(logits: Floats) -> Floats:
    """Return the second value of a softmax over axis 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers[:, 1] / powers.sum(axis=1), np.float32)


def by_numpy(name: str, w: Weights, x: Floats) -> dict[str, Floats]:
    """Run the forward pass of paper and checkpoints, with softmax and transposition."""
    x = pool(prelu(conv(x, w, "1"), w, "1"), 2 if name == "pnet" else 3)
    x = prelu(conv(x, w, "2"), w, "2")
    if name == "pnet":
        x = prelu(conv(x, w, "3"), w, "3")
        return {"score": face(conv(x, w, "4_1")), "offsets": conv(x, w, "4_2")}
    x = prelu(conv(pool(x, 3), w, "3"), w, "3")
    if name == "rnet":
        x = prelu(dense(x.transpose(0, 3, 2, 1).reshape(len(x), -1), w, "dense4"), w, "4")
        return {"score": face(dense(x, w, "dense5_1")), "offsets": dense(x, w, "dense5_2")}
    x = prelu(conv(pool(x, 2), w, "4"), w, "4")
    x = prelu(dense(x.transpose(0, 3, 2, 1).reshape(len(x), -1), w, "dense5"), w, "5")
    return {
        "score": face(dense(x, w, "dense6_1")),
        "offsets": dense(x, w, "dense6_2"),
        "landmarks": dense(x, w, "dense6_3"),
    }


@pytest.mark.parametrize(
    ("name", "size"),
    [("pnet", (61, 84)), ("pnet", (12, 13)), ("rnet", (24, 24)), ("onet", (48, 48))],
)
@pytest.mark.parametrize("batch", [1, 3])
def test_agrees_with_numpy(
    *,
    files: MtcnnFiles,
    weights: dict[str, Weights],
    photo: Floats,
    name: str,
    size: tuple[int, int],
    batch: int,
) -> None:
    starts = np.random.default_rng(12).integers(0, 100, (batch, 2))
    parts = [
        photo[top : top + 4 * size[0] : 4, left : left + 4 * size[1] : 4] for top, left in starts
    ]
    images = np.ascontiguousarray(np.stack(parts).transpose(0, 3, 1, 2))
    got, expected = run(files, name, images), by_numpy(name, weights[name], images)
    assert got.keys() == expected.keys()
    for output, values in expected.items():
        np.testing.assert_allclose(got[output], values, atol=1e-5, err_msg=output)


def test_knows_a_face_from_a_curtain(files: MtcnnFiles, photo: Floats) -> None:
    for name, size in (("rnet", 24), ("onet", 48)):
        images = np.stack([crop(photo, TOP, LEFT, SIDE, size), crop(photo, 20, 20, SIDE, size)])
        score = run(files, name, images)["score"]
        assert score[0] > 0.9, name
        assert score[1] < 0.1, name


def test_finds_the_eyes_above_the_mouth(files: MtcnnFiles, photo: Floats) -> None:
    output = run(files, "onet", crop(photo, TOP, LEFT, SIDE, 48)[None])["landmarks"]
    (left_eye, right_eye, nose, mouth_left, mouth_right) = output.reshape(2, 5).T
    assert left_eye[0] < nose[0] < right_eye[0]
    assert mouth_left[0] < mouth_right[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(mouth_left[1], mouth_right[1])


def test_pnet_sees_the_face_where_it_is(files: MtcnnFiles, photo: Floats) -> None:
    scale = 12 / SIDE  # so that the face fills one window of 12 pixels
    height, width = (round(side * scale) for side in photo.shape[:2])
    small = shrink(photo, height, width)
    score = run(files, "pnet", small.transpose(2, 0, 1)[None])["score"][0]
    row, column = np.unravel_index(score.argmax(), score.shape)
    assert score.max() > 0.9
    assert abs(2 * row / scale - TOP) < SIDE / 3
    assert abs(2 * column / scale - LEFT) < SIDE / 3


def test_passes_the_full_check(files: MtcnnFiles) -> None:
    for path in (files.pnet, files.rnet, files.onet):
        onnx.checker.check_model(path, full_check=True)


def test_no_slow_prelu_is_left(files: MtcnnFiles) -> None:
    for path in (files.pnet, files.rnet, files.onet, ensure_embedder("sface").onnx):
        assert "PRelu" not in {node.op_type for node in onnx.load(path).graph.node}
