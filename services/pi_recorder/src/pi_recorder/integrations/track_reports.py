"""Report the visits' trajectories to the recognizer, so that its videos show names all along.

On a thread of its own; recording and recognition never wait for it. What waits while the recognizer
is away is bounded, and what is lost for that is published. An unreachable recognizer is not
published here, for recognition and uploads publish it. A recognizer without this endpoint is
published once and retried after an hour.
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
from pi_recorder.backoff import Backoff
from pi_recorder.events import Publish, TracksLost, TracksNotTaken
from pi_recorder.integrations.trajectories import VisitTrajectories
from pi_recorder.settings.schema import Settings

_WAITING: Final = 256
_RETRY_AFTER_S: Final = 3600.0
_LONGEST_PAUSE_S: Final = 60.0
_DEADLINE_S: Final = 5.0
_GOODBYE_S: Final = 1.0
"""For what is left at a stop."""
_NOT_TAKEN: Final = frozenset({403, 404, 405})
"""An older recognizer has no such call; the admin's token is no device's."""
_REFUSED: Final = frozenset({400, 413, 422})
"""This one report is not liked; the next may be."""


class TrackReports:
    """Sends trajectories; of one visit only the latest waits."""

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
        """Takes a trajectory, at once; the oldest that waits goes if there are too many."""
        with self._changed:
            self._waiting[track] = report
            self._waiting.move_to_end(track)
            if len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)
                self._lost += 1
            self._changed.notify_all()

    def run(self) -> None:
        """Sends until it is stopped, then what is left as far as the time goes."""
        with self._client:
            while waiting := self._next():
                if not self._send(*waiting):
                    break
        with self._changed:
            self._lost += len(self._waiting)
        self._publish_lost()

    def stop(self) -> None:
        """Lets ``run`` end within a second."""
        with self._changed:
            self._close_by = time.monotonic() + _GOODBYE_S
            self._changed.notify_all()

    def _next(self) -> tuple[str, TrackReport] | None:
        """The oldest that waits; none when there is none and none will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._close_by)
            return next(iter(self._waiting.items()), None)

    def _send(self, track: str, report: TrackReport) -> bool:
        """Whether to go on: a failure after the stop is the last."""
        if time.monotonic() < self._retry_at:
            self._done(track, report)
            return True
        try:
            self._client.report_track(track, report, deadline_s=self._deadline_s())
        except (ApiProblem, UnexpectedAnswer) as error:
            if error.status in _NOT_TAKEN:
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
        """A stop while it is sent is waited for by nobody."""
        if self._close_by is None:
            return _DEADLINE_S
        return max(0.05, self._close_by - time.monotonic())

    def _done(self, track: str, report: TrackReport, *, lost: bool = False) -> None:
        with self._changed:
            self._lost += lost
            if self._waiting.get(track) is report:  # else a later one has come meanwhile
                del self._waiting[track]

    def _pause(self) -> bool:
        """Whether it is stopped before the pause is over."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._close_by is not None, timeout=self._backoff.failed()
            )

    def _defer(self, reason: str) -> None:
        self._retry_at = time.monotonic() + _RETRY_AFTER_S
        if not self._refusal_published:
            self._refusal_published = True
            self._publish(TracksNotTaken(reason))

    def _publish_lost(self) -> None:
        with self._changed:
            lost, self._lost = self._lost, 0
        if lost:
            self._publish(TracksLost(lost))


@contextmanager
def track_reports(settings: Settings, publish: Publish) -> Iterator[Publish]:
    """Reports until the block ends, and for a second at most afterwards; yields what hears."""
    client = RecognizerClient(settings.url, settings.token, attempts=1)
    work = TrackReports(client, publish)
    thread = threading.Thread(target=work.run, name="track-reports", daemon=True)
    thread.start()
    try:
        yield VisitTrajectories(work.put).on_event
    finally:
        work.stop()
        thread.join(_GOODBYE_S)
