"""Every setting of the recognizer. They are read from the environment and checked at the start."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import platformdirs
from pydantic import (
    BeforeValidator,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from facecore.contract import Sha256
from facecore.contract.reasons import reason, setting_reason
from facecore.hosts import Network, networks_of
from facecore.models import Backend
from facecore.models.catalogue import DEFAULT_EMBEDDER, FACENET_VGGFACE2, Thresholds
from recognizer.domain.errors import SettingsInvalid
from recognizer.domain.thresholds_setting import ThresholdsSetting

_PREFIX = "RECOGNIZER_"
_LOCAL_VIDEO_DAYS = 30


def _data_dir() -> Path:
    return platformdirs.user_data_path("recognizer")


def _model(before: dict[str, Any]) -> str:
    """Return the backend's default model; torch computes only one."""
    return FACENET_VGGFACE2.name if before.get("backend") is Backend.TORCH else DEFAULT_EMBEDDER


_TABLE = r"^[A-Za-z0-9_.\-]{3,255}$"
_BUCKET = r"^[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]$"
_VIDEO_PREFIX = r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,63}$"
_FORMS = {
    _TABLE: "give a table's name: 3 to 255 letters (a to z, A to Z), digits, '_', '.' or '-'",
    _BUCKET: "give a bucket's name: 3 to 63 lower-case letters, digits, '.' or '-', "
    "and begin and end with a letter or digit",
    _VIDEO_PREFIX: "give 1 to 64 letters (a to z, A to Z), digits, '_' or '-', "
    "and begin with a letter or digit",
}

TableName = Annotated[str, StringConstraints(pattern=_TABLE)]
"""A table's name that DynamoDB accepts."""

BucketName = Annotated[str, StringConstraints(pattern=_BUCKET)]
"""A bucket's name that S3 accepts."""


class Settings(BaseSettings):
    """The settings of one process.

    The environment variable of each is ``RECOGNIZER_`` and the name in capitals. With the store
    ``aws``, boto3 reads region, credentials and endpoints from its own variables (``AWS_REGION``,
    ``AWS_ENDPOINT_URL`` …).
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, env_ignore_empty=True)

    store: Literal["local", "aws"] = "local"
    """Where people, faces, sightings and videos are stored: in a folder (``local``), or in
    DynamoDB and S3 (``aws``)."""
    data_dir: Path = Field(default_factory=_data_dir)
    """Folder of the local store. It is created if it does not exist."""
    backend: Backend = Backend.ONNX
    """What computes the networks: ``onnx``, or ``torch``, which needs the extra
    ``facecore[torch]``."""
    torch_device: Literal["cpu", "cuda"] | None = None
    """Where torch computes. By default on CUDA if there is a device, else on the CPU."""
    model: str = Field(default_factory=_model)
    """Name of the embedding model; ``facecore models list`` prints the names. The backend torch
    computes only ``facenet-vggface2``."""
    thresholds: Annotated[
        ThresholdsSetting | None, NoDecode, BeforeValidator(ThresholdsSetting.parse)
    ] = None
    """Thresholds of this deployment, as `recognizer calibrate` prints them: the model's id, a
    colon, then match, uncertain and margin, separated by commas. By default those of the
    catalogue."""
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    """Threads that work on one picture. By default the model's runtime chooses."""
    max_concurrency: Annotated[int, Field(ge=1, le=256)] = 2
    """Pictures worked on at once. Further pictures wait."""
    max_megapixels: Annotated[float, Field(ge=1, le=10_000)] = 32.0
    """Most pixels of all pictures worked on at once, in millions. A larger picture is worked on
    alone.

    Each pixel takes about 10 bytes of memory while its picture is worked on.
    """
    max_wait_s: Annotated[float, Field(ge=0.1, le=60)] = 5.0
    """Longest wait for an answer, in seconds. A picture that would wait longer is refused at
    once."""
    gallery_refresh_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    """Longest delay until another process's changes reach the gallery in memory, in seconds."""
    admin_token_sha256: Sha256 | None = None
    """SHA-256 of an admin token, in lower-case hexadecimal digits. The token works beside the one
    in the store."""
    session_hours: Annotated[int, Field(ge=1, le=720)] = 12
    """How long a session of the console lasts, in hours."""
    public_url: HttpUrl | None = None
    """URL at which clients reach the service, for links to itself. By default the URL of the
    request."""
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(networks_of)] = ()
    """Addresses or networks of proxies, separated by commas. ``X-Forwarded-For`` and
    ``X-Forwarded-Proto`` are believed only from these. By default from nobody."""
    upload_link_s: Annotated[int, Field(ge=10, le=7 * 24 * 3600)] = 900
    """How long a link to upload or play a video is valid, in seconds."""
    video_prefix: Annotated[str, StringConstraints(pattern=_VIDEO_PREFIX)] = "vidinput"
    """First part of every video's key."""
    sighting_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long a sighting is kept, in days since it was received."""
    crop_days: Annotated[int, Field(ge=0, le=365)] = 7
    """How long a crop of a seen face is kept, in days since it was received, and never longer than
    its sighting. 0 keeps none. An unknown person can only be named while a crop is kept."""
    video_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """How long a video is kept, in days since its announcement.

    By default the local store keeps a video for 30 days, and the AWS store for ever. In AWS the
    bucket's lifecycle rule deletes the video, and this setting removes it from the list; Terraform
    sets both.
    """
    video_max_gb: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    """Most gigabytes (10^9 bytes) of video in the local store. The oldest segments are deleted
    first.

    By default half of the disk. In any case 1 GB of the disk stays free, or a tenth of a small
    disk.
    """
    people_table: TableName = "student_info"
    """Table of people's records, by label. Only the AWS store uses this setting and those below,
    except ``log_level``."""
    faces_table: TableName = "recognizer-faces"
    """Table of enrolment photos with their embeddings, by label and photo id."""
    gallery_table: TableName = "recognizer-gallery"
    """Table of the gallery's version, its log of changes, and its snapshot's key."""
    sightings_table: TableName = "recognizer-sightings"
    """Table of sightings, by device and by label."""
    videos_table: TableName = "recognizer-videos"
    """Table of video segments, by key."""
    crops_table: TableName = "recognizer-crops"
    """Table of crops of seen faces, by person and by visit, and of the people who are ignored."""
    devices_table: TableName = "recognizer-devices"
    """Table of devices, the admin's token and the console's sessions, tokens as hashes."""
    videos_bucket: BucketName | None = None
    """Bucket of the video segments."""
    faces_bucket: BucketName | None = None
    """Bucket of the enrolment photos and the gallery's snapshot."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least level of the service's own log messages."""

    @property
    def upload_link_lifetime(self) -> timedelta:
        """``upload_link_s`` as a duration."""
        return timedelta(seconds=self.upload_link_s)

    @property
    def session_lifetime(self) -> timedelta:
        """``session_hours`` as a duration."""
        return timedelta(hours=self.session_hours)

    @property
    def sighting_lifetime(self) -> timedelta:
        """``sighting_days`` as a duration."""
        return timedelta(days=self.sighting_days)

    @property
    def crop_lifetime(self) -> timedelta:
        """``crop_days`` as a duration, and at most ``sighting_lifetime``."""
        return min(timedelta(days=self.crop_days), self.sighting_lifetime)

    @property
    def video_lifetime(self) -> timedelta | None:
        """``video_days`` as a duration, or the store's default; None means for ever."""
        days = self.video_days
        if days is None and self.store == "local":
            days = _LOCAL_VIDEO_DAYS
        return None if days is None else timedelta(days=days)

    @property
    def video_max_bytes(self) -> int | None:
        """``video_max_gb`` in bytes."""
        return None if self.video_max_gb is None else int(self.video_max_gb * 10**9)

    @property
    def own_thresholds(self) -> Thresholds | None:
        """``thresholds`` without the model's id."""
        return None if self.thresholds is None else self.thresholds.thresholds

    @model_validator(mode="after")
    def _thresholds_are_the_models(self) -> Self:
        if self.thresholds is not None and not self.thresholds.are_of(self.model):
            raise ValueError(
                f"{_PREFIX}THRESHOLDS belong to {self.thresholds.model_id}, but {_PREFIX}MODEL "
                f"is {self.model}; calibrate again with this model, or leave them out"
            )
        return self

    @model_validator(mode="after")
    def _backend_has_the_model(self) -> Self:
        computed = self.model in (FACENET_VGGFACE2.name, FACENET_VGGFACE2.id)
        if self.backend is Backend.TORCH and not computed:
            raise ValueError(
                f"{_PREFIX}BACKEND is torch, which computes only {FACENET_VGGFACE2.name}, but "
                f"{_PREFIX}MODEL is {self.model}; leave one of the two out"
            )
        return self

    @model_validator(mode="after")
    def _buckets_are_named(self) -> Self:
        missing = [
            name for name in ("videos_bucket", "faces_bucket") if getattr(self, name) is None
        ]
        if self.store == "aws" and missing:
            names = " and ".join(f"{_PREFIX}{name.upper()}" for name in missing)
            raise ValueError(f"the store 'aws' needs {names} too; `terraform output` prints them")
        return self


def load_settings() -> Settings:
    """Read the settings of this process.

    Raises:
        SettingsInvalid: a variable can't be used; the message names each and says what it must be.
    """
    try:
        return Settings()
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        messages = [_message(one) for one in found if one["type"] != "default_factory_not_called"]
        raise SettingsInvalid("\n".join(dict.fromkeys(messages))) from error


def _message(detail: ErrorDetails) -> str:
    """Say which variable is wrong and what it must be; a rule over several names them itself."""
    if not detail["loc"]:
        return reason(detail)
    name = str(detail["loc"][0])
    schema = Settings.model_json_schema()["properties"][name]
    return f"{_PREFIX}{name.upper()}: {setting_reason(detail, schema, _FORMS)}"
