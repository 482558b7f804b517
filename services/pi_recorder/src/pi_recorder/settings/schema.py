"""The schema of the settings: ``PI_RECORDER_…`` in the environment, the plain name in a file.

``loading.py`` reads the settings and explains errors; ``template.py`` writes a file with all of
them.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    ValidationInfo,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from facecore.client.address import checked, service_url
from facecore.errors import ModelUnknown
from facecore.models.catalogue import DEFAULT_EMBEDDER, embedder
from pi_recorder.events.formatting import EVENT_NAMES
from pi_recorder.settings.values import (
    CameraFormat,
    FaceGate,
    Pace,
    RecognitionMode,
    RequestContent,
    UploadOrder,
    UploadSchedule,
    broker_address,
    webhook_key,
)

PREFIX = "PI_RECORDER_"
_TOPIC = r"^[^/+#\x00][^+#\x00]*[^/+#\x00]$"
FORMS = {_TOPIC: "it is no topic"}
"""Error messages for values that do not match a pattern."""
FIXES = {
    "token": "set it to a device's token; `recognizer devices add NAME` makes one",
    "url": "set it to the recognizer's address, such as http://127.0.0.1:8000",
    "mqtt_topic": "give one such as pi-recorder/door, without +, # and a slash at either end",
}


def _checked_url(url: str) -> str:
    service_url(url)
    return url


def _checked_schedule(written: str) -> str:
    UploadSchedule.parse(written)
    return written


def _model_name(model: str) -> str:
    try:
        return embedder(model).name
    except ModelUnknown as error:
        raise ValueError(str(error)) from None


def _both_or_none(height: int | None, info: ValidationInfo) -> int | None:
    if "camera_width" in info.data and (info.data["camera_width"] is None) != (height is None):
        raise ValueError("set width and height, or neither of them")
    return height


def _secretly(check: Callable[[str], object]) -> AfterValidator:
    """Return a validator of a secret's text; no message repeats that text."""

    def checked_secret(secret: SecretStr) -> SecretStr:
        check(secret.get_secret_value())
        return secret

    return AfterValidator(checked_secret)


def _listed(value: object) -> object:
    if isinstance(value, str):
        return tuple(name.strip() for name in value.split(",") if name.strip())
    return value


def _event_name(name: str) -> str:
    if name not in EVENT_NAMES:
        raise ValueError(f"there is no event {name!r}; there are {', '.join(EVENT_NAMES)}")
    return name


def _off_is_0(value: object) -> object:
    return 0 if value == "off" else value


Number = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Number


class Settings(BaseSettings):
    """Every setting of the recorder, checked before anything starts.

    Attributes:
        url: the recognizer's address.
        token: the device's token; never shown.
        token_file: a file that contains only the token, instead of ``token``.
        camera: ``demo``, ``picamera``, a video file's path, a device such as /dev/video0, or an
            rtsp:// address; never shown, because an address can contain a password.
        camera_pace: pace of a file: ``own``, or ``fast`` for as fast as it can be recorded.
        camera_loop: whether a file or the demo starts again at its end.
        camera_width, camera_height: picture size requested of a live camera, in pixels; both or
            none.
        camera_fps: frames a second requested of a live camera.
        camera_stall_s: seconds without a frame after which a live camera is opened again.
        camera_give_up_s: how many seconds a live camera may be away before the run fails.
        video_kbps: bit rate of the recorded video, in kilobits a second; by quality if not set.
        spool_dir: the folder of segments that wait for their upload.
        segment_seconds: length of one segment.
        recognition_mode: ``track``, a few requests a visit; ``interval``, one at intervals; or
            ``off``.
        request_content: what a request contains: ``frame``, the whole frame; or ``crops``, faces
            cut out on this device.
        face_gate: what finds the faces that are followed: ``device`` or ``recognizer``.
        min_face_px: smallest face that the device finds, in pixels.
        model: the recognizer's model, for which this device cuts out faces.
        detection_interval_s: seconds from one search for faces to the next.
        motion_level: grey levels by which a pixel must change to count as moving.
        motion_area: share of the picture that must move; at 0 every frame is searched.
        visit_gap_s: somebody who is unseen for longer and returns begins another visit.
        requests_per_visit: most requests about a visit that stays without a name; a clearly better
            shot is sent beyond that.
        replay_after_outage: whether visits without an answer because of an outage are recognized
            afterwards; only for faces that are found on this device.
        sample_interval_s: seconds from one request to the next in the mode ``interval``.
        recognition_deadline_s: how many seconds a request may take.
        late_after_s: an answer that took more seconds is shown as late.
        spool_max_bytes: how much the spool may hold, such as ``16GiB``.
        spool_min_free_bytes: how much of the spool's disk stays free.
        keep_uploaded: whether uploaded segments are kept here until their room is needed.
        drop_oldest_queued: whether the oldest segment that waits is dropped when there is no room;
            otherwise recording pauses.
        upload_stall_s: an upload without progress for so many seconds is aborted and retried.
        upload_bytes_per_s: highest speed of uploads; unlimited if not set.
        upload_window: the local time of day in which uploads are allowed, such as ``22:00-06:00``.
        upload_order: ``oldest`` or ``newest`` first.
        upload_drain_s: how many seconds the last uploads may take when the camera has ended.
        stop_timeout_s: how many seconds a stop may take in all; systemd waits 10 seconds.
        report_interval_s: seconds from one report of this device's status to the next.
        device_name: name of this recorder on its page and in what it sends.
        live_host: address on which the live page listens; 0.0.0.0 opens it to the local network.
        live_port: port of the live page; ``off`` or 0 for no page.
        live_password: password of the live page; with a password the page also allows actions.
        live_fps: the most pictures a second that the live page shows.
        events_file: file to which events are written, one a line.
        webhook_url: address to which events are posted.
        webhook_secret: key that signs posted events; ``whsec_`` and 24 to 64 bytes in base64.
        webhook_events: the names of the events to post.
        mqtt_url: an MQTT broker, ``mqtt://user:password@host:port`` or ``mqtts://…``.
        mqtt_topic: prefix of all published topics; ``pi-recorder/NAME`` if not set.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    url: Annotated[str, AfterValidator(_checked_url)] = "http://127.0.0.1:8000"
    token: Annotated[SecretStr, Field(min_length=1)]
    token_file: Path | None = None
    camera: Annotated[str, Field(min_length=1, repr=False)] = "demo"
    camera_pace: Pace = Pace.OWN
    camera_loop: bool = False
    camera_width: Annotated[int | None, Field(ge=128, le=7680, multiple_of=2)] = None
    camera_height: Annotated[
        int | None,
        Field(ge=96, le=4320, multiple_of=2, validate_default=True),
        AfterValidator(_both_or_none),
    ] = None
    camera_fps: Annotated[int | None, Field(ge=1, le=120)] = None
    camera_stall_s: Seconds = Field(default=5.0, ge=1, le=600)
    camera_give_up_s: Seconds = Field(default=120.0, ge=0)
    video_kbps: Annotated[int | None, Field(ge=100, le=50_000)] = None
    spool_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("pi-recorder") / "spool"
    )
    segment_seconds: Seconds = Field(default=10.0, ge=1, le=600)
    recognition_mode: RecognitionMode = RecognitionMode.TRACK
    request_content: RequestContent = RequestContent.FRAME
    face_gate: FaceGate = FaceGate.DEVICE
    min_face_px: Annotated[int, Field(ge=20, le=1000)] = 40
    model: Annotated[str, AfterValidator(_model_name)] = DEFAULT_EMBEDDER
    detection_interval_s: Seconds = Field(default=0.1, ge=0.02, le=60)
    motion_level: Number = Field(default=12.0, ge=1, le=255)
    motion_area: Number = Field(default=0.002, ge=0, le=1)
    visit_gap_s: Seconds = Field(default=1.5, ge=0.2, le=600)
    requests_per_visit: Annotated[int, Field(ge=1, le=100)] = 4
    replay_after_outage: bool = False
    sample_interval_s: Seconds = Field(default=0.5, ge=0.05, le=3600)
    recognition_deadline_s: Seconds = Field(default=10.0, ge=0.1, le=60)
    late_after_s: Seconds = Field(default=2.0, gt=0)
    spool_max_bytes: ByteSize = Field(default=ByteSize(16 * 2**30), gt=0)
    spool_min_free_bytes: ByteSize = Field(default=ByteSize(2**30), ge=0)
    keep_uploaded: bool = False
    drop_oldest_queued: bool = False
    upload_stall_s: Seconds = Field(default=60.0, ge=1, le=3600)
    upload_bytes_per_s: Annotated[ByteSize, Field(ge=1024)] | None = None
    upload_window: Annotated[str, AfterValidator(_checked_schedule)] = ""
    upload_order: UploadOrder = UploadOrder.OLDEST
    upload_drain_s: Seconds = Field(default=10.0, ge=0, le=600)
    stop_timeout_s: Seconds = Field(default=3.0, ge=1, le=600)
    report_interval_s: Seconds = Field(default=60.0, ge=10, le=3600)
    device_name: str = Field(default_factory=socket.gethostname, min_length=1, max_length=64)
    live_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    live_port: Annotated[int, Field(ge=0, le=65535), BeforeValidator(_off_is_0)] = 8080
    live_password: Annotated[SecretStr, Field(min_length=8)] | None = None
    live_fps: Annotated[float, Field(ge=0.2, le=30, allow_inf_nan=False)] = 5.0
    events_file: Path | None = None
    webhook_url: Annotated[SecretStr, _secretly(checked)] | None = None
    webhook_secret: Annotated[SecretStr, _secretly(webhook_key)] | None = None
    webhook_events: Annotated[
        tuple[Annotated[str, AfterValidator(_event_name)], ...], NoDecode, BeforeValidator(_listed)
    ] = ("visit_named",)
    mqtt_url: Annotated[SecretStr, _secretly(broker_address)] | None = None
    mqtt_topic: Annotated[str, Field(pattern=_TOPIC)] | None = None

    @property
    def camera_format(self) -> CameraFormat:
        """The format requested of a live camera."""
        width, height = self.camera_width, self.camera_height
        return CameraFormat(
            (width, height) if width and height else None, self.camera_fps, self.video_kbps
        )

    @property
    def finds_faces(self) -> bool:
        """Whether this device finds the faces itself."""
        return self.recognition_mode is RecognitionMode.TRACK and self.face_gate is FaceGate.DEVICE


SECRETS = frozenset(
    name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)
)
"""The settings that are never shown."""
