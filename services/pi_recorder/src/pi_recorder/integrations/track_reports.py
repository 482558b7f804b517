"""Report the visits' trajectories to the recognizer, so that its videos always show names.

The reports are sent on a thread of their own; recording and recognition never wait for it. The
queue is bounded while the recognizer is away, and losses are published. An unreachable recognizer
is not published here, because recognition and uploads publish it. A recognizer without this
endpoint is published once and retried after an hour.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from facecore.client import RecognizerClient
from facecore.contract import TrackReport
from facecore.errors import ApiProblem, ClientError, UnexpectedAnswer
from facecore.retry import Backoff
from pi_recorder.events import Publish, TracksLost, TracksRejected
from pi_recorder.integrations.trajectories import VisitTrajectories
from pi_recorder.settings.schema import Settings

_WAITING: Final = 256
_RETRY_AFTER_S: Final = 3600.0
_LONGEST_PAUSE_S: Final = 60.0
_DEADLINE_S: Final = 5.0
_CLOSE_TIMEOUT_S: Final = 1.0
"""Time to send the rest at a stop."""
_UNSUPPORTED: Final = frozenset({403, 404, 405})
"""Statuses for: the admin's token (403), no such endpoint (404, 405)."""
_REFUSED: Final = frozenset({400, 413, 422})
"""Statuses that refuse this one report; the next may be accepted."""


class TrackReports:
    """Sends trajectories; only the latest one of each visit is queued."""

    def __init__(
        self, client: RecognizerClient, publish: Publish, *, first_pause_s: float = 1.0
    ) -> None:
        self._client, self._publish = client, publish
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, TrackReport] = OrderedDict()
        self._lost = 0
        self._close_by: float | None = None
        self._retry_at = 0.0
        self._refusal_published = False
        self._backoff = Backoff(first_s=first_pause_s, longest_s=_LONGEST_PAUSE_S)

    def put(self, track: str, report: TrackReport) -> None:
        """Queue a trajectory without waiting; drop the oldest if there are too many."""
        with self._changed:
            self._waiting[track] = report
            self._waiting.move_to_end(track)
            if len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)
                self._lost += 1
            self._changed.notify_all()

    def run(self) -> None:
        """Send until ``stop``, then send the rest while there is time."""
        with self._client:
            while waiting := self._next():
                if not self._send(*waiting):
                    break
        with self._changed:
            self._lost += len(self._waiting)
        self._publish_lost()

    def stop(self) -> None:
        """Let ``run`` end within a second."""
        with self._changed:
            self._close_by = time.monotonic() + _CLOSE_TIMEOUT_S
            self._changed.notify_all()

    def _next(self) -> tuple[str, TrackReport] | None:
        """Wait for the oldest report; return None after ``stop`` without one."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._close_by)
            return next(iter(self._waiting.items()), None)

    def _send(self, track: str, report: TrackReport) -> bool:
        """Send a report; return whether to continue, which a failure after ``stop`` ends."""
        if time.monotonic() < self._retry_at:
            self._done(track, report)
            return True
        try:
            self._client.report_track(track, report, deadline_s=self._deadline_s())
        except (ApiProblem, UnexpectedAnswer) as error:
            if error.status in _UNSUPPORTED:
                self._defer(str(error))
            elif error.status not in _REFUSED:
                return not self._pause()
            self._done(track, report, lost=error.status in _REFUSED)
        except ClientError:
            return not self._pause()
        else:
            self._backoff.succeeded()
            self._done(track, report)
            self._publish_lost()
        return True

    def _deadline_s(self) -> float:
        """Return the deadline of a report, which is short after ``stop``."""
        if self._close_by is None:
            return _DEADLINE_S
        return max(0.05, self._close_by - time.monotonic())

    def _done(self, track: str, report: TrackReport, *, lost: bool = False) -> None:
        with self._changed:
            self._lost += lost
            if self._waiting.get(track) is report:  # otherwise a later one was queued
                del self._waiting[track]

    def _pause(self) -> bool:
        """Wait for the backoff's pause; return whether ``stop`` was called before its end."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._close_by is not None, timeout=self._backoff.failed()
            )

    def _defer(self, reason: str) -> None:
        self._retry_at = time.monotonic() + _RETRY_AFTER_S
        if not self._refusal_published:
            self._refusal_published = True
            self._publish(TracksRejected(reason))

    def _publish_lost(self) -> None:
        with self._changed:
            lost, self._lost = self._lost, 0
        if lost:
            self._publish(TracksLost(lost))


@contextmanager
def track_reports(settings: Settings, publish: Publish) -> Iterator[Publish]:
    """Report until the block ends and a second longer; yield the function that takes events."""
    client = RecognizerClient(settings.url, settings.token, attempts=1)
    work = TrackReports(client, publish)
    thread = threading.Thread(target=work.run, name="track-reports", daemon=True)
    thread.start()
    try:
        yield VisitTrajectories(work.put).on_event
    finally:
        work.stop()
        thread.join(_CLOSE_TIMEOUT_S)
