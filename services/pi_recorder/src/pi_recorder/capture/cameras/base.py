"""What a camera is."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol

import av


@dataclass(frozen=True, slots=True, eq=False)
class EncodedUnit:
    """One picture as the camera itself encoded it.

    Attributes:
        data: one H.264 access unit in Annex B form: start codes, in the order of showing. A key
            frame's begins with its SPS and PPS.
        is_key: whether decoding can begin here.
        captured_at: as in ``Frame``.
    """

    data: bytes
    is_key: bool
    captured_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture.

    Attributes:
        picture: in any size and pixel format that FFmpeg knows; for recognition, and for the
            recording unless there is ``encoded``.
        captured_at: UTC. It grows from frame to frame whatever the system's clock does, for that
            is read once and then counted on; see ``clock.Timeline``.
        encoded: for the recording, from a camera that encodes by itself. Encoding takes time, so
            it may belong to an earlier moment than the picture.
    """

    picture: av.VideoFrame
    captured_at: datetime
    encoded: EncodedUnit | None = None


Shot = Frame | EncodedUnit
"""What is recorded of one moment."""


class Camera(Protocol):
    """Gives frames until it ends by itself or is told to stop."""

    @property
    def can_wait(self) -> bool:
        """Whether it loses nothing while nobody takes its next frame: a file does not.

        A camera that can't wait is live: it is watched, and opened again when it is away.
        """
        ...

    def frames(self, stop: Event) -> Generator[Frame]:
        """Opens the camera and gives its frames in order; closing the generator closes it.

        A live camera's can be called again after it ended.

        Args:
            stop: ends the frames soon after it is set.

        Raises:
            CameraError: it can't be opened, or broke.
        """
        ...
