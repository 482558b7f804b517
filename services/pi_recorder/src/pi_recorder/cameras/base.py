"""What a camera is."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol

import av


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture.

    Attributes:
        picture: in any size and pixel format that FFmpeg knows.
        captured_at: UTC. It grows from frame to frame whatever the system's clock does, for it is
            read once and then counted on.
    """

    picture: av.VideoFrame
    captured_at: datetime


class Camera(Protocol):
    """Gives frames until it ends by itself or is told to stop."""

    @property
    def can_wait(self) -> bool:
        """Whether it loses nothing while nobody takes its next frame: a file does not."""
        ...

    def frames(self, stop: Event) -> Generator[Frame]:
        """Opens the camera and gives its frames in order; closing the generator closes it.

        Args:
            stop: ends the frames soon after it is set.

        Raises:
            CameraError: it can't be opened, or broke.
        """
        ...
