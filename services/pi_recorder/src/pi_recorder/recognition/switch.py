"""Pause recognition by hand; recording and uploads continue."""

from __future__ import annotations

from threading import Lock

from pi_recorder.events import Publish, RecognitionPaused, RecognitionResumed


class Switch:
    """A thread-safe switch that pauses and resumes recognition."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._lock = Lock()
        self._paused = False

    def is_paused(self) -> bool:
        """Return whether recognition is paused."""
        return self._paused

    def pause(self) -> None:
        """Pause recognition, if it is not paused already."""
        self._turn(paused=True)

    def resume(self) -> None:
        """Resume recognition, if it is paused."""
        self._turn(paused=False)

    def _turn(self, *, paused: bool) -> None:
        with self._lock:
            if paused == self._paused:
                return
            self._paused = paused
        self._publish(RecognitionPaused() if paused else RecognitionResumed())
