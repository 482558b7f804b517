"""The connection to the recognizer, which publishes late answers and outages."""

from __future__ import annotations

import time
from collections.abc import Callable

from facecore.contract import Recognition
from facecore.errors import ApiProblem, ClientError
from facecore.retry import Backoff
from pi_recorder.events import Answered, Publish, RecognitionAway, RecognitionBack, Unanswered
from pi_recorder.recognition.sending import RecognitionRequest

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0


class Connection:
    """Sends one request at a time.

    While the recognizer is away, the cooldowns between requests grow and recording continues.
    A request is never repeated: the next frame is the retry.

    Args:
        send: returns the answer or raises ``ClientError``.
        late_after_s: an answer that took longer is published as late.
    """

    def __init__(
        self,
        send: Callable[[RecognitionRequest], Recognition],
        publish: Publish,
        *,
        late_after_s: float,
        first_pause_s: float = _FIRST_PAUSE_S,
    ) -> None:
        self._send = send
        self._publish = publish
        self._late_after_s = late_after_s
        self._backoff = Backoff(first_s=first_pause_s, longest_s=_LONGEST_PAUSE_S)
        self._away_since: float | None = None
        self.cooldown_until = 0.0

    @property
    def away(self) -> bool:
        """Whether the latest request got no answer."""
        return self._away_since is not None

    @property
    def is_cooling_down(self) -> bool:
        """Whether no request may be sent now."""
        return time.monotonic() < self.cooldown_until

    def late(self, request: RecognitionRequest) -> bool:
        """Return whether an answer that arrives now is late."""
        return time.monotonic() - request.at > self._late_after_s

    def send(self, request: RecognitionRequest) -> Recognition | None:
        """Send a request; return None, and begin a cooldown, if there is no answer."""
        try:
            answer = self._send(request)
        except ClientError as error:
            retry_after_s = error.retry_after_s if isinstance(error, ApiProblem) else 0.0
            self._unanswered(request, str(error), min(retry_after_s, _LONGEST_PAUSE_S))
            return None
        self._answered(request, answer)
        return answer

    def _answered(self, request: RecognitionRequest, answer: Recognition) -> None:
        now = time.monotonic()
        self._backoff.succeeded()
        if self._away_since is not None:
            self._publish(RecognitionBack(now - self._away_since))
            self._away_since = None
        latency_s = now - request.at
        late = latency_s > self._late_after_s
        self._publish(Answered(request.captured_at, latency_s, late, answer))

    def _unanswered(self, request: RecognitionRequest, reason: str, retry_after_s: float) -> None:
        now = time.monotonic()
        # An overloaded server says when to retry; the backoff's jitter still spreads a fleet.
        self.cooldown_until = now + retry_after_s + self._backoff.failed()
        self._publish(Unanswered(request.captured_at, reason))
        if self._away_since is None:
            self._away_since = now
            self._publish(RecognitionAway(reason))
