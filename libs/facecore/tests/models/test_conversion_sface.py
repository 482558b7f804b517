"""SFace against OpenCV's own FaceRecognizerSF: the same crop, the same embedding."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from facecore.errors import ModelCorrupt
from facecore.models import catalogue, ensure_embedder
from facecore.models.conversion.sface import build_sface
from facecore.vision.analyzer import AnalyzedFace, FaceAnalyzer, load_analyzer
from facecore.vision.backends.onnx_runtime import OnnxNetwork
from facecore.vision.embed import FaceEmbedder
from facecore.vision.image import decode

from .conftest import Kept

NAMES = ("obama", "obama2", "obama3", "biden", "collins", "hopper", "obama-left-half")


@pytest.fixture(scope="module")
def sface() -> FaceAnalyzer:
    return load_analyzer("sface", threads=2)


@pytest.fixture(scope="module")
def plain() -> FaceEmbedder:
    """Return SFace without the mean embedding, which OpenCV does not have."""
    network = OnnxNetwork(ensure_embedder("sface").onnx, threads=2)
    return FaceEmbedder(network, catalogue.SFACE.id)


@pytest.fixture(scope="module")
def published(kept: Kept) -> Path:
    """Return OpenCV Zoo's file."""
    (path,) = catalogue.SFACE.package.files
    return kept(catalogue.SFACE.package, path)


@pytest.fixture(scope="module")
def opencv(published: Path) -> cv2.FaceRecognizerSF:
    return cv2.FaceRecognizerSF.create(str(published), "")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NAMES)
def test_crop_and_embedding_are_opencvs(
    sface: FaceAnalyzer,
    plain: FaceEmbedder,
    opencv: cv2.FaceRecognizerSF,
    photos: Mapping[str, bytes],
    name: str,
) -> None:
    image = decode(photos[name])
    (face,) = sface.analyze_image(image).faces
    bgr = np.ascontiguousarray(image[:, :, ::-1])
    crop = opencv.alignCrop(bgr, _row(face))
    # Both round to whole grey levels after a transform that differs by a float's last digit.
    assert np.abs(crop[:, :, ::-1].astype(int) - face.crop.astype(int)).max() <= 1
    theirs = opencv.feature(crop)[0]
    ours = plain.embed([face.crop])[0].vector
    assert float(ours @ (theirs / np.linalg.norm(theirs))) >= 0.9999


@pytest.mark.exhaustive
def test_other_bytes_are_refused(published: Path) -> None:
    with pytest.raises(ModelCorrupt, match="can't be parsed"):
        build_sface(b"\xff" * 64, input_size=112, dimension=128)
    built = build_sface(published.read_bytes(), input_size=112, dimension=128)
    onnx.checker.check_model(built)
    with pytest.raises(ModelCorrupt, match="does not start with the nodes"):
        build_sface(built.SerializeToString(), input_size=112, dimension=128)


def _row(face: AnalyzedFace) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return a face as a row of OpenCV's detector: box, five landmarks, score."""
    box, marks = face.box, face.landmarks
    points = (marks.left_eye, marks.right_eye, marks.nose, marks.mouth_left, marks.mouth_right)
    places = [value for mark in points for value in (mark.x, mark.y)]
    return np.array([[box.x, box.y, box.width, box.height, *places, face.score]], np.float32)
