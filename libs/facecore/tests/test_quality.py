"""Quality: good portraits pass, and each corrupted copy fails for its own reason."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecore.contract import Box, Landmarks, Point, Quality, QualityReason
from facecore.vision.analyzer import Analysis, AnalyzedFace
from facecore.vision.image import RgbImage
from facecore.vision.quality import ENROLMENT_GATE, RECOGNITION_GATE, QualityGate

PORTRAITS = ["obama", "obama2", "obama3", "biden", "collins", "hopper"]
coordinates = st.floats(-1e6, 1e6)  # what a Point admits
points = st.builds(Point, x=coordinates, y=coordinates)


@pytest.mark.parametrize("name", PORTRAITS)
@pytest.mark.parametrize("gate", [RECOGNITION_GATE, ENROLMENT_GATE])
def test_portraits_pass(analyses: Mapping[str, Analysis], name: str, gate: QualityGate) -> None:
    (face,) = analyses[name].faces
    assert gate.rejudge(face.quality).reasons == []
    assert gate.rejudge(face.quality).accepted


@pytest.mark.parametrize("name", PORTRAITS)
def test_a_blurred_copy_is_refused(analyses: Mapping[str, Analysis], name: str) -> None:
    (face,) = analyses[name].faces
    blurred = _judge(face, cv2.GaussianBlur(face.crop, (0, 0), 5).astype(np.uint8))
    assert blurred.reasons == [QualityReason.BLURRED]
    assert not blurred.accepted


@pytest.mark.parametrize("name", PORTRAITS)
def test_a_dark_copy_is_refused(analyses: Mapping[str, Analysis], name: str) -> None:
    (face,) = analyses[name].faces
    assert QualityReason.TOO_DARK in _judge(face, (face.crop * 0.2).astype(np.uint8)).reasons


@pytest.mark.parametrize("name", PORTRAITS)
def test_a_bright_copy_is_refused(analyses: Mapping[str, Analysis], name: str) -> None:
    (face,) = analyses[name].faces
    bright = 255 - (255 - face.crop.astype(float)) * 0.2
    assert QualityReason.TOO_BRIGHT in _judge(face, bright.astype(np.uint8)).reasons


def test_a_small_face_is_refused(analyses: Mapping[str, Analysis]) -> None:
    (face,) = analyses["obama"].faces
    box = Box(x=0, y=0, width=35, height=60)
    quality = RECOGNITION_GATE.judge(face.crop, box, face.landmarks)
    assert quality.reasons == [QualityReason.TOO_SMALL]
    assert quality.size_px == 35


def test_a_turned_face_is_refused(analyses: Mapping[str, Analysis]) -> None:
    (face,) = analyses["obama"].faces
    at_the_eye = face.landmarks.model_copy(update={"nose": face.landmarks.left_eye})
    quality = RECOGNITION_GATE.judge(face.crop, face.box, at_the_eye)
    assert quality.yaw == pytest.approx(0.5)
    assert ENROLMENT_GATE.rejudge(quality).reasons == [QualityReason.TURNED_AWAY]


@given(angle=st.floats(-3.1, 3.1), size=st.floats(1, 1000))
def test_yaw_is_the_same_however_the_head_is_tilted_or_scaled(
    analyses: Mapping[str, Analysis], angle: float, size: float
) -> None:
    (face,) = analyses["obama2"].faces
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    tilted = Landmarks(
        **{
            name: Point(x=x, y=y)
            for name, point in face.landmarks
            for x, y in [(turn @ [point.x, point.y]).tolist()]
        }
    )
    quality = RECOGNITION_GATE.judge(face.crop, face.box, tilted)
    assert quality.yaw == pytest.approx(face.quality.yaw, abs=1e-6)


@given(
    landmarks=st.builds(
        Landmarks,
        left_eye=points,
        right_eye=points,
        nose=points,
        mouth_left=points,
        mouth_right=points,
    )
)
def test_any_landmarks_give_a_finite_yaw(
    analyses: Mapping[str, Analysis], landmarks: Landmarks
) -> None:
    (face,) = analyses["obama"].faces
    assert 0 <= RECOGNITION_GATE.judge(face.crop, face.box, landmarks).yaw <= 10


def test_eyes_that_fall_together_are_turned_away(analyses: Mapping[str, Analysis]) -> None:
    (face,) = analyses["obama"].faces
    profile = face.landmarks.model_copy(update={"right_eye": face.landmarks.left_eye})
    quality = RECOGNITION_GATE.judge(face.crop, face.box, profile)
    assert quality.reasons == [QualityReason.TURNED_AWAY]


def test_rejudging_by_the_same_limits_changes_nothing(
    analyses: Mapping[str, Analysis],
) -> None:
    for analysis in analyses.values():
        for face in analysis.faces:
            assert RECOGNITION_GATE.rejudge(face.quality) == face.quality


def _judge(face: AnalyzedFace, crop: RgbImage) -> Quality:
    return RECOGNITION_GATE.judge(crop, face.box, face.landmarks)
