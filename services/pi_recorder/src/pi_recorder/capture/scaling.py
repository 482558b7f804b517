"""Convert a picture that several threads use: recording, recognition, and the live page.

PyAV keeps a scaler in each frame (``VideoFrame.reformat``, and ``to_ndarray`` with a format), and
FFmpeg's scaler also writes into the frame that it reads. Two threads that convert one frame at
once can deadlock. So each thread has its own scaler here, and only one thread at a time converts a
picture.
"""

from __future__ import annotations

from threading import Lock, local
from typing import cast

import av
from av.video.reformatter import VideoReformatter

from facecore.vision.image import RgbImage

_LOCKS = tuple(Lock() for _ in range(64))
"""Locks of pictures, by identity; two pictures that share one delay each other by milliseconds."""


class _Scaler(local):
    """The scaler of one thread; it reuses FFmpeg's state of the last conversion."""

    def __init__(self) -> None:
        self.reformat = VideoReformatter().reformat


_scaler = _Scaler()


def converted(
    picture: av.VideoFrame, form: str, *, width: int | None = None, height: int | None = None
) -> av.VideoFrame:
    """Return the picture in a pixel format and size; the picture itself if it has both already.

    Args:
        picture: may be in use by other threads at the same time.
        form: FFmpeg's name of the pixel format, such as ``rgb24``.
        width: in pixels; its own if not given.
        height: in pixels; its own if not given.
    """
    with _LOCKS[id(picture) // 64 % len(_LOCKS)]:
        return _scaler.reformat(picture, width, height, form, threads=1)


def rgb(picture: av.VideoFrame) -> RgbImage:
    """Return the picture as RGB uint8 (H, W, 3)."""
    return cast(RgbImage, converted(picture, "rgb24").to_ndarray())
