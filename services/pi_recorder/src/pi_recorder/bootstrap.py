"""Puts the parts together: the only place that knows which is which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

from facecore.client import RecognizerClient
from pi_recorder.capture.cameras.base import Camera
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.capture.frame_loop import Capture
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.clock import Clock, SystemClock
from pi_recorder.events import Event, Publish, SegmentDropped
from pi_recorder.recognition.loop import RecognitionLoop, load_what_finds_faces
from pi_recorder.recorder import Parts, Recorder
from pi_recorder.recording.segment_allocation import Intake
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.recording.writer import Recording
from pi_recorder.settings.choices import UploadSchedule
from pi_recorder.settings.schema import Settings
from pi_recorder.sinks import Outlets
from pi_recorder.spool import Limits, Spool
from pi_recorder.uploads import Uploader


def open_spool(settings: Settings, publish: Publish) -> Spool:
    """The spool of the settings. Raises ``SpoolBusy``, ``OSError``."""
    limits = Limits(
        max_bytes=settings.spool_max_bytes,
        min_free_bytes=settings.spool_min_free_bytes,
        keep_uploaded=settings.keep_uploaded,
        drop_oldest_queued=settings.drop_oldest_queued,
    )
    return Spool(
        settings.spool_dir,
        limits,
        lambda gone: publish(SegmentDropped(gone.segment, gone.reason, gone.uploaded)),
    )


@contextmanager
def recorder_for(
    settings: Settings,
    camera: Camera,
    spool: Spool,
    publish: Publish,
    *,
    pulse: Callable[[], None] = lambda: None,
    outlets: Outlets | None = None,
    clock: Clock | None = None,
) -> Iterator[Recorder]:
    """A recorder that speaks to the recognizer of the settings, ready to run."""
    load_what_finds_faces(settings)
    with ExitStack() as stack:
        # One attempt a call: a frame's retry is the next frame, and the uploader has pauses of
        # its own. Two clients, so that an upload never holds up a question.
        recognizer, store = (
            stack.enter_context(RecognizerClient(settings.url, settings.token, attempts=1))
            for _ in range(2)
        )
        newest = LatestFrame()
        recognition = RecognitionLoop(settings, newest, recognizer, publish)

        def recorded(event: Event) -> None:
            recognition.hear(event)  # first: once others know, the uploader may delete the segment
            publish(event)

        intake = stack.enter_context(closing(Intake(spool, publish)))
        writer = SegmentWriter(intake, segment_s=settings.segment_seconds, kbps=settings.video_kbps)
        recording = Recording(writer, recorded)
        uploader = Uploader(
            spool,
            store,
            publish,
            stall_s=settings.upload_stall_s,
            bytes_per_s=settings.upload_bytes_per_s,
            schedule=UploadSchedule.parse(settings.upload_window),
            order=settings.upload_order,
        )
        watched = WatchedCamera(
            camera, stall_s=settings.camera_stall_s, give_up_s=settings.camera_give_up_s
        )
        capture = Capture(
            watched,
            newest,
            recording,
            publish,
            clock or SystemClock(),
            pictures=outlets.pictures if outlets else None,
            is_paused=outlets.switch.is_paused if outlets else lambda: False,
        )
        parts = Parts(capture, newest, recording, recognition, uploader)
        yield Recorder(
            parts,
            drain_s=settings.drain_s,
            answer_s=settings.recognition_deadline_s,
            stop_s=settings.stop_s,
            pulse=pulse,
        )
