"""How this recorder fares, in the words of the contract."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from facecore.client.answers import plain
from facecore.contract import (
    MAX_REASON,
    CameraStatus,
    DeviceReport,
    DiskStatus,
    PartStatus,
    QueueStatus,
    RecognitionStatus,
)
from pi_recorder.cameras.open import kind_of
from pi_recorder.live.picture import LatestPicture, NumberedFrame
from pi_recorder.live.status import Disk, Part, Status
from pi_recorder.settings import Settings

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
    reason = None if part.reason is None else plain(part.reason)[:MAX_REASON]
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
