"""Choose the mode of recognition and run it; pause it by hand, while recording continues."""

from __future__ import annotations

import importlib
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Protocol

from facecore.errors import ModelError
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.events import (
    Event,
    FaceGateMissing,
    Publish,
    RecognitionPaused,
    RecognitionResumed,
)
from pi_recorder.recognition.connection import Connection
from pi_recorder.recognition.face import FaceFinder
from pi_recorder.recognition.modes import CALM_S, Interval, Tracking
from pi_recorder.recognition.motion import MotionGate
from pi_recorder.recognition.replay import Replay
from pi_recorder.recognition.sending import Recognizer, Sender
from pi_recorder.recognition.shots import RequestPolicy
from pi_recorder.recognition.visit_state import Visit
from pi_recorder.recognition.visits import Visits
from pi_recorder.settings.schema import Settings
from pi_recorder.settings.values import RecognitionMode

_PAUSE_AFTER_FIRST_S = 0.75
_MISSED_REQUESTS = 2.5
"""How many request intervals a face may be missing, when faces come only from answers."""


class Strategy(Protocol):
    """How recognition chooses frames and requests: ``Tracking``, ``Interval`` or none."""

    def run(self) -> None:
        """Work until the slot of the latest frame is closed."""
        ...


class RecognitionLoop:
    """Recognition by the settings, on the thread that calls ``run``."""

    def __init__(
        self,
        settings: Settings,
        latest_frame: LatestFrame,
        recognizer: Recognizer,
        publish: Publish,
    ) -> None:
        self._settings = settings
        self._latest_frame = latest_frame
        self._recognizer = recognizer
        self._publish = publish
        self._replay: Replay | None = None

    def on_event(self, event: Event) -> None:
        """Note recorded segments, for the replay of visits after an outage."""
        if self._replay:
            self._replay.on_event(event)

    def run(self) -> None:
        """Work until the slot of the latest frame is closed and the last answer has arrived."""
        self._strategy().run()

    def _strategy(self) -> Strategy:
        match self._settings.recognition_mode:
            case RecognitionMode.OFF:
                return _Off(self._latest_frame)
            case RecognitionMode.INTERVAL:
                return self._interval()
            case RecognitionMode.TRACK:
                finder = self._finder()
                return self._tracking(finder) if finder else self._interval(self._motion())

    def _finder(self) -> FaceFinder | None:
        """Make the finder here, not at the start, because recording must not wait for weights."""
        if not self._settings.finds_faces:
            return None
        try:
            return device_faces(self._settings.min_face_px, self._settings.model)
        except ImportError as error:
            reason = f"{error}; `pip install facecore[vision]` installs what is missing"
        except ModelError as error:
            reason = str(error)
        self._publish(FaceGateMissing(reason))
        return None

    def _tracking(self, finder: FaceFinder) -> Tracking:
        settings, connection = self._settings, self._connection()
        if settings.replay_after_outage:
            self._replay = Replay(finder, connection, self._publish)
        return Tracking(
            self._latest_frame,
            self._motion(),
            finder,
            self._visits(settings.visit_gap_s),
            connection,
            interval_s=settings.detection_interval_s,
            replay=self._replay,
        )

    def _interval(self, motion: MotionGate | None = None) -> Interval:
        every_s = self._settings.sample_interval_s
        longest_s = max(every_s, CALM_S) if motion else every_s
        gap_s = max(self._settings.visit_gap_s, _MISSED_REQUESTS * longest_s)
        return Interval(
            self._latest_frame,
            self._visits(gap_s),
            self._connection(),
            interval_s=every_s,
            motion=motion,
        )

    def _motion(self) -> MotionGate:
        return MotionGate(level=self._settings.motion_level, area=self._settings.motion_area)

    def _visits(self, gap_s: float) -> Visits:
        limit = self._settings.requests_per_visit
        new_policy = partial(RequestPolicy, limit=limit, first_pause_s=_PAUSE_AFTER_FIRST_S)
        missed = self._replay.missed if self._replay else _forget
        return Visits(self._publish, ttl_s=gap_s, new_policy=new_policy, missed=missed)

    def _connection(self) -> Connection:
        settings = self._settings
        sender = Sender(
            self._recognizer, settings.request_content, deadline_s=settings.recognition_deadline_s
        )
        return Connection(sender, self._publish, late_after_s=settings.late_after_s)


def _forget(visit: Visit) -> None:
    """Ignore a visit without an answer; its ``VisitEnded`` is published anyway."""


class _Off:
    """A strategy that discards every frame."""

    def __init__(self, latest_frame: LatestFrame) -> None:
        self._latest_frame = latest_frame

    def run(self) -> None:
        while self._latest_frame.take():
            pass


def preload_face_finder(settings: Settings) -> None:
    """Import the face finder if the settings need it; call this before other threads start.

    OpenCV removes its modules from ``sys.modules`` and changes ``sys.path`` while it loads. Beside
    another thread's imports it was once loaded without ``cv2.dnn.NMSBoxes``, and once not at all.
    """
    if settings.finds_faces:
        with suppress(ImportError):  # the run publishes ``FaceGateMissing`` and continues
            importlib.import_module("pi_recorder.recognition.device_faces")


def device_faces(min_face_px: int, model: str) -> FaceFinder:
    """Return this device's face finder, which cuts faces out for a model.

    Raises:
        ImportError: facecore's vision extra is not installed.
        ModelError: the detector's weights are not in the cache and can't be fetched.
    """
    # Imported here, so that a recorder that finds no faces itself never loads OpenCV.
    from pi_recorder.recognition.device_faces import DeviceFaces  # noqa: PLC0415

    return DeviceFaces(min_face_px=min_face_px, model=model)


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
