"""Value types of the settings: what can be chosen about camera, recognition and uploads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Self

_SCHEDULE = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class Pace(StrEnum):
    """How fast a file is played."""

    OWN = "own"
    """As fast as it was filmed."""
    FAST = "fast"
    """As fast as it can be recorded."""


@dataclass(frozen=True, slots=True)
class CameraFormat:
    """What is requested of a live camera; None leaves it to the camera.

    Attributes:
        size: width and height in pixels.
        fps: frames a second.
        kbps: kilobits a second, of a camera that encodes by itself.
    """

    size: tuple[int, int] | None = None
    fps: int | None = None
    kbps: int | None = None


class RecognitionMode(StrEnum):
    """When the recognizer is asked who is there."""

    TRACK = "track"
    """A few times a visit: faces are followed, and asked about when it is worth it."""
    INTERVAL = "interval"
    """Every so often, whoever is there or not."""
    OFF = "off"
    """Never; video is recorded all the same."""


class FaceGate(StrEnum):
    """Who finds the faces that are followed."""

    DEVICE = "device"
    """This device, with facecore's vision extra; nothing is asked before there is a face."""
    RECOGNIZER = "recognizer"
    """The recognizer, in its answers; it is asked when something moves."""


class Send(StrEnum):
    """What a request holds."""

    FRAME = "frame"
    """The whole frame, as a JPEG."""
    CROPS = "crops"
    """The faces alone, each as a PNG; the recognizer need not find them again."""


class UploadOrder(StrEnum):
    """Which segment is uploaded first."""

    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class UploadSchedule:
    """The time of day in which uploads are allowed, for a network that is metered or shared.

    From ``opens`` until ``closes``, local time, over midnight where it closes earlier.
    """

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse ``22:00-06:00``; return None for an empty text: uploads are always allowed.

        Raises:
            ValueError: the text has another form, or the schedule has no length.
        """
        if not text:
            return None
        found = _SCHEDULE.fullmatch(text)
        try:
            opens, closes = _times(found)
        except ValueError:
            raise ValueError("a window is written as 22:00-06:00, in local time") from None
        if opens == closes:
            raise ValueError("the window has no length; leave it out to upload at all times")
        return cls(opens, closes)

    def is_open(self, local: datetime) -> bool:
        """Return whether uploads are allowed at this local time."""
        now = local.time()
        if self.opens < self.closes:
            return self.opens <= now < self.closes
        return now >= self.opens or now < self.closes


def _times(found: re.Match[str] | None) -> tuple[time, time]:
    if found is None:
        raise ValueError
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
