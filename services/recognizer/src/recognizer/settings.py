"""Every setting of the recognizer, read from the environment and checked at the start."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import Field, HttpUrl, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from facecore.contract import Sha256
from facecore.models.catalogue import DEFAULT_EMBEDDER
from recognizer.errors import SettingsInvalid

_PREFIX = "RECOGNIZER_"


def _data_dir() -> Path:
    return platformdirs.user_data_path("recognizer")


class Settings(BaseSettings):
    """Names in the environment are these in capitals, after ``RECOGNIZER_``."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, env_ignore_empty=True)

    data_dir: Path = Field(default_factory=_data_dir)
    """Folder of the local store; made when it is not there."""
    model: str = DEFAULT_EMBEDDER
    """Name of the embedding model, of ``facecore models list``."""
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    """Threads that work on one picture; none lets the model's runtime choose."""
    max_concurrency: Annotated[int, Field(ge=1, le=256)] = 2
    """Pictures worked on at once; more wait their turn."""
    gallery_refresh_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    """How far the gallery may lag behind what another process enrolled, in seconds."""
    admin_token_sha256: Sha256 | None = None
    """SHA-256 of an admin token, in lower-case hexadecimal digits."""
    public_url: HttpUrl | None = None
    """Where clients reach the service, for links to itself; none takes the request's own."""
    upload_link_s: Annotated[int, Field(ge=10, le=7 * 24 * 3600)] = 900
    """How long a link to upload or play a video works, in seconds."""
    video_prefix: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,63}$")
    ] = "vidinput"
    """First part of every video's key."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def upload_link_lifetime(self) -> timedelta:
        """``upload_link_s`` as a duration."""
        return timedelta(seconds=self.upload_link_s)


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsInvalid: names each variable that can't be used, and what it must be.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{_PREFIX}{'_'.join(map(str, part['loc'])).upper()}: {part['msg']}"
            for part in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsInvalid("\n".join(lines)) from error
