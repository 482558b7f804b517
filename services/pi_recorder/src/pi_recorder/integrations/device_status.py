"""Report this device's status to the recognizer, for its console."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from facecore.client import RecognizerClient
from facecore.contract import (
    MAX_REASON,
    CameraStatus,
    DeviceReport,
    DiskStatus,
    PartState,
    PartStatus,
    QueueStatus,
    RecognitionStatus,
)
from facecore.errors import ApiProblem, ClientError, UnexpectedAnswer
from facecore.text import sanitize
from pi_recorder.capture.cameras.open import kind_of
from pi_recorder.capture.latest_frame import LatestFrame, NumberedFrame
from pi_recorder.events import Publish, ReportsRejected
from pi_recorder.operation.status import Disk, Part, Status
from pi_recorder.settings.schema import Settings

_TEMPERATURE = Path("/sys/class/thermal/thermal_zone0/temp")
"""The processor's temperature, in thousandths of a degree Celsius.

https://docs.kernel.org/driver-api/thermal/sysfs-api.html
"""
_POLL_INTERVAL_S = 1.0
_SHORTEST_S = 5.0
"""Shortest time from one report to the next, however often the camera's state changes."""
_RETRY_AFTER_S = 3600.0
_DEADLINE_S = 5.0
_LAST_S = 0.8
"""Deadline of the last report, because a stop must be quick."""
_CLOSE_TIMEOUT_S = 1.0
_UNSUPPORTED = frozenset({403, 404, 405, 422})
"""Statuses for: the admin's token (403), no such endpoint (404, 405), an unknown field (422)."""


class DeviceStatus:
    """Makes the reports of one run; used by one thread.

    Args:
        status: returns the status that the live page shows.
        pictures: the slot of the latest frame.
    """

    def __init__(
        self, settings: Settings, status: Callable[[], Status], pictures: LatestFrame
    ) -> None:
        self._kind = kind_of(settings.camera)
        self._interval_s = settings.report_interval_s
        self._status, self._pictures = status, pictures
        self._started = time.monotonic()
        self._counted: tuple[float, int] | None = None

    def report(self, *, stopped: bool = False) -> DeviceReport:
        """Return a report of the status now; its frame rate is that since the report before."""
        status = self._status()
        return DeviceReport(
            version=version("pi-recorder"),
            interval_s=self._interval_s,
            stopped=stopped,
            uptime_s=round(time.monotonic() - self._started, 1),
            camera=self._camera(status.camera, self._pictures.latest()),
            recognition=RecognitionStatus(
                **_part(status.recognition).model_dump(), last_answer_at=status.answered_at
            ),
            uploads=_part(status.uploads),
            queue=status.disk and _queue(status.disk),
            disk=status.disk and _room(status.disk),
            temperature_c=_temperature_c(),
        )

    def _camera(self, part: Part, latest_frame: NumberedFrame | None) -> CameraStatus:
        return CameraStatus(
            **_part(part).model_dump(),
            kind=self._kind,
            width=latest_frame and latest_frame.frame.picture.width,
            height=latest_frame and latest_frame.frame.picture.height,
            fps=self._fps(latest_frame.number if latest_frame else 0),
        )

    def _fps(self, number: int) -> float | None:
        now, before = time.monotonic(), self._counted
        self._counted = now, number
        if before is None or now == before[0]:
            return None
        return round((number - before[1]) / (now - before[0]), 1)


def _part(part: Part) -> PartStatus:
    reason = None if part.reason is None else sanitize(part.reason)[:MAX_REASON]
    return PartStatus(state=part.state, since=part.since, reason=reason)


def _queue(disk: Disk) -> QueueStatus:
    return QueueStatus(
        segments=disk.queued, bytes=disk.queued_bytes, oldest_at=disk.oldest_at, lost_s=disk.lost_s
    )


def _room(disk: Disk) -> DiskStatus:
    return DiskStatus(free_bytes=disk.free_bytes, total_bytes=disk.total_bytes)


def _temperature_c() -> float | None:
    try:
        return int(_TEMPERATURE.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None  # not every machine has a sensor


class ReportSource(Protocol):
    """A source of reports on this device's status; ``DeviceStatus`` is one."""

    def report(self, *, stopped: bool = False) -> DeviceReport:
        """Return a report of the status now."""
        ...


class StatusReports:
    """Sends the device's status: at the start, at intervals, and when the camera's state changes.

    ``run`` is for a thread of its own; ``stop`` ends it after a last report. An unreachable
    recognizer is not published here, because recognition and uploads publish it. A recognizer
    without this endpoint is published once and retried after an hour.

    Args:
        camera: returns the camera's state; called every second.
        every_s: seconds from one report to the next.
    """

    def __init__(
        self,
        client: RecognizerClient,
        source: ReportSource,
        camera: Callable[[], PartState],
        publish: Publish,
        *,
        every_s: float,
    ) -> None:
        self._client, self._source = client, source
        self._camera, self._publish = camera, publish
        self._every_s = every_s
        self._closing = threading.Event()
        self._not_before = self._due_at = -math.inf
        self._reported_state: PartState | None = None
        self._accepted = self._refusal_published = False

    def run(self) -> None:
        """Report until ``stop``; then report the end if the last report was accepted."""
        with self._client:
            while not self._closing.wait(_POLL_INTERVAL_S if self._reported_state else 0):
                self._report_if_due(time.monotonic())
            if self._accepted:
                self._send(self._source.report(stopped=True), _LAST_S)

    def stop(self) -> None:
        """Let ``run`` end soon."""
        self._closing.set()

    def _report_if_due(self, now: float) -> None:
        camera = self._camera()
        if now < self._not_before or (now < self._due_at and camera is self._reported_state):
            return
        self._reported_state = camera
        pause_s = self._send(self._source.report(), _DEADLINE_S)
        self._due_at, self._not_before = now + self._every_s, now + pause_s

    def _send(self, report: DeviceReport, deadline_s: float) -> float:
        """Send a report; return the shortest pause until the next one, in seconds."""
        self._accepted = False
        try:
            self._client.report_status(report, deadline_s=deadline_s)
        except (ApiProblem, UnexpectedAnswer) as error:
            if error.status not in _UNSUPPORTED:
                return _SHORTEST_S
            self._publish_refusal(str(error))
            return _RETRY_AFTER_S
        except ClientError:
            return _SHORTEST_S
        self._accepted = True
        return _SHORTEST_S

    def _publish_refusal(self, reason: str) -> None:
        if not self._refusal_published:
            self._refusal_published = True
            self._publish(ReportsRejected(reason))


@contextmanager
def reports(
    settings: Settings, source: ReportSource, camera: Callable[[], PartState], publish: Publish
) -> Iterator[None]:
    """Report until the block ends, and for at most one second afterwards."""
    client = RecognizerClient(settings.url, settings.token, attempts=1)
    work = StatusReports(client, source, camera, publish, every_s=settings.report_interval_s)
    thread = threading.Thread(target=work.run, name="reports", daemon=True)
    thread.start()
    try:
        yield
    finally:
        work.stop()
        thread.join(_CLOSE_TIMEOUT_S)
