"""Mode ``interval``: send the latest frame at intervals, and take the faces from the answers.

With a motion gate it is the fallback for a device that can't find faces.
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
"""Seconds from one request to the next, with a motion gate, while all visits are settled."""


class Interval:
    """Sends the latest frame every ``interval_s`` seconds.

    One request is pending at a time. When the recognizer is slow, frames are skipped; when it is
    away, the cooldowns grow.

    Args:
        motion: sends frames only while something moves; without it every frame is sent.
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
        """Send requests until the slot of the latest frame is closed and empty."""
        while taken := self._latest_frame.take():
            next_at = time.monotonic() + self._interval_s
            if self._is_due(taken):
                self._send(taken)
                if self._motion is not None and len(self._visits) and self._visits.settled():
                    next_at += CALM_S - self._interval_s
            self._latest_frame.pause(
                max(next_at, self._connection.cooldown_until) - time.monotonic()
            )
        self._visits.end()

    def _is_due(self, taken: NumberedFrame) -> bool:
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
    """Return the faces of an answer."""
    return [Face(face.box, face.landmarks, face.score, face.quality) for face in answer.faces]
