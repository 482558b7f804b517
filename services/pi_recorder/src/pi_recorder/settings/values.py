"""Value types of the settings: choices, and the addresses and keys of sinks."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Self
from urllib.parse import unquote, urlsplit

from facecore.hosts import is_private

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


_PORTS = {"mqtt": 1883, "mqtts": 8883}
_SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins
_MIN_SECRET, _MAX_SECRET = 24, 64


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """An MQTT broker's address and credentials; with ``tls`` its certificate is verified."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def broker_address(url: str) -> BrokerAddress:
    """Read ``mqtt://user:password@host:port`` or ``mqtts://…``.

    Names of people must not cross the internet in clear, so plain ``mqtt`` goes only to this
    machine and to private networks.

    Raises:
        ValueError: the address is wrong; the message repeats no more of it than the host.
    """
    parsed = urlsplit(url)
    try:
        port = parsed.port
    except ValueError:
        raise ValueError("the broker's port must be a number up to 65535") from None
    if parsed.scheme not in _PORTS or not parsed.hostname:
        raise ValueError("a broker is mqtt://host or mqtts://host, with user:password@ if need be")
    if parsed.path.strip("/") or parsed.query or parsed.fragment:
        raise ValueError("the broker's address ends after its port")
    tls = parsed.scheme == "mqtts"
    if not tls and not is_private(parsed.hostname):
        raise ValueError(
            f"mqtt://{parsed.hostname} would send names in clear over the internet; use mqtts, or "
            "mqtt only to this machine or a private network"
        )
    return BrokerAddress(
        parsed.hostname,
        port or _PORTS[parsed.scheme],
        tls,
        unquote(parsed.username) if parsed.username else None,
        unquote(parsed.password) if parsed.password else None,
    )


def webhook_key(secret: str) -> bytes:
    """Decode a secret such as ``whsec_…``: 24 to 64 bytes in base64.

    Raises:
        ValueError: the secret has another form; the message does not repeat it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not _MIN_SECRET <= len(key) <= _MAX_SECRET:
        raise ValueError(
            "a secret is 24 to 64 bytes in base64; `openssl rand -base64 32` makes one"
        )
    return key
