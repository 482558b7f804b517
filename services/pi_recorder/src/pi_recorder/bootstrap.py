"""Build the recorder from its parts and the settings, and open what its events go to."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass

from pydantic import SecretStr
from starlette.types import ASGIApp

from facecore.client import RecognizerClient
from pi_recorder.capture.cameras.base import Camera
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.capture.frame_loop import Capture
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.clock import Clock, SystemClock
from pi_recorder.errors import SettingsError
from pi_recorder.events import Event, Publish, SegmentDropped
from pi_recorder.integrations.device_status import DeviceStatus, reports
from pi_recorder.integrations.events_file import events_file
from pi_recorder.integrations.track_reports import track_reports
from pi_recorder.integrations.webhook import webhook
from pi_recorder.operation.status import SpoolDisk
from pi_recorder.operation.status_aggregator import StatusAggregator
from pi_recorder.recognition.loop import RecognitionLoop, Switch, preload_face_finder
from pi_recorder.recorder import Parts, Recorder
from pi_recorder.recording.segment_allocation import SegmentAllocator
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.recording.writer import Recording
from pi_recorder.settings.schema import Settings
from pi_recorder.settings.values import UploadSchedule, broker_address
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


_Sink = AbstractContextManager[Publish | None]
"""A sink is open until its block ends; it may yield a function that takes the events."""


@dataclass(frozen=True, slots=True)
class Sinks:
    """The open sinks, as the recorder uses them.

    Attributes:
        aggregator: gives the status.
        pictures: the slot in which the capture puts each frame.
        switch: pauses recognition.
        publish: takes every event, from any thread, without waiting.
    """

    aggregator: StatusAggregator
    pictures: LatestFrame
    switch: Switch
    publish: Publish


@contextmanager
def open_sinks(settings: Settings, publish: Publish) -> Iterator[Sinks]:
    """Open the configured sinks until the block ends; publish their failures to ``publish``."""
    pictures, switch = LatestFrame(), Switch(publish)
    aggregator = StatusAggregator(settings.device_name, pictures, SpoolDisk(settings.spool_dir))
    listeners: list[Publish] = [aggregator.add]

    def publish_all(event: Event) -> None:
        for listener in listeners:
            listener(event)

    sinks = Sinks(aggregator, pictures, switch, publish_all)
    with _opened(_configured(settings, sinks, publish)) as takers:
        listeners += filter(None, takers)
        yield sinks


@contextmanager
def _opened(sinks: Iterable[_Sink]) -> Iterator[list[Publish | None]]:
    """Open all sinks; close them in parallel, so that a stop waits for the slowest alone."""
    opened: list[_Sink] = []
    takers = []
    try:
        for sink in sinks:
            takers.append(sink.__enter__())
            opened.append(sink)
        yield takers
    finally:
        with ThreadPoolExecutor(max(1, len(opened))) as pool:
            for closed in [pool.submit(one.__exit__, None, None, None) for one in opened]:
                closed.result()


def _configured(settings: Settings, sinks: Sinks, publish: Publish) -> Iterator[_Sink]:
    device_status = DeviceStatus(settings, sinks.aggregator.status, sinks.pictures)
    yield reports(settings, device_status, sinks.aggregator.camera, publish)
    if settings.finds_faces:
        yield track_reports(settings, publish)
    if settings.events_file is not None:
        yield events_file(settings.events_file, publish)
    if settings.webhook_url is not None:
        names = frozenset(settings.webhook_events)
        url, secret = settings.webhook_url, settings.webhook_secret
        yield webhook(url, secret, names, settings.device_name, publish)
    if settings.mqtt_url is not None:
        yield _mqtt(settings, settings.mqtt_url, sinks.aggregator, publish)
    if settings.live_port:
        yield _page(settings, sinks, publish)


def _page(settings: Settings, sinks: Sinks, publish: Publish) -> AbstractContextManager[None]:
    from pi_recorder.live.access import Password  # noqa: PLC0415 - see above
    from pi_recorder.live.app import Page, create_app  # noqa: PLC0415 - not loaded without a page
    from pi_recorder.live.server import served  # noqa: PLC0415 - see above

    password = Password(settings.live_password) if settings.live_password else None
    aggregator, pictures, switch = sinks.aggregator, sinks.pictures, sinks.switch

    def make_app(closing: threading.Event) -> ASGIApp:
        return create_app(Page(aggregator, pictures, switch, password, settings.live_fps, closing))

    return served(make_app, settings.live_host, settings.live_port, publish)


def _mqtt(
    settings: Settings, url: SecretStr, aggregator: StatusAggregator, publish: Publish
) -> AbstractContextManager[Publish]:
    try:
        from pi_recorder.integrations.mqtt import mqtt  # noqa: PLC0415 - an extra
    except ImportError:
        raise SettingsError(
            "PI_RECORDER_MQTT_URL: paho-mqtt is not installed; `pip install 'pi-recorder[mqtt]'`"
        ) from None
    address = broker_address(url.get_secret_value())
    topic = settings.mqtt_topic or f"pi-recorder/{re.sub('[/+#]', '_', settings.device_name)}"
    return mqtt(address, topic, settings.device_name, aggregator.status, publish)
