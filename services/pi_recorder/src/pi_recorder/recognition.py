"""Asks who is in the newest frame, twice a second or as set.

One question is under way at a time. When the recognizer is slow, frames are left out; when it is
away, the pauses grow. A frame is never asked about twice: the next frame is the retry.

The video that a frame belongs to is not named, for its key exists only once its segment is
finished and announced. Device and time of capture find it.
"""

from __future__ import annotations

import io
import time
from datetime import datetime
from typing import Protocol

import av
from PIL import Image

from facecore.contract import Recognition
from facecore.errors import ClientError
from pi_recorder.backoff import Backoff
from pi_recorder.events import Answered, Publish, RecognitionAway, RecognitionBack, Unanswered
from pi_recorder.newest import NewestFrame, TakenFrame

JPEG_QUALITY = 90
_LONGEST_PX = 1920
"""A 4K frame could exceed the contract's limit in bytes, and no face needs it."""


class Recognizer(Protocol):
    """What is asked; ``facecore.client.RecognizerClient`` is one."""

    def recognize(
        self, image: bytes, *, captured_at: datetime, deadline_s: float | None = None
    ) -> Recognition:
        """The faces of a JPEG. Raises ``ClientError``."""
        ...


class RecognitionLoop:
    """Takes the newest frame every ``interval_s`` seconds and publishes the answer.

    Args:
        deadline_s: how long an answer is waited for.
        late_after_s: an answer that took longer is published as late.
    """

    def __init__(
        self,
        newest: NewestFrame,
        recognizer: Recognizer,
        publish: Publish,
        *,
        interval_s: float,
        deadline_s: float,
        late_after_s: float,
    ) -> None:
        self._newest = newest
        self._recognizer = recognizer
        self._publish = publish
        self._interval_s = interval_s
        self._deadline_s = deadline_s
        self._late_after_s = late_after_s
        self._backoff = Backoff(first_s=max(interval_s, 0.5), longest_s=30.0)
        self._away_since: float | None = None

    def run(self) -> None:
        """Asks until the newest frame is closed and the last one was asked about."""
        while taken := self._newest.take():
            next_at = self._ask(taken)
            self._newest.pause(next_at - time.monotonic())

    def _ask(self, taken: TakenFrame) -> float:
        """When to ask next, on the monotonic clock."""
        asked_at = time.monotonic()
        try:
            recognition = self._recognizer.recognize(
                jpeg(taken.frame.picture),
                captured_at=taken.frame.captured_at,
                deadline_s=self._deadline_s,
            )
        except ClientError as error:
            self._unanswered(taken, str(error))
            return time.monotonic() + self._backoff.failed()
        self._answered(taken, recognition)
        return asked_at + self._interval_s

    def _answered(self, taken: TakenFrame, recognition: Recognition) -> None:
        latency_s = time.monotonic() - taken.at
        late = latency_s > self._late_after_s
        self._backoff.succeeded()
        if self._away_since is not None:
            self._publish(RecognitionBack(time.monotonic() - self._away_since))
            self._away_since = None
        self._publish(Answered(taken.frame.captured_at, latency_s, late, recognition))

    def _unanswered(self, taken: TakenFrame, reason: str) -> None:
        self._publish(Unanswered(taken.frame.captured_at, reason))
        if self._away_since is None:
            self._away_since = time.monotonic()
            self._publish(RecognitionAway(reason))


def jpeg(picture: av.VideoFrame) -> bytes:
    """The picture as a JPEG, no side longer than 1920 pixels."""
    image = Image.fromarray(picture.to_ndarray(format="rgb24"))
    image.thumbnail((_LONGEST_PX, _LONGEST_PX))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()
