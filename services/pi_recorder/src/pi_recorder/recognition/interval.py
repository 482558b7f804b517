"""Mode ``interval``: asks about the newest frame every so often, and finds faces in the answers.

With a motion gate it is what recognition falls back to where no faces can be found on the device.
"""

from __future__ import annotations

import time

from facecore.contract import Recognition
from pi_recorder.capture.latest_frame import LatestFrame, NumberedFrame
from pi_recorder.recognition.connection import Line
from pi_recorder.recognition.face import Face
from pi_recorder.recognition.motion import MotionGate
from pi_recorder.recognition.sending import Question
from pi_recorder.recognition.visit import Look
from pi_recorder.recognition.visits import Visits

CALM_S = 2.0
"""With a gate: from one question to the next while everybody is settled."""


class Interval:
    """Takes the newest frame every ``interval_s`` seconds.

    One question is under way at a time. When the recognizer is slow, frames are left out; when it
    is away, the pauses grow.

    Args:
        motion: without it every frame is worth a question.
    """

    def __init__(
        self,
        newest: LatestFrame,
        visits: Visits,
        line: Line,
        *,
        interval_s: float,
        motion: MotionGate | None = None,
    ) -> None:
        self._newest = newest
        self._visits = visits
        self._line = line
        self._interval_s = interval_s
        self._motion = motion

    def run(self) -> None:
        """Asks until the newest frame is closed and the last one was asked about."""
        while taken := self._newest.take():
            next_at = time.monotonic() + self._interval_s
            if self._worth_asking(taken):
                self._ask(taken)
                if self._motion is not None and len(self._visits) and self._visits.settled():
                    next_at += CALM_S - self._interval_s
            self._newest.pause(max(next_at, self._line.rests_until) - time.monotonic())
        self._visits.end()

    def _worth_asking(self, taken: NumberedFrame) -> bool:
        if self._motion is None:
            return True
        moves = self._motion.passes(taken.frame.picture, taken.frame.captured_at)
        return moves or len(self._visits) > 0

    def _ask(self, taken: NumberedFrame) -> None:
        frame = taken.frame
        question = Question(frame.picture, frame.captured_at, taken.at)
        answer = self._line.ask(question)
        if answer is None:
            return
        late, size = self._line.late(question), (frame.picture.width, frame.picture.height)
        self._visits.saw(Look(frame.captured_at, taken.at, size, faces_of(answer)))
        self._visits.answered(self._visits.asked(), answer, at=time.monotonic(), late=late)


def faces_of(answer: Recognition) -> list[Face]:
    """The faces that the recognizer found."""
    return [Face(face.box, face.landmarks, face.score, face.quality) for face in answer.faces]
