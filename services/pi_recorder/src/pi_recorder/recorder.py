"""Starts the threads, waits for an end, and stops them in the order in which the data flows.

A run that ends by itself gives the last answers and uploads the time that they are due. A stop has
``stop_s`` for all of it, whatever hangs: first the open segment is finished, then what is left of
the time goes to the uploads. A second stop waits for nothing.
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
from pi_recorder.operation.worker import Worker
from pi_recorder.recognition.loop import RecognitionLoop
from pi_recorder.recording.writer import Recording
from pi_recorder.uploads import Uploader

_log = logging.getLogger(__name__)
_CAMERA_STOPS_WITHIN_S = 1.5
"""A live camera's driver is left behind after one; see ``cameras/watched.py``."""
_GRACE_S = 2.0
"""Beyond a deadline, for a call under way to notice that it is over."""
_PULSE_EVERY_S = 1.0
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs on a thread each, and the place where two of them meet."""

    capture: Capture
    latest_frame: LatestFrame
    recording: Recording
    recognition: RecognitionLoop
    uploader: Uploader


class Recorder:
    """One run: from the camera's first frame until it ends, fails, or is stopped.

    Args:
        drain_s: how long the last uploads may take.
        answer_s: how long the last answer may take.
        stop_s: how long everything may take after a stop.
        pulse: called every second, while it runs, by the thread that runs it.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        drain_s: float,
        answer_s: float,
        stop_s: float,
        pulse: Callable[[], None] = lambda: None,
    ) -> None:
        self._parts = parts
        self._drain_s = drain_s
        self._answer_s = answer_s
        self._stop_s = stop_s
        self._pulse = pulse
        self._over = Event()
        self._at_once = Event()
        self._stop_by = math.inf
        self._stopped = False

    def stop(self) -> None:
        """Ends the run within ``stop_s`` seconds; a second call ends it at once."""
        if self._stopped:
            self._at_once.set()
            self._parts.uploader.finish(0)
        else:
            self._stop_by = time.monotonic() + self._stop_s
        self._stopped = True
        self._over.set()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop, and so did not end by itself."""
        return self._stopped

    def run(self) -> list[str]:
        """Films, recognizes and uploads; gives back what failed, a sentence each."""
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
        parts.uploader.finish(max(0.0, min(self._drain_s, self._time_left())))
        self._join(recognition, self._answer_s + _GRACE_S)
        self._join(uploads, self._drain_s + _GRACE_S)
        return [*_hanging(capture, recording), *_failures(workers)]

    def _finish_segment(self, recording: Worker) -> None:
        """Lets recording write what it has; a disk that hangs holds neither it nor its end."""
        end = Worker("end", self._parts.recording.end, lambda: None)
        end.start()
        self._join(recording)

    def _join(self, worker: Worker, within_s: float = math.inf) -> None:
        """Waits for its end, but no longer than a stop may take, and not after a second stop."""
        until = time.monotonic() + within_s
        while worker.is_alive() and not self._at_once.is_set():
            left = min(until - time.monotonic(), self._time_left())
            if left <= 0:
                return
            worker.join(min(left, _LOOK_EVERY_S))

    def _time_left(self) -> float:
        """Seconds until a stop must be over; no end while there was none."""
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
            _log.error("%s ended by an error of ours", worker.name, exc_info=worker.error)
            failures.append(f"{worker.name}: {worker.error!r}")
    return failures
