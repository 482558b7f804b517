"""A live page on a free port, with the sources of its data."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import SecretStr
from starlette.types import ASGIApp

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.latest_frame import LatestFrame, NumberedFrame
from pi_recorder.events import LivePageReady
from pi_recorder.live.access import Password
from pi_recorder.live.app import Page, create_app
from pi_recorder.live.server import served
from pi_recorder.operation.status import SpoolDisk
from pi_recorder.operation.status_aggregator import StatusAggregator
from pi_recorder.recognition.loop import Switch
from pi_recorder.testing import numbered_picture
from services.pi_recorder.tests.conftest import NOON, Events, wait_until


class CountedSlot(LatestFrame):
    """A frame slot that counts its reads."""

    reads = 0

    def latest(self) -> NumberedFrame | None:
        self.reads += 1
        return super().latest()


@dataclass
class LivePage:
    """A served page with its sources."""

    url: str
    aggregator: StatusAggregator
    pictures: CountedSlot
    switch: Switch
    events: Events = field(default_factory=Events)

    def client(self, password: str | None = None) -> httpx.Client:
        auth = ("anyone", password) if password else None
        return httpx.Client(base_url=self.url, auth=auth, trust_env=False, timeout=120)

    def put(self, number: int) -> None:
        """Put a numbered frame of 320 by 240 pixels."""
        self.pictures.put(Frame(numbered_picture(number, 320, 240), NOON))


@contextmanager
def live_page(folder: Path, password: str | None = None, *, fps: float = 30) -> Iterator[LivePage]:
    events = Events()
    pictures = CountedSlot()
    aggregator = StatusAggregator("front door", pictures, SpoolDisk(folder))

    def publish(event: object) -> None:
        events.append(event)  # type: ignore[arg-type]  # whatever is published is an event
        aggregator.add(event)  # type: ignore[arg-type]  # see above

    switch = Switch(publish)
    port = free_port()
    known = Password(SecretStr(password)) if password else None

    def make_app(closing: threading.Event) -> ASGIApp:
        return create_app(Page(aggregator, pictures, switch, known, fps, closing))

    with served(make_app, "127.0.0.1", port, publish):
        wait_until(lambda: events.of(LivePageReady))
        url = events.of(LivePageReady)[0].url
        yield LivePage(url, aggregator, pictures, switch, events)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
