"""Start the threads, wait for the end of the run, and stop them in the order of the data flow.

When the camera ends by itself, the last answers and uploads have their usual deadlines. After a
stop everything must be over within ``stop_timeout_s``, whatever hangs: first the open segment is
finished, and the uploads have the rest of the time. A second stop does not wait at all.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Event

from pi_recorder.capture.frame_loop import Capture
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.errors import RecorderError
from pi_recorder.operation.supervision import Worker
from pi_recorder.recognition.loop import RecognitionLoop
from pi_recorder.recording.writer import Recording
from pi_recorder.uploads import Uploader

_log = logging.getLogger(__name__)
_CAMERA_STOPS_WITHIN_S = 1.5
"""Longer than ``cameras/watched.py`` waits for a driver that hangs, which is one second."""
_GRACE_S = 2.0
"""Extra time after a deadline, so that a pending call can notice it."""
_PULSE_EVERY_S = 1.0
_POLL_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that each run on a thread, and the frame slot between two of them."""

    capture: Capture
    latest_frame: LatestFrame
    recording: Recording
    recognition: RecognitionLoop
    uploader: Uploader


class Recorder:
    """One run: from the camera's first frame until it ends, fails, or is stopped.

    Args:
        upload_drain_s: how long the last uploads may take.
        answer_s: how long the last answer may take.
        stop_timeout_s: how long everything may take after a stop.
        pulse: called every second by the thread of ``run``.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        upload_drain_s: float,
        answer_s: float,
        stop_timeout_s: float,
        pulse: Callable[[], None] = lambda: None,
    ) -> None:
        self._parts = parts
        self._upload_drain_s = upload_drain_s
        self._answer_s = answer_s
        self._stop_timeout_s = stop_timeout_s
        self._pulse = pulse
        self._over = Event()
        self._at_once = Event()
        self._stop_by = math.inf
        self._stopped = False

    def stop(self) -> None:
        """End the run within ``stop_timeout_s`` seconds; at a second call, end it at once."""
        if self._stopped:
            self._at_once.set()
            self._parts.uploader.finish(0)
        else:
            self._stop_by = time.monotonic() + self._stop_timeout_s
        self._stopped = True
        self._over.set()

    @property
    def stopped(self) -> bool:
        """Whether ``stop`` was called, so that the run did not end by itself."""
        return self._stopped

    def run(self) -> list[str]:
        """Film, recognize and upload until the end; return one sentence for each failure."""
        parts, stop = self._parts, Event()
        capture = Worker("capture", partial(parts.capture.run, stop), self._over.set)
        recording = Worker("recording", parts.recording.run, self._over.set)
        recognition = Worker("recognition", parts.recognition.run, self._over.set)
        uploads = Worker("uploads", parts.uploader.run, self._over.set)
        workers = [capture, recording, recognition, uploads]
        for worker in workers:
            worker.start()
        while not self._over.wait(_PULSE_EVERY_S):
            self._pulse()
        stop.set()
        if self._stopped:
            parts.latest_frame.discard()
        self._join(capture, _CAMERA_STOPS_WITHIN_S)
        self._finish_segment(recording)
        parts.uploader.finish(max(0.0, min(self._upload_drain_s, self._time_left())))
        self._join(recognition, self._answer_s + _GRACE_S)
        self._join(uploads, self._upload_drain_s + _GRACE_S)
        return [*_hanging(capture, recording), *_failures(workers)]

    def _finish_segment(self, recording: Worker) -> None:
        """Let recording write its queue; neither this call nor the stop waits for a hung disk."""
        end = Worker("end", self._parts.recording.end, lambda: None)
        end.start()
        self._join(recording)

    def _join(self, worker: Worker, within_s: float = math.inf) -> None:
        """Wait for a worker, no longer than a stop may take, and not after a second stop."""
        until = time.monotonic() + within_s
        while worker.is_alive() and not self._at_once.is_set():
            left = min(until - time.monotonic(), self._time_left())
            if left <= 0:
                return
            worker.join(min(left, _POLL_INTERVAL_S))

    def _time_left(self) -> float:
        """Return the seconds until a stop must be over; infinite before a stop."""
        return self._stop_by - time.monotonic()


def _hanging(capture: Worker, recording: Worker) -> list[str]:
    found = []
    if capture.is_alive():
        found.append("the camera did not stop")
    if recording.is_alive():
        found.append("the open segment was not finished; the next start finds what is written")
    return found


def _failures(workers: list[Worker]) -> list[str]:
    failures = []
    for worker in workers:
        if isinstance(worker.error, RecorderError):
            failures.append(str(worker.error))
        elif worker.error is not None:
            _log.error("%s ended by an unexpected error", worker.name, exc_info=worker.error)
            failures.append(f"{worker.name}: {worker.error!r}")
    return failures
