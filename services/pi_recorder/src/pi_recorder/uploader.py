"""Uploads the spool, oldest first, and deletes a segment only when the store has confirmed it.

Two kinds of failure. When the recognizer or the store is away, nothing can be sent: everything
waits, and the oldest is tried again after a growing pause. When one segment is refused, it alone
waits, so that it does not hold up all that come after it. Neither is ever deleted.
"""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path
from threading import Event
from typing import Protocol

from facecore.contract import PresignedUpload, VideoAnnouncement, VideoState, VideoTicket
from facecore.errors import ApiProblem, ClientError, UnexpectedAnswer
from pi_recorder.backoff import Backoff
from pi_recorder.events import (
    Publish,
    SegmentRefused,
    SegmentUploaded,
    UploadsAway,
    UploadsBack,
)
from pi_recorder.spool import Segment, Spool

_AWAY = frozenset({401, 403, 408, 429, 500, 502, 503, 504})
"""Answers that are not about the segment: the next one would meet the same."""
_SHORTEST_CALL_S = 0.1
_LOOK_EVERY_S = 1.0


class _Unconfirmed(Exception):
    """The store did not confirm this segment."""


class VideoStore(Protocol):
    """Where segments go; ``facecore.client.RecognizerClient`` is one."""

    def announce_video(self, announcement: VideoAnnouncement) -> VideoTicket:
        """Announces a segment. Raises ``ClientError``."""
        ...

    def upload(self, upload: PresignedUpload, path: Path, *, deadline_s: float = ...) -> None:
        """Returns only once the checksum is confirmed. Raises ``ClientError``."""
        ...


class Uploader:
    """Empties the spool on a thread of its own.

    Args:
        deadline_s: how long one segment's upload may take.
        first_pause_s: after the first failure; it doubles up to two minutes.
    """

    def __init__(
        self,
        spool: Spool,
        store: VideoStore,
        publish: Publish,
        *,
        deadline_s: float,
        first_pause_s: float = 1.0,
    ) -> None:
        self._spool = spool
        self._store = store
        self._publish = publish
        self._deadline_s = deadline_s
        self._finishing = Event()
        self._ends_at: float | None = None
        self._backoff = Backoff(first_s=first_pause_s, longest_s=120.0)
        self._resume_at = 0.0
        self._away_since: float | None = None
        self._refusals: defaultdict[Segment, Backoff] = defaultdict(
            lambda: Backoff(first_s=first_pause_s, longest_s=3600.0)
        )
        self._retry_at: dict[Segment, float] = {}

    def finish(self, within_s: float) -> None:
        """Lets ``run`` end when the spool is empty, or when so many seconds have passed."""
        self._ends_at = time.monotonic() + within_s
        self._finishing.set()

    def run(self) -> None:
        """Uploads until it is told to finish; what is left then stays in the spool."""
        while (pause := self._step()) is not None:
            self._finishing.wait(pause)
            self._finishing.clear()

    def _step(self) -> float | None:
        """Sends one segment if one is due; seconds until the next may be, or None at the end."""
        now = time.monotonic()
        waiting = self._spool.queued()
        if self._ends_at is not None and (not waiting or now >= self._ends_at):
            return None
        due_at = {segment: self._due_at(segment) for segment in waiting}
        for segment, at in due_at.items():
            if at <= now:
                self._send(segment)
                return 0.0
        return min([*due_at.values(), now + _LOOK_EVERY_S]) - now

    def _due_at(self, segment: Segment) -> float:
        return max(self._resume_at, self._retry_at.get(segment, 0.0))

    def _send(self, segment: Segment) -> None:
        try:
            key = self._stored(segment)
        except FileNotFoundError:
            return  # somebody removed it by hand; the spool no longer lists it
        except ApiProblem as problem:
            if problem.status in _AWAY:
                self._away(str(problem))
            else:
                self._refused(segment, str(problem))
        except _Unconfirmed as error:
            self._refused(segment, str(error))
        except ClientError as error:
            self._away(str(error))
        except (OSError, ValueError) as error:  # unreadable, or larger than the contract allows
            self._refused(segment, str(error))
        else:
            self._done(segment, key)

    def _stored(self, segment: Segment) -> str:
        """The store's key, once it has confirmed the segment."""
        ticket = self._store.announce_video(
            VideoAnnouncement(
                started_at=segment.started_at,
                duration_ms=segment.duration_ms,
                size_bytes=segment.path.stat().st_size,
                sha256=segment.sha256,
            )
        )
        if ticket.upload is not None:
            self._put(ticket.upload, segment.path)
        elif ticket.state is not VideoState.STORED:
            raise _Unconfirmed(f"{ticket.key} is not stored, and no way to store it was given")
        return ticket.key

    def _put(self, upload: PresignedUpload, path: Path) -> None:
        try:
            self._store.upload(upload, path, deadline_s=self._time_left())
        except UnexpectedAnswer as error:  # also what S3 says to a file that has rotted here
            raise _Unconfirmed(str(error)) from error

    def _time_left(self) -> float:
        if self._ends_at is None:
            return self._deadline_s
        left = self._ends_at - time.monotonic()
        return max(_SHORTEST_CALL_S, min(self._deadline_s, left))

    def _done(self, segment: Segment, key: str) -> None:
        self._spool.remove(segment)
        self._refusals.pop(segment, None)
        self._retry_at.pop(segment, None)
        self._backoff.succeeded()
        if self._away_since is not None:
            self._publish(UploadsBack(time.monotonic() - self._away_since))
            self._away_since = None
        self._publish(SegmentUploaded(segment, key))

    def _away(self, reason: str) -> None:
        now = time.monotonic()
        self._resume_at = now + self._backoff.failed()
        if self._away_since is None:
            self._away_since = now
            self._publish(UploadsAway(reason))

    def _refused(self, segment: Segment, reason: str) -> None:
        pause = self._refusals[segment].failed()
        self._retry_at[segment] = time.monotonic() + pause
        self._publish(SegmentRefused(segment, reason))
