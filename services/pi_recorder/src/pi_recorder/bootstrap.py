"""Puts the parts together: the only place that knows which is which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from facecore.client import RecognizerClient
from pi_recorder.cameras.base import Camera
from pi_recorder.capture import Capture
from pi_recorder.events import Publish
from pi_recorder.newest import NewestFrame
from pi_recorder.recognition import RecognitionLoop
from pi_recorder.recorder import Parts, Recorder
from pi_recorder.recording import Recording
from pi_recorder.segments import SegmentWriter
from pi_recorder.settings import Settings
from pi_recorder.spool import Spool
from pi_recorder.uploader import Uploader


@contextmanager
def recorder_for(
    settings: Settings, camera: Camera, spool: Spool, publish: Publish
) -> Iterator[Recorder]:
    """A recorder that speaks to the recognizer of the settings, ready to run."""
    with ExitStack() as stack:
        # One attempt a call: a frame's retry is the next frame, and the uploader has pauses of
        # its own. Two clients, so that an upload never holds up a question.
        recognizer, store = (
            stack.enter_context(RecognizerClient(settings.url, settings.token, attempts=1))
            for _ in range(2)
        )
        newest = NewestFrame()
        recording = Recording(SegmentWriter(spool, segment_s=settings.segment_seconds), publish)
        recognition = RecognitionLoop(
            newest,
            recognizer,
            publish,
            interval_s=settings.sample_interval_s,
            deadline_s=settings.recognition_deadline_s,
            late_after_s=settings.late_after_s,
        )
        uploader = Uploader(spool, store, publish, deadline_s=settings.upload_deadline_s)
        capture = Capture(camera, newest, recording)
        parts = Parts(capture, newest, recording, recognition, uploader)
        yield Recorder(parts, drain_s=settings.drain_s, answer_s=settings.recognition_deadline_s)
