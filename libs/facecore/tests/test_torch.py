"""The two backends agree on boxes, embeddings and decisions.

Needs the extra torch: `make test-torch`. The reference is facenet-pytorch itself, which the backend
torch calls; it shares no code with our detector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pytest

from facecore.contract import Box
from facecore.errors import BackendUnavailable
from facecore.models import Backend
from facecore.vision.analyzer import Analysis, AnalyzedFace, FaceAnalyzer, load_analyzer
from facecore.vision.decision import Match
from facecore.vision.detect import DetectorSettings
from facecore.vision.gallery import Embedding, Gallery
from facecore.vision.image import RgbImage, decode
from libs.facecore.benchmarks import frames

pytest.importorskip("facenet_pytorch", reason="no torch here; `make test-torch` runs this")

from facecore.vision.backends.torch import TorchDetector

MODEL = "facenet-vggface2"
CUT_BY_THE_EDGE = frozenset({"obama-left-half", "obama-right-half"})
"""There facenet-pytorch stretches the rest of a face, so its landmarks are wrong;
`boxes.cut` does not. Everything else must agree there too."""


@pytest.fixture(scope="module")
def onnx() -> FaceAnalyzer:
    return load_analyzer(MODEL, threads=1)


@pytest.fixture(scope="module")
def torch() -> FaceAnalyzer:
    return load_analyzer(MODEL, threads=1, backend=Backend.TORCH, device="cpu")


@pytest.fixture(scope="module")
def pictures(photos: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return every sample, and the frames with one, two, eight and sixteen people."""
    made = {
        "everyday": frames.everyday(),
        "eight": frames.crowded(8),
        "sixteen": frames.crowded(16, 1920, 1080, count=2),
    }
    named = {f"{kind} {f.name}": f.jpeg for kind, all_of in made.items() for f in all_of}
    return {**photos, **named}


@pytest.fixture(scope="module")
def both(
    onnx: FaceAnalyzer, torch: FaceAnalyzer, pictures: Mapping[str, bytes]
) -> Mapping[str, tuple[Analysis, Analysis]]:
    return {name: (onnx.analyze(data), torch.analyze(data)) for name, data in pictures.items()}


def test_every_face_is_found_by_both_at_the_same_place(
    both: Mapping[str, tuple[Analysis, Analysis]],
) -> None:
    apart = {}
    for name, (ours, theirs) in both.items():
        assert len(ours.faces) == len(theirs.faces) > 0, name
        overlaps = [max(_overlap(a.box, b.box) for b in ours.faces) for a in theirs.faces]
        if min(overlaps) < 0.95 and name not in CUT_BY_THE_EDGE:
            apart[name] = min(overlaps)
    assert not apart


def test_landmarks_and_scores_agree(both: Mapping[str, tuple[Analysis, Analysis]]) -> None:
    for name, (ours, theirs) in both.items():
        for one, other in () if name in CUT_BY_THE_EDGE else _pairs(ours, theirs):
            np.testing.assert_allclose(
                _points(one), _points(other), atol=0.02 * one.box.width, err_msg=name
            )
            assert one.score == pytest.approx(other.score, abs=1e-3), name


def test_the_same_crop_gives_the_same_embedding(
    onnx: FaceAnalyzer, torch: FaceAnalyzer, both: Mapping[str, tuple[Analysis, Analysis]]
) -> None:
    crops = [face.crop for ours, _ in both.values() for face in ours.faces]
    crops += [np.full((160, 160, 3), value, np.uint8) for value in (0, 255)]
    crops.append(np.random.default_rng(0).integers(0, 256, (160, 160, 3), np.uint8))
    cosines = [
        float(one.vector @ other.vector)
        for one, other in zip(onnx.embed(crops), torch.embed(crops), strict=True)
    ]
    assert min(cosines) >= 0.9999


def test_the_embeddings_carry_the_same_id_and_need_not_be_made_again(
    onnx: FaceAnalyzer, torch: FaceAnalyzer
) -> None:
    assert onnx.model_id == torch.model_id
    assert onnx.thresholds == torch.thresholds


def test_both_backends_decide_the_same_of_every_face(
    onnx: FaceAnalyzer, both: Mapping[str, tuple[Analysis, Analysis]]
) -> None:
    """Both are compared with one gallery, which ONNX Runtime enrolled."""
    gallery = Gallery(onnx.model_id, onnx.dimension, onnx.thresholds)
    for label, file in frames.enrolment().items():
        gallery.add(label, label, _embeddings(onnx.analyze(file.read_bytes()))[0])
    said: set[str | None] = set()
    for name, (ours, theirs) in both.items():
        here, there = (gallery.match(_embeddings(analysis)) for analysis in (ours, theirs))
        assert [_decided(match) for match in here] == [_decided(match) for match in there], name
        said |= {match.label for match in here}
    assert said == {*frames.ENROLLED, None}


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (39, 40), (40, 40), (41, 3000), (480, 640)])
def test_a_plain_picture_of_any_shape_has_no_face(
    torch: FaceAnalyzer, shape: tuple[int, int]
) -> None:
    assert torch.analyze_image(np.full((*shape, 3), 128, np.uint8)).faces == ()


def test_a_large_picture_is_searched_smaller_and_answered_in_its_own_pixels(
    photos: Mapping[str, bytes],
) -> None:
    image = decode(photos["hopper"])
    (whole,) = TorchDetector(DetectorSettings(), "cpu").detect(image)
    (small,) = TorchDetector(DetectorSettings(max_side_px=400), "cpu").detect(image)
    assert _overlap(whole.box, small.box) > 0.85


def test_faces_at_every_edge_are_found_or_not_but_nothing_breaks(
    onnx: FaceAnalyzer, torch: FaceAnalyzer, group: RgbImage
) -> None:
    for left, right in pairwise(range(0, 1601, 100)):
        part = np.ascontiguousarray(group[:, left : right + 300])
        ours, theirs = onnx.analyze_image(part), torch.analyze_image(part)
        assert len(ours.faces) == len(theirs.faces)


def test_another_model_is_refused() -> None:
    with pytest.raises(BackendUnavailable, match="facenet-vggface2 alone, not sface"):
        load_analyzer("sface", backend=Backend.TORCH)


def _pairs(ours: Analysis, theirs: Analysis) -> Sequence[tuple[AnalyzedFace, AnalyzedFace]]:
    return [
        (max(ours.faces, key=lambda face: _overlap(face.box, other.box)), other)
        for other in theirs.faces
    ]


def _points(face: AnalyzedFace) -> list[tuple[float, float]]:
    marks = face.landmarks
    named = (marks.left_eye, marks.right_eye, marks.nose, marks.mouth_left, marks.mouth_right)
    return [(mark.x, mark.y) for mark in named]


def _embeddings(analysis: Analysis) -> list[Embedding]:
    """Return the faces in reading order, so that two analyses can be compared."""
    faces = sorted(analysis.faces, key=lambda face: (round(face.box.y / 20), face.box.x))
    return [face.embedding for face in faces if face.embedding is not None]


def _decided(match: Match) -> tuple[str, str | None, str | None]:
    return match.decision, match.label, match.nearest


def _overlap(one: Box, other: Box) -> float:
    """Return the intersection over union."""
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(wide, 0.0) * max(high, 0.0)
    return shared / (one.width * one.height + other.width * other.height - shared)
