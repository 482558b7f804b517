"""The modes of recognition: when a request is sent, and where its faces come from.

``interval`` sends the latest frame at intervals, and takes the faces from the answers; with a
motion gate it is the fallback for a device that can't find faces. ``track`` follows faces on the
device, and sends a request when a visit is worth it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from threading import Thread

from facecore.contract import Recognition
from pi_recorder.capture.latest_frame import LatestFrame, NumberedFrame
from pi_recorder.recognition.connection import Connection
from pi_recorder.recognition.face import Face, FaceFinder
from pi_recorder.recognition.motion import MotionGate
from pi_recorder.recognition.replay import Replay
from pi_recorder.recognition.sending import RecognitionRequest
from pi_recorder.recognition.visit_state import Observation, VisitRequest
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


class Tracking:
    """Finds faces in the latest frame, and sends that same frame if a visit is worth a request.

    One request is pending at a time, on a thread of its own, so faces are followed meanwhile.

    Args:
        interval_s: seconds from one observation to the next.
        replay: visits of an outage, for requests when no current face is worth one.
    """

    def __init__(
        self,
        latest_frame: LatestFrame,
        motion: MotionGate,
        finder: FaceFinder,
        visits: Visits,
        connection: Connection,
        *,
        interval_s: float,
        replay: Replay | None = None,
    ) -> None:
        self._latest_frame = latest_frame
        self._motion = motion
        self._finder = finder
        self._visits = visits
        self._connection = connection
        self._interval_s = interval_s
        self._replay = replay
        self._under_way: Future[None] | None = None

    def run(self) -> None:
        """Observe until the slot of the latest frame is closed, then wait for a pending answer."""
        while taken := self._latest_frame.take():
            next_at = time.monotonic() + self._interval_s
            self._look(taken)
            self._replay_outage()
            self._latest_frame.pause(next_at - time.monotonic())
        self._check()
        self._visits.end()
        if self._replay:
            self._replay.close()

    def _look(self, taken: NumberedFrame) -> None:
        frame = taken.frame
        moves = self._motion.passes(frame.picture, frame.captured_at)
        if not moves and not len(self._visits):
            return
        faces = self._finder.find(frame.picture)
        size = frame.picture.width, frame.picture.height
        self._visits.observe(Observation(frame.captured_at, taken.at, size, faces))
        if (
            self._free()
            and not self._connection.is_cooling_down
            and self._visits.worth_requesting()
        ):
            about = self._visits.begin_request()
            request = RecognitionRequest(
                frame.picture, frame.captured_at, taken.at, faces, about.followed
            )
            self._under_way = _begun(partial(self._send, request, about))

    def _replay_outage(self) -> None:
        if (
            self._replay
            and self._free()
            and not self._connection.is_cooling_down
            and self._replay.ready
        ):
            self._under_way = _begun(partial(self._replay.one, self._visits.worth_requesting))

    def _send(self, request: RecognitionRequest, about: VisitRequest) -> None:
        answer = self._connection.send(request)
        if answer is None:
            self._visits.cancel_request(about)
        else:
            late = self._connection.late(request)
            self._visits.answered(about, answer, at=time.monotonic(), late=late)

    def _free(self) -> bool:
        if self._under_way is not None and not self._under_way.done():
            return False
        self._check()
        return True

    def _check(self) -> None:
        """Raise an unexpected error of the last request."""
        if self._under_way is not None:
            self._under_way.result()
            self._under_way = None


def _begun(send: Callable[[], None]) -> Future[None]:
    """Call ``send`` on a daemon thread; unlike a pool's, the process does not wait for its end."""
    over: Future[None] = Future()

    def run() -> None:
        try:
            send()
        except Exception as error:  # noqa: BLE001 - ``_check`` raises it on the observing thread
            over.set_exception(error)
        else:
            over.set_result(None)

    Thread(target=run, name="recognition-request", daemon=True).start()
    return over
