"""Scripted people without a camera: frames with known faces, and their recognizer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

import av

from facecore.contract import (
    Box,
    CropMetadata,
    Decision,
    Landmarks,
    PersonRecord,
    Point,
    Quality,
    Recognition,
    RecognizedFace,
    TrackInPicture,
)
from facecore.errors import ClientError
from pi_recorder.recognition.face import Face
from pi_recorder.recognition.visit_state import Observation
from pi_recorder.testing import numbered_picture, picture_number
from services.pi_recorder.tests.conftest import NOON
from services.pi_recorder.tests.small_recognizer import face as good_face
from services.pi_recorder.tests.small_recognizer import recognition

WIDTH, HEIGHT = 640, 480
STEP_S = 0.1
_POINT = Point(x=1, y=1)
_MARKS = Landmarks(
    left_eye=_POINT, right_eye=_POINT, nose=_POINT, mouth_left=_POINT, mouth_right=_POINT
)


def person(label: str) -> PersonRecord:
    return PersonRecord(label=label, name=label.capitalize())


def seen_at(x: float, y: float = 200, *, width: float = 100, sharpness: float = 200) -> Face:
    """Return a face with this centre."""
    box = Box(x=x - width / 2, y=y - width * 0.6, width=width, height=width * 1.2)
    good = width >= 36 and sharpness >= 12
    quality = Quality(accepted=good, size_px=width, sharpness=sharpness, brightness=120, yaw=0)
    return Face(box, _MARKS, 0.99, quality)


def answer_about(
    face: Face, label: str | None, similarity: float = 0.85, decision: Decision | None = None
) -> RecognizedFace:
    """Return a match for a label, otherwise unknown, or the given decision."""
    decision = decision or (Decision.MATCH if label else Decision.UNKNOWN)
    found = good_face(decision, person(label) if label else None, similarity if label else 0.1)
    return found.model_copy(update={"box": face.box})


@dataclass(frozen=True)
class Walker:
    """A person who walks from one column to another; ``label`` is None for an unknown person."""

    label: str | None
    start_s: float
    end_s: float
    columns: tuple[float, float]
    width: float = 100

    def face(self, second: float) -> Face | None:
        if not self.start_s <= second < self.end_s:
            return None
        share = (second - self.start_s) / (self.end_s - self.start_s)
        return seen_at(
            self.columns[0] + share * (self.columns[1] - self.columns[0]), width=self.width
        )


class Scene:
    """A face gate and a recognizer that both know the script."""

    def __init__(self, *walkers: Walker) -> None:
        self.walkers = walkers
        self.asked: list[float] = []
        self.tracks: list[list[str]] = []
        self.error: ClientError | None = None
        self.may_answer = Event()
        self.may_answer.set()

    def faces(self, second: float) -> list[Face]:
        return [face for walker in self.walkers if (face := walker.face(second))]

    def find(self, picture: av.VideoFrame) -> Sequence[Face]:
        return self.faces(picture_number(picture) * STEP_S)

    def answer(self, second: float) -> Recognition:
        faces = [
            answer_about(face, walker.label)
            for walker in self.walkers
            if (face := walker.face(second))
        ]
        answer = recognition(*faces, captured_at=moment(second))
        return answer.model_copy(update={"image_width": WIDTH, "image_height": HEIGHT})

    def recognize(
        self,
        image: bytes,
        *,
        captured_at: datetime,
        tracks: Sequence[TrackInPicture] = (),
        deadline_s: float | None = None,
    ) -> Recognition:
        second = (captured_at - NOON).total_seconds()
        self.asked.append(second)
        self.tracks.append([place.track for place in tracks])
        assert self.may_answer.wait(300)
        if self.error:
            raise self.error
        return self.answer(second)

    def recognize_crops(
        self,
        crops: Sequence[bytes],
        metadata: Sequence[CropMetadata],
        *,
        captured_at: datetime,
        deadline_s: float | None = None,
    ) -> Recognition:
        return self.recognize(b"", captured_at=captured_at)

    def observation(self, second: float) -> Observation:
        return Observation(moment(second), second, (WIDTH, HEIGHT), self.faces(second))


def moment(second: float) -> datetime:
    return NOON + timedelta(seconds=round(second, 3))


def picture(second: float) -> av.VideoFrame:
    return numbered_picture(round(second / STEP_S), WIDTH, HEIGHT)
