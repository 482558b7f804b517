"""The interface of a camera, and its frames."""

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
        data: one H.264 access unit in Annex B form, in presentation order. A key frame's unit
            begins with its SPS and PPS.
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
        captured_at: UTC. It increases from frame to frame even if the system's clock is stepped;
            see ``clock.Timeline``.
        encoded: for the recording, from a camera that encodes by itself. Encoding takes time, so
            it may have been captured before the picture.
    """

    picture: av.VideoFrame
    captured_at: datetime
    encoded: EncodedUnit | None = None


FrameOrUnit = Frame | EncodedUnit
"""What a segment is made of: frames to encode, or units that a camera encoded."""


class Camera(Protocol):
    """A source of frames, until it ends by itself or is stopped."""

    @property
    def can_wait(self) -> bool:
        """Whether it loses no frame while its next frame is not taken, like a file.

        A camera that can't wait is live: it is watched, and opened again when it is away.
        """
        ...

    def frames(self, stop: Event) -> Generator[Frame]:
        """Open the camera and yield its frames in order; closing the generator closes the camera.

        For a live camera it can be called again after it ended.

        Args:
            stop: the frames end soon after it is set.

        Raises:
            CameraError: the camera can't be opened, or failed.
        """
        ...
