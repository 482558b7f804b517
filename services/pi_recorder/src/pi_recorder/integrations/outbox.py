"""A short queue of events for a receiver that may be slow or away."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from facecore.retry import Backoff
from pi_recorder.events import Event, Publish, SinkAway, SinkBack

_WAITING = 256
_LAST_S = 1.0


class Undelivered(Exception):
    """The receiver can't be reached; the event is retried."""


class Refused(Exception):
    """The receiver refuses this event; it is not retried."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event to deliver; all attempts have the same number and time."""

    number: int
    published_at: datetime
    event: Event


class Outbox:
    """Delivers events in order, on a thread of its own.

    While the receiver is away, the latest 256 wait and older ones are lost; their number is
    published when it is back.

    Args:
        deliver: delivers one event, or raises ``Undelivered`` or ``Refused``.
        first_pause_s: pause after the first failure; it doubles up to a minute.
    """

    def __init__(
        self,
        name: str,
        deliver: Callable[[Message], None],
        publish: Publish,
        *,
        first_pause_s: float = 1.0,
    ) -> None:
        self._name, self._deliver, self._publish = name, deliver, publish
        self._changed = threading.Condition()
        self._waiting: deque[Message] = deque()
        self._number = 0
        self._lost = 0
        self._closing = False
        self._backoff = Backoff(first_s=first_pause_s, longest_s=60.0)
        self._away_since: float | None = None

    def put(self, event: Event) -> None:
        """Queue an event without waiting."""
        with self._changed:
            self._number += 1
            self._waiting.append(Message(self._number, datetime.now(UTC), event))
            if len(self._waiting) > _WAITING:
                self._waiting.popleft()
                self._lost += 1
            self._changed.notify_all()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Deliver until the block ends, and then the rest, for at most one second."""
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._closing = True
                self._changed.notify_all()
            thread.join(_LAST_S)

    def _run(self) -> None:
        while message := self._next():
            try:
                self._deliver(message)
            except Refused as error:
                self._away(str(error))
                self._done(message, lost=True)
            except Undelivered as error:
                self._away(str(error))
                if self._pause(self._backoff.failed()):
                    return
            else:
                self._done(message)
                self._back()

    def _next(self) -> Message | None:
        """Wait for the oldest message; return None after the end of the block without one."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            return self._waiting[0] if self._waiting else None

    def _done(self, message: Message, *, lost: bool = False) -> None:
        with self._changed:
            pushed_out = not self._waiting or self._waiting[0] is not message
            if not pushed_out:
                self._waiting.popleft()
            self._lost += lost - pushed_out  # one that was pushed out is counted already

    def _pause(self, seconds: float) -> bool:
        """Wait so many seconds; return whether the outbox was closed before."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closing, timeout=seconds)

    def _away(self, reason: str) -> None:
        if self._away_since is None:
            self._away_since = time.monotonic()
            self._publish(SinkAway(self._name, reason))

    def _back(self) -> None:
        self._backoff.succeeded()
        if self._away_since is not None:
            away_s, self._away_since = time.monotonic() - self._away_since, None
            with self._changed:
                lost, self._lost = self._lost, 0
            self._publish(SinkBack(self._name, away_s, lost))
