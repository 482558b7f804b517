"""Build the recorder from its parts and the settings."""

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
from pi_recorder.recognition.loop import RecognitionLoop, preload_face_finder
from pi_recorder.recorder import Parts, Recorder
from pi_recorder.recording.segment_allocation import SegmentAllocator
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.recording.writer import Recording
from pi_recorder.settings.choices import UploadSchedule
from pi_recorder.settings.schema import Settings
from pi_recorder.sinks import Sinks
from pi_recorder.spool import QuotaPolicy, Spool
from pi_recorder.uploads import Uploader


def open_spool(settings: Settings, publish: Publish) -> Spool:
    """Return the spool that the settings name. Raises ``SpoolBusy``, ``OSError``."""
    policy = QuotaPolicy(
        max_bytes=settings.spool_max_bytes,
        min_free_bytes=settings.spool_min_free_bytes,
        keep_uploaded=settings.keep_uploaded,
        drop_oldest_queued=settings.drop_oldest_queued,
    )
    return Spool(
        settings.spool_dir,
        policy,
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
    sinks: Sinks | None = None,
    clock: Clock | None = None,
) -> Iterator[Recorder]:
    """Yield a recorder that is connected to the recognizer of the settings and ready to run."""
    preload_face_finder(settings)
    with ExitStack() as stack:
        # One attempt a call: the next frame is a frame's retry, and the uploader has its own
        # pauses. Two clients, so that an upload never delays a recognition request.
        recognizer, store = (
            stack.enter_context(RecognizerClient(settings.url, settings.token, attempts=1))
            for _ in range(2)
        )
        latest_frame = LatestFrame()
        recognition = RecognitionLoop(settings, latest_frame, recognizer, publish)

        def recorded(event: Event) -> None:
            # Recognition comes first: once the event is published, the uploader may delete the
            # segment.
            recognition.on_event(event)
            publish(event)

        allocator = stack.enter_context(closing(SegmentAllocator(spool, publish)))
        writer = SegmentWriter(
            allocator, segment_s=settings.segment_seconds, kbps=settings.video_kbps
        )
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
            latest_frame,
            recording,
            publish,
            clock or SystemClock(),
            pictures=sinks.pictures if sinks else None,
            is_paused=sinks.switch.is_paused if sinks else lambda: False,
        )
        parts = Parts(capture, latest_frame, recording, recognition, uploader)
        yield Recorder(
            parts,
            upload_drain_s=settings.upload_drain_s,
            answer_s=settings.recognition_deadline_s,
            stop_timeout_s=settings.stop_timeout_s,
            pulse=pulse,
        )
