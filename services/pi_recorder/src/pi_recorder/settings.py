"""What can be set, by environment variables that begin with ``PI_RECORDER_``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from facecore.client.address import service_url
from pi_recorder.cameras.file import Pace
from pi_recorder.errors import SettingsError

_PREFIX = "PI_RECORDER_"
_FIXES = {
    "token": "set it to a device's token; `recognizer devices add NAME` makes one",
    "url": "set it to the recognizer's address, such as http://127.0.0.1:8000",
}


def _checked_url(url: str) -> str:
    service_url(url)
    return url


Seconds = Annotated[float, Field(allow_inf_nan=False)]


class Settings(BaseSettings):
    """Every setting of the recorder, checked before anything starts.

    Attributes:
        url: the recognizer's address.
        token: the device's; never shown.
        camera: ``demo``, a video file's path, or a device such as /dev/video0.
        camera_pace: of a file: ``own``, or ``fast`` as it can be recorded.
        spool_dir: where finished segments wait for their upload.
        segment_seconds: length of one segment.
        sample_interval_s: from one recognition to the next.
        recognition_deadline_s: how long an answer is waited for.
        late_after_s: an answer that took longer is shown as late.
        upload_deadline_s: how long the upload of one segment may take.
        drain_s: how long the last uploads may take at the end.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore", frozen=True)

    url: Annotated[str, AfterValidator(_checked_url)] = "http://127.0.0.1:8000"
    token: Annotated[SecretStr, Field(min_length=1)]
    camera: Annotated[str, Field(min_length=1)] = "demo"
    camera_pace: Pace = Pace.OWN
    spool_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("pi-recorder") / "spool"
    )
    segment_seconds: Seconds = Field(default=10.0, ge=1, le=600)
    sample_interval_s: Seconds = Field(default=0.5, ge=0.05, le=3600)
    recognition_deadline_s: Seconds = Field(default=10.0, ge=0.1, le=60)
    late_after_s: Seconds = Field(default=2.0, gt=0)
    upload_deadline_s: Seconds = Field(default=60.0, ge=1, le=3600)
    drain_s: Seconds = Field(default=10.0, ge=0, le=600)


def load_settings(**given: Any) -> Settings:
    """Settings from the environment; what is given here and is not None comes first.

    Raises:
        SettingsError: names every wrong one, with its fix and never with its value.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        lines = (_explained(item["loc"], item["msg"]) for item in error.errors())
        raise SettingsError("\n".join(lines)) from None


def _explained(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else ""
    reason = message.removeprefix("Value error, ")
    fix = f"; {_FIXES[name]}" if name in _FIXES else ""
    return f"{_PREFIX}{name.upper()}: {reason}{fix}"
