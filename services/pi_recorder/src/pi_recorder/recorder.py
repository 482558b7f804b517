"""Starts the threads, waits for an end, and stops them in the order in which the data flows."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from threading import Event

from pi_recorder.capture import Capture
from pi_recorder.errors import RecorderError
from pi_recorder.newest import NewestFrame
from pi_recorder.recognition import RecognitionLoop
from pi_recorder.recording import Recording
from pi_recorder.uploader import Uploader
from pi_recorder.worker import Worker

_log = logging.getLogger(__name__)
_CAMERA_STOPS_WITHIN_S = 3.0
_GRACE_S = 2.0
"""Beyond a deadline, for a call under way to notice that it is over."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs on a thread each, and the place where two of them meet."""

    capture: Capture
    newest: NewestFrame
    recording: Recording
    recognition: RecognitionLoop
    uploader: Uploader


class Recorder:
    """One run: from the camera's first frame until it ends, fails, or is stopped.

    Args:
        drain_s: how long the last uploads may take.
        answer_s: how long the last answer may take.
    """

    def __init__(self, parts: Parts, *, drain_s: float, answer_s: float) -> None:
        self._parts = parts
        self._drain_s = drain_s
        self._answer_s = answer_s
        self._over = Event()
        self._stopped = False

    def stop(self) -> None:
        """Ends the run; a second call also gives up what is still to be uploaded."""
        if self._stopped:
            self._drain_s = 0.0
            self._parts.uploader.finish(0)
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
        self._over.wait()
        stop.set()
        if self._stopped:
            parts.newest.discard()
        capture.join(_CAMERA_STOPS_WITHIN_S)
        parts.recording.end()
        recording.join()
        parts.uploader.finish(self._drain_s)
        recognition.join(self._answer_s + _GRACE_S)
        uploads.join(self._drain_s + _GRACE_S)
        if capture.is_alive():
            return ["the camera did not stop; its driver hangs", *_failures(workers)]
        return _failures(workers)


def _failures(workers: list[Worker]) -> list[str]:
    failures = []
    for worker in workers:
        if isinstance(worker.error, RecorderError):
            failures.append(str(worker.error))
        elif worker.error is not None:
            _log.error("%s ended by an error of ours", worker.name, exc_info=worker.error)
            failures.append(f"{worker.name}: {worker.error!r}")
    return failures
