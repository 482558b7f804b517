"""Open the sinks of the settings: recognizer, live page, webhook, MQTT, a file."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from pydantic import SecretStr
from starlette.types import ASGIApp

from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.errors import SettingsError
from pi_recorder.events import Event, Publish
from pi_recorder.integrations.device_status import DeviceStatus, reports
from pi_recorder.integrations.events_file import events_file
from pi_recorder.integrations.track_reports import track_reports
from pi_recorder.integrations.webhook import webhook
from pi_recorder.operation.spool_disk import SpoolDisk
from pi_recorder.operation.status_aggregator import StatusAggregator
from pi_recorder.recognition.switch import Switch
from pi_recorder.settings.addresses import broker_address
from pi_recorder.settings.schema import Settings

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
