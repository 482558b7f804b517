"""Every setting of the recognizer, read from the environment and checked at the start."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
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
from facecore.models import Backend
from facecore.models.catalogue import DEFAULT_EMBEDDER, FACENET_VGGFACE2, Thresholds
from recognizer.domain.errors import SettingsInvalid
from recognizer.domain.thresholds import OwnThresholds

_PREFIX = "RECOGNIZER_"
_LOCAL_VIDEO_DAYS = 30


def _data_dir() -> Path:
    return platformdirs.user_data_path("recognizer")


def _model(before: dict[str, Any]) -> str:
    """The default of each backend; torch computes one model alone."""
    return FACENET_VGGFACE2.name if before.get("backend") is Backend.TORCH else DEFAULT_EMBEDDER


def _networks(text: object) -> object:
    if not isinstance(text, str):
        return text
    return tuple(_network(part.strip()) for part in text.split(","))


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no address or network; give such as 10.0.0.1 or 10.0.0.0/8, "
            "with commas between"
        ) from None


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
"""As DynamoDB takes it."""

BucketName = Annotated[str, StringConstraints(pattern=_BUCKET)]
"""As S3 takes it."""


class Settings(BaseSettings):
    """Names in the environment are these in capitals, after ``RECOGNIZER_``.

    Region, credentials and endpoints of the AWS family are read by boto3 from the variables of
    its own (``AWS_REGION``, ``AWS_ENDPOINT_URL`` …).
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, env_ignore_empty=True)

    store: Literal["local", "aws"] = "local"
    """Where people, faces, sightings and videos are kept: a folder, or DynamoDB and S3."""
    data_dir: Path = Field(default_factory=_data_dir)
    """Folder of the local store; made when it is not there."""
    backend: Backend = Backend.ONNX
    """What computes: ``onnx``, or ``torch``, which is the extra ``facecore[torch]``."""
    torch_device: Literal["cpu", "cuda"] | None = None
    """Where torch computes; none takes CUDA when there is one."""
    model: str = Field(default_factory=_model)
    """Name of the embedding model, of ``facecore models list``; torch has ``facenet-vggface2``."""
    thresholds: Annotated[OwnThresholds | None, NoDecode, BeforeValidator(OwnThresholds.parse)] = (
        None
    )
    """Thresholds of this deployment, as `recognizer calibrate` prints them: the model's id, a
    colon, and match, uncertain and margin with commas between; none takes the catalogue's."""
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    """Threads that work on one picture; none lets the model's runtime choose."""
    max_concurrency: Annotated[int, Field(ge=1, le=256)] = 2
    """Pictures worked on at once; more wait their turn."""
    max_megapixels: Annotated[float, Field(ge=1, le=10_000)] = 32.0
    """Pixels of all pictures worked on at once, in millions. A picture with more runs alone.

    A picture takes some 10 bytes of memory a pixel while it is worked on.
    """
    max_wait_s: Annotated[float, Field(ge=0.1, le=60)] = 5.0
    """A picture that would wait longer for its answer is refused at once, in seconds."""
    gallery_refresh_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    """How far the gallery may lag behind what another process enrolled, in seconds."""
    admin_token_sha256: Sha256 | None = None
    """SHA-256 of an admin token, in lower-case hexadecimal digits."""
    session_hours: Annotated[int, Field(ge=1, le=720)] = 12
    """How long somebody who signed in to the console stays so, in hours."""
    public_url: HttpUrl | None = None
    """Where clients reach the service, for links to itself; none takes the request's own."""
    trusted_proxies: Annotated[
        tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)
    ] = ()
    """Addresses or networks of proxies, with commas between. Only from these the client's address
    and scheme are taken from ``X-Forwarded-For`` and ``X-Forwarded-Proto``; none: from nobody."""
    upload_link_s: Annotated[int, Field(ge=10, le=7 * 24 * 3600)] = 900
    """How long a link to upload or play a video works, in seconds."""
    video_prefix: Annotated[str, StringConstraints(pattern=_VIDEO_PREFIX)] = "vidinput"
    """First part of every video's key."""
    sighting_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long a sighting is kept, in days since it was received."""
    crop_days: Annotated[int, Field(ge=0, le=365)] = 7
    """How long a crop of a face that was seen is kept, in days since it was received, and no longer
    than its sighting; 0 keeps none. An unknown person that is to be named needs one."""
    video_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """How long a video is kept, in days since its announcement.

    Not set, the local store keeps a video for 30 days, and the AWS one for ever. In AWS the
    bucket's lifecycle rule deletes the video, and this says when the list forgets it; Terraform
    sets both.
    """
    video_max_gb: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    """Most gigabytes (10^9 bytes) of video in the local store; the oldest segments go first.

    Not set, half of the disk. In any case 1 GB of the disk stays free; of a small disk, a tenth.
    """
    people_table: TableName = "student_info"
    """People's records, by label. This and what follows is of the AWS family."""
    faces_table: TableName = "recognizer-faces"
    """Enrolled photos with their embeddings, by label and photo id."""
    gallery_table: TableName = "recognizer-gallery"
    """The gallery's version, its log of changes, and where its snapshot lies."""
    sightings_table: TableName = "recognizer-sightings"
    """Sightings, by device and by label."""
    videos_table: TableName = "recognizer-videos"
    """Video segments, by key."""
    crops_table: TableName = "recognizer-crops"
    """Crops of faces seen, by person and by visit; and who is ignored."""
    devices_table: TableName = "recognizer-devices"
    """Devices, the admin's token and the console's sessions, as hashes."""
    videos_bucket: BucketName | None = None
    """Bucket of the video segments."""
    faces_bucket: BucketName | None = None
    """Bucket of the enrolled photos and the gallery's snapshot."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

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
        """``video_days`` as a duration, or the store's own; None: for ever."""
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
                f"{_PREFIX}THRESHOLDS are those of {self.thresholds.model_id}, but {_PREFIX}MODEL "
                f"is {self.model}; calibrate again with this model, or leave them out"
            )
        return self

    @model_validator(mode="after")
    def _backend_has_the_model(self) -> Self:
        computed = self.model in (FACENET_VGGFACE2.name, FACENET_VGGFACE2.id)
        if self.backend is Backend.TORCH and not computed:
            raise ValueError(
                f"{_PREFIX}BACKEND is torch, which computes {FACENET_VGGFACE2.name} alone, but "
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
    """The settings of this process.

    Raises:
        SettingsInvalid: names each variable that can't be used, and what it must be.
    """
    try:
        return Settings()
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        told = [_explained(one) for one in found if one["type"] != "default_factory_not_called"]
        raise SettingsInvalid("\n".join(dict.fromkeys(told))) from error


def _explained(detail: ErrorDetails) -> str:
    """Which variable, and what it must be; a rule over several names them itself."""
    if not detail["loc"]:
        return reason(detail)
    name = str(detail["loc"][0])
    schema = Settings.model_json_schema()["properties"][name]
    return f"{_PREFIX}{name.upper()}: {setting_reason(detail, schema, _FORMS)}"
