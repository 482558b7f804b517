"""Converts a picture that several threads look at: recording, recognition, and the live page.

PyAV keeps a scaler in each frame (``VideoFrame.reformat``, and ``to_ndarray`` with a format), and
FFmpeg's scaler also writes into the frame that it reads. Two threads that use them on one frame at
once can wait for each other for good. So each thread has a scaler of its own here, and one picture
is converted by one thread at a time.
"""

from __future__ import annotations

from threading import Lock, local
from typing import cast

import av
from av.video.reformatter import VideoReformatter

from facecore.vision.image import RgbImage

_LOCKS = tuple(Lock() for _ in range(64))
"""Of a picture, by its identity; two that share one wait for each other for a millisecond."""


class _Scaler(local):
    """One a thread; it keeps what FFmpeg has set up for the last conversion."""

    def __init__(self) -> None:
        self.reformat = VideoReformatter().reformat


_scaler = _Scaler()


def converted(
    picture: av.VideoFrame, form: str, *, width: int | None = None, height: int | None = None
) -> av.VideoFrame:
    """The picture in a pixel format and a size; itself, if it has both.

    Args:
        picture: no copy of it is needed, whoever else looks at it.
        form: FFmpeg's name of the pixel format, such as ``rgb24``.
        width: in pixels; its own if not given.
        height: in pixels; its own if not given.
    """
    with _LOCKS[id(picture) // 64 % len(_LOCKS)]:
        return _scaler.reformat(picture, width, height, form, threads=1)


def rgb(picture: av.VideoFrame) -> RgbImage:
    """The picture as RGB uint8 (H, W, 3)."""
    return cast(RgbImage, converted(picture, "rgb24").to_ndarray())
