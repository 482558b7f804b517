"""Detection finds the faces, and no picture breaks or stalls it."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import pytest

from facecore import models
from facecore.contract import Box
from facecore.vision.analyzer import Analysis
from facecore.vision.backends.onnx_runtime import OnnxNetwork
from facecore.vision.boxes import Boxes, suppress, suppress_nested
from facecore.vision.detect import DetectedFace, DetectorSettings, MtcnnDetector
from facecore.vision.image import RgbImage, decode
from facecore.vision.tensors import Tensor


@pytest.fixture(scope="session")
def networks() -> tuple[OnnxNetwork, OnnxNetwork, OnnxNetwork]:
    files = models.ensure_detector()
    pnet, rnet, onet = (
        OnnxNetwork(path, threads=2) for path in (files.pnet, files.rnet, files.onet)
    )
    return pnet, rnet, onet


@pytest.fixture(scope="session")
def detector(networks: tuple[OnnxNetwork, OnnxNetwork, OnnxNetwork]) -> MtcnnDetector:
    return MtcnnDetector(*networks, DetectorSettings())


def test_every_sample_has_one_face(analyses: Mapping[str, Analysis]) -> None:
    assert {name: len(analysis.faces) for name, analysis in analyses.items()} == dict.fromkeys(
        analyses, 1
    )


@pytest.mark.parametrize("name", ["obama", "biden", "collins", "hopper"])
def test_landmarks_stand_in_the_box_in_their_order(
    analyses: Mapping[str, Analysis], name: str
) -> None:
    (face,) = analyses[name].faces
    marks, box = face.landmarks, face.box
    assert face.score > 0.99
    assert box.x < marks.left_eye.x < marks.nose.x < marks.right_eye.x < box.x + box.width
    assert marks.mouth_left.x < marks.mouth_right.x
    assert box.y < marks.left_eye.y < marks.nose.y < marks.mouth_left.y < box.y + box.height


def test_a_group_is_found_largest_first(detector: MtcnnDetector, group: RgbImage) -> None:
    faces = detector.detect(group)
    assert sorted(int(face.box.x // 400) for face in faces) == [0, 1, 2, 3]
    areas = [face.box.width * face.box.height for face in faces]
    assert areas == sorted(areas, reverse=True)


def test_a_face_moves_with_its_picture(detector: MtcnnDetector, group: RgbImage) -> None:
    portrait = group[:, :400]
    moved = np.pad(portrait, ((60, 0), (90, 0), (0, 0)))
    (here,), (there,) = detector.detect(portrait), detector.detect(moved)
    assert there.box.x - here.box.x == pytest.approx(90, abs=8)
    assert there.box.y - here.box.y == pytest.approx(60, abs=8)


@pytest.mark.parametrize("edge", range(4))
def test_a_face_that_the_edge_cuts_keeps_its_landmarks(
    detector: MtcnnDetector, group: RgbImage, edge: int
) -> None:
    """A sixth of the face is cut off, at each edge in turn."""
    portrait = group[:, 800:1200]
    (face,) = detector.detect(portrait)
    box = face.box
    left, top = round(box.x + box.width / 6), round(box.y + box.height / 6)
    right, bottom = round(box.x + box.width * 5 / 6), round(box.y + box.height * 5 / 6)
    cuts = ((left, 0, 400, 400), (0, top, 400, 400), (0, 0, right, 400), (0, 0, 400, bottom))
    x, y, x_end, y_end = cuts[edge]
    (cut,) = detector.detect(np.ascontiguousarray(portrait[y:y_end, x:x_end]))
    there = _points(cut) + np.array([x, y])
    assert np.abs(there - _points(face)).max() < box.width / 12


def test_a_large_picture_is_searched_smaller_and_answered_in_its_own_pixels(
    detector: MtcnnDetector, photos: Mapping[str, bytes]
) -> None:
    image = decode(photos["hopper"])
    large = np.asarray(cv2.resize(image, None, fx=7, fy=7), np.uint8)
    small_face, large_face = detector.detect(image)[0], detector.detect(large)[0]
    assert _overlap(large_face.box, _scaled(small_face.box, 7)) > 0.85


def test_a_face_below_the_smallest_is_not_searched_for(
    networks: tuple[OnnxNetwork, OnnxNetwork, OnnxNetwork], group: RgbImage
) -> None:
    assert MtcnnDetector(*networks, DetectorSettings(min_face_px=390)).detect(group) == []


def test_a_smallest_face_below_the_window_is_refused() -> None:
    with pytest.raises(ValueError, match="must be at least 12"):
        DetectorSettings(min_face_px=11)


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 5000), (5000, 1), (12, 12), (39, 40), (40, 40), (41, 3000), (480, 640)]
)
@pytest.mark.parametrize("value", [0, 128, 255])
def test_no_face_in_a_plain_picture_of_any_shape(
    detector: MtcnnDetector, shape: tuple[int, int], value: int
) -> None:
    assert detector.detect(np.full((*shape, 3), value, np.uint8)) == []


def test_no_face_in_noise(detector: MtcnnDetector) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    assert detector.detect(noise) == []


def test_a_wall_of_faces_reaches_the_later_networks_in_bounded_numbers(
    networks: tuple[OnnxNetwork, OnnxNetwork, OnnxNetwork], group: RgbImage
) -> None:
    seen: dict[str, int] = {}

    def counted(name: str, network: OnnxNetwork, batch: Tensor) -> tuple[Tensor, ...]:
        seen[name] = len(batch)
        return network(batch)

    pnet, rnet, onet = networks
    settings = DetectorSettings(max_refined=40, max_placed=8)
    detector = MtcnnDetector(
        pnet,
        lambda batch: counted("rnet", rnet, batch),
        lambda batch: counted("onet", onet, batch),
        settings,
    )
    faces = detector.detect(np.tile(group, (2, 1, 1)))
    assert seen == {"rnet": 40, "onet": 8}
    assert 0 < len(faces) <= 8


def test_the_same_picture_gives_the_same_faces(detector: MtcnnDetector, group: RgbImage) -> None:
    assert detector.detect(group) == detector.detect(group)


def test_suppression_agrees_with_the_definition() -> None:
    random = np.random.default_rng(1)
    corner = random.uniform(0, 100, (200, 2))
    boxes = np.hstack([corner, corner + random.uniform(5, 60, (200, 2))]).astype(np.float32)
    scores = (random.permutation(200) / 200).astype(np.float32)
    assert suppress(boxes, scores, 0.5).tolist() == _greedy(boxes, scores, nested=False)
    assert suppress_nested(boxes, scores, 0.5).tolist() == _greedy(boxes, scores, nested=True)


def _points(face: DetectedFace) -> np.ndarray:
    marks = face.landmarks
    points = (marks.left_eye, marks.right_eye, marks.nose, marks.mouth_left, marks.mouth_right)
    return np.array([(point.x, point.y) for point in points])


def _greedy(boxes: Boxes, scores: Tensor, *, nested: bool) -> list[int]:
    kept: list[int] = []
    for candidate in np.argsort(-scores).tolist():
        if all(_shared(boxes[candidate], boxes[other], nested=nested) <= 0.5 for other in kept):
            kept.append(candidate)
    return kept


def _shared(one: Tensor, other: Tensor, *, nested: bool) -> float:
    extra = 1 if nested else 0
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    both = float(np.prod(np.maximum(high - low + extra, 0)))
    areas = [float(np.prod(box[2:] - box[:2] + extra)) for box in (one, other)]
    return both / (min(areas) if nested else sum(areas) - both)


def _scaled(box: Box, factor: float) -> Box:
    return Box(
        x=box.x * factor, y=box.y * factor, width=box.width * factor, height=box.height * factor
    )


def _overlap(one: Box, other: Box) -> float:
    corners = [
        np.array([box.x, box.y, box.x + box.width, box.y + box.height], np.float32)
        for box in (one, other)
    ]
    return _shared(*corners, nested=False)


@pytest.mark.parametrize("sides", [(8, 16_000), (16_384, 1), (1, 16_384), (16_384, 1_525)])
def test_a_strip_of_any_length_has_no_face_and_breaks_nothing(
    detector: MtcnnDetector, sides: tuple[int, int]
) -> None:
    width, height = sides
    assert detector.detect(np.full((height, width, 3), 128, np.uint8)) == []
