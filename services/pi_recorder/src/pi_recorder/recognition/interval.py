"""Mode ``interval``: asks about the latest frame every so often, and finds faces in the answers.

With a motion gate it is what recognition falls back to where no faces can be found on the device.
"""

from __future__ import annotations

import time

from facecore.contract import Recognition
from pi_recorder.capture.latest_frame import LatestFrame, NumberedFrame
from pi_recorder.recognition.connection import Connection
from pi_recorder.recognition.face import Face
from pi_recorder.recognition.motion import MotionGate
from pi_recorder.recognition.sending import RecognitionRequest
from pi_recorder.recognition.visit import Observation
from pi_recorder.recognition.visits import Visits

CALM_S = 2.0
"""With a gate: from one question to the next while everybody is settled."""


class Interval:
    """Takes the latest frame every ``interval_s`` seconds.

    One question is under way at a time. When the recognizer is slow, frames are left out; when it
    is away, the pauses grow.

    Args:
        motion: without it a request is sent for every frame.
    """

    def __init__(
        self,
        latest_frame: LatestFrame,
        visits: Visits,
        connection: Connection,
        *,
        interval_s: float,
        motion: MotionGate | None = None,
    ) -> None:
        self._latest_frame = latest_frame
        self._visits = visits
        self._connection = connection
        self._interval_s = interval_s
        self._motion = motion

    def run(self) -> None:
        """Asks until the latest frame is closed and the last one was asked about."""
        while taken := self._latest_frame.take():
            next_at = time.monotonic() + self._interval_s
            if self._worth_asking(taken):
                self._send(taken)
                if self._motion is not None and len(self._visits) and self._visits.settled():
                    next_at += CALM_S - self._interval_s
            self._latest_frame.pause(
                max(next_at, self._connection.cooldown_until) - time.monotonic()
            )
        self._visits.end()

    def _worth_asking(self, taken: NumberedFrame) -> bool:
        if self._motion is None:
            return True
        moves = self._motion.passes(taken.frame.picture, taken.frame.captured_at)
        return moves or len(self._visits) > 0

    def _send(self, taken: NumberedFrame) -> None:
        frame = taken.frame
        request = RecognitionRequest(frame.picture, frame.captured_at, taken.at)
        answer = self._connection.send(request)
        if answer is None:
            return
        late, size = self._connection.late(request), (frame.picture.width, frame.picture.height)
        self._visits.observe(Observation(frame.captured_at, taken.at, size, faces_of(answer)))
        self._visits.answered(self._visits.begin_request(), answer, at=time.monotonic(), late=late)


def faces_of(answer: Recognition) -> list[Face]:
    """The faces that the recognizer found."""
    return [Face(face.box, face.landmarks, face.score, face.quality) for face in answer.faces]
