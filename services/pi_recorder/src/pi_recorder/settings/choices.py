"""Value types of the settings: the choices for camera, recognition and uploads."""

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
    """When requests are sent to the recognizer."""

    TRACK = "track"
    """A few times a visit: faces are followed, and a request is sent for a good enough shot."""
    INTERVAL = "interval"
    """At fixed intervals, whether somebody is there or not."""
    OFF = "off"
    """Never; video is still recorded."""


class FaceGate(StrEnum):
    """What finds the faces that are followed."""

    DEVICE = "device"
    """This device, with facecore's vision extra; no request is sent before a face is found."""
    RECOGNIZER = "recognizer"
    """The recognizer, in its answers; a request is sent when something moves."""


class RequestContent(StrEnum):
    """What a recognition request contains."""

    FRAME = "frame"
    """The whole frame, as a JPEG."""
    CROPS = "crops"
    """Only the face crops, each as a PNG; the recognizer need not find the faces again."""


class UploadOrder(StrEnum):
    """Which segment is uploaded first."""

    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class UploadSchedule:
    """The time of day in which uploads are allowed, for a network that is metered or shared.

    It lasts from ``opens`` until ``closes``, local time, over midnight if it closes earlier.
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
