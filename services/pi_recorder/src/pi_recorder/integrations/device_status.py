"""How this recorder fares, in the words of the contract."""

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
from pi_recorder.events import Publish, ReportsNotTaken
from pi_recorder.live.latest_picture import LatestPicture, NumberedFrame
from pi_recorder.live.status import Disk, Part, Status
from pi_recorder.settings.schema import Settings

_TEMPERATURE = Path("/sys/class/thermal/thermal_zone0/temp")
"""Of the processor, in thousandths of a degree Celsius.

https://docs.kernel.org/driver-api/thermal/sysfs-api.html
"""


class SelfPortrait:
    """Makes the reports of one run; called by one thread.

    Args:
        status: what the live page shows.
        pictures: where the newest frame is.
    """

    def __init__(
        self, settings: Settings, status: Callable[[], Status], pictures: LatestPicture
    ) -> None:
        self._kind = kind_of(settings.camera)
        self._interval_s = settings.report_interval_s
        self._status, self._pictures = status, pictures
        self._started = time.monotonic()
        self._counted: tuple[float, int] | None = None

    def report(self, *, stopped: bool = False) -> DeviceReport:
        """As things stand now; frames a second are those since the report before."""
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

    def _camera(self, part: Part, newest: NumberedFrame | None) -> CameraStatus:
        return CameraStatus(
            **_part(part).model_dump(),
            kind=self._kind,
            width=newest and newest.frame.picture.width,
            height=newest and newest.frame.picture.height,
            fps=self._fps(newest.number if newest else 0),
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
        return None  # not every machine tells


# Tells the recognizer how this recorder fares, so that its console can say so.
#
# On a thread of its own: at the start, when the camera's state changes, every so often, and at the
# end. That the recognizer is away is nothing to tell here, for recognition and uploads say it. One
# that takes no reports, an older one, is told of once and left alone for an hour.


_LOOK_EVERY_S = 1.0
_SHORTEST_S = 5.0
"""From one report to the next, however often the camera comes and goes."""
_LEFT_ALONE_S = 3600.0
_DEADLINE_S = 5.0
_LAST_S = 0.8
"""For the last report; a stop has little time."""
_GOODBYE_S = 1.0
_NOT_TAKEN = frozenset({403, 404, 405, 422})
"""An older recognizer has no such call; the admin's token is no device's; a word is not known."""


class Portrait(Protocol):
    """Says how this recorder fares."""

    def report(self, *, stopped: bool = False) -> DeviceReport:
        """As things stand now."""
        ...


class Reports:
    """Sends them; ``stop`` ends it.

    Args:
        camera: how the camera fares; asked every second.
        every_s: from one report to the next.
    """

    def __init__(
        self,
        client: RecognizerClient,
        portrait: Portrait,
        camera: Callable[[], PartState],
        publish: Publish,
        *,
        every_s: float,
    ) -> None:
        self._client, self._portrait = client, portrait
        self._camera, self._publish = camera, publish
        self._every_s = every_s
        self._closing = threading.Event()
        self._not_before = self._due_at = -math.inf
        self._told: PartState | None = None
        self._taken = self._complained = False

    def run(self) -> None:
        """Reports until it is stopped, and says then that it ends, if anybody listens."""
        with self._client:
            while not self._closing.wait(_LOOK_EVERY_S if self._told else 0):
                self._look(time.monotonic())
            if self._taken:
                self._send(self._portrait.report(stopped=True), _LAST_S)

    def stop(self) -> None:
        """Lets ``run`` end soon."""
        self._closing.set()

    def _look(self, now: float) -> None:
        camera = self._camera()
        if now < self._not_before or (now < self._due_at and camera is self._told):
            return
        self._told = camera
        pause_s = self._send(self._portrait.report(), _DEADLINE_S)
        self._due_at, self._not_before = now + self._every_s, now + pause_s

    def _send(self, report: DeviceReport, deadline_s: float) -> float:
        """The shortest pause until the next one may be sent."""
        self._taken = False
        try:
            self._client.report_status(report, deadline_s=deadline_s)
        except (ApiProblem, UnexpectedAnswer) as error:
            if error.status not in _NOT_TAKEN:
                return _SHORTEST_S
            self._complain(str(error))
            return _LEFT_ALONE_S
        except ClientError:
            return _SHORTEST_S
        self._taken = True
        return _SHORTEST_S

    def _complain(self, reason: str) -> None:
        if not self._complained:
            self._complained = True
            self._publish(ReportsNotTaken(reason))


@contextmanager
def reports(
    settings: Settings, portrait: Portrait, camera: Callable[[], PartState], publish: Publish
) -> Iterator[None]:
    """Reports until the block ends, and for a second at most afterwards."""
    client = RecognizerClient(settings.url, settings.token, attempts=1)
    work = Reports(client, portrait, camera, publish, every_s=settings.report_interval_s)
    thread = threading.Thread(target=work.run, name="reports", daemon=True)
    thread.start()
    try:
        yield
    finally:
        work.stop()
        thread.join(_GOODBYE_S)
