"""One call: as many attempts as are safe, within one deadline."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from tenacity import (
    Future,
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_attempt,
)

from facecore.client.transport import Deadline
from facecore.contract import write_wait
from facecore.errors import ApiUnreachable, ClientError, DeadlineExceeded, UnexpectedAnswer
from facecore.retry import full_jitter

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""More than the largest answer of the contract: a page of people with the most attributes."""
_RETRIED = frozenset({429, 500, 502, 503, 504})
_JITTER = full_jitter(first_s=0.2, longest_s=5.0)


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer as it arrived."""

    origin: str
    """Scheme, host and port that answered."""
    status: int
    headers: httpx.Headers
    body: bytes
    maybe_done: bool = False
    """Whether an earlier attempt, whose answer was lost, may have succeeded."""

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty when none was given."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def retry_after_s(self) -> float:
        """Seconds that a 429 or 503 asks to wait (RFC 9110, 10.2.3); 0 if it names none."""
        value = self.headers.get("retry-after", "").strip()
        if self.status not in (429, 503) or not value:
            return 0.0
        if value.isdecimal():
            return float(value)
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return 0.0
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())


class HttpSession:
    """Sends requests through one transport.

    Unlike ``httpx.Client`` it follows no redirects and uses no cookies, proxies or stored
    passwords, so that a token reaches the requested address only.
    """

    def __init__(self, transport: httpx.BaseTransport, attempts: int) -> None:
        if attempts < 1:
            raise ValueError(f"attempts must be at least 1, not {attempts}")
        self._transport = transport
        self._attempts = attempts

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()

    def send(
        self,
        make: Callable[[], httpx.Request],
        *,
        repeatable: bool,
        deadline_s: float,
        stall_s: float | None = None,
        announce_deadline: bool = False,
    ) -> Reply:
        """Return the answer to the request that ``make`` builds for each attempt.

        A repeatable request is sent again after a broken connection and after 429, 500, 502, 503
        and 504, as long as attempts and time for the pause are left. The last answer is returned
        whatever its status. With ``announce_deadline`` each attempt says how long it waits
        (``Prefer: wait``), so that the server can stop when nobody waits any more.

        Raises:
            ApiUnreachable: the last attempt got no answer.
            DeadlineExceeded: ``deadline_s`` seconds passed, all attempts and pauses included, or
                ``stall_s`` seconds without progress.
            UnexpectedAnswer: the answer is too large or compressed.
        """
        deadline = Deadline(deadline_s)
        attempts = stop_after_attempt(self._attempts if repeatable else 1)
        maybe_done: list[bool] = []

        def attempt() -> Reply:
            request = make()
            if announce_deadline:
                request.headers["prefer"] = write_wait(deadline.left())
            return self._attempt(request, deadline, stall_s)

        reply = Retrying(
            retry=retry_if_exception_type(ApiUnreachable)
            | retry_if_result(lambda reply: reply.status in _RETRIED),
            wait=_pause_s,
            stop=lambda state: attempts(state) or state.upcoming_sleep >= deadline.left(),
            before_sleep=lambda state: maybe_done.append(_maybe_done(state)),
            retry_error_callback=lambda state: _outcome(state).result(),
        )(attempt)
        return replace(reply, maybe_done=any(maybe_done))

    def _attempt(self, request: httpx.Request, deadline: Deadline, stall_s: float | None) -> Reply:
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        # For a transport that the caller gave; the sockets of DeadlineTransport keep the deadline.
        longest = deadline.left() if stall_s is None else min(deadline.left(), stall_s)
        request.extensions["timeout"] = httpx.Timeout(max(longest, 0.0)).as_dict()
        try:
            with (
                deadline.applied(),
                closing(self._transport.handle_request(request)) as response,
            ):
                return _read_reply(origin, response, hidden=_token(request))
        except httpx.TimeoutException as error:
            stalled = stall_s is not None and deadline.left() > 0
            raise DeadlineExceeded(
                f"{origin} made no progress for {stall_s:g} seconds"
                if stalled
                else f"{origin} gave no complete answer within {deadline.seconds:g} seconds"
            ) from error
        except httpx.LocalProtocolError as error:
            raise ClientError(f"the request can't be sent as HTTP: {error}") from error
        except httpx.TransportError as error:
            raise ApiUnreachable(f"{origin} gave no answer: {error}") from error


def _read_reply(origin: str, response: httpx.Response, hidden: str) -> Reply:
    """Read the body; replace the token in the answer, so that no message repeats it."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise UnexpectedAnswer(f"{origin} answered {response.status_code} with a compressed body")
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise UnexpectedAnswer(f"{origin} answered more than {MAX_ANSWER_BYTES} bytes")
    headers = response.headers
    if hidden:
        headers = httpx.Headers([(k, v.replace(hidden, "***")) for k, v in headers.multi_items()])
        body = body.replace(hidden.encode(), b"***")
    return Reply(origin, response.status_code, headers, bytes(body))


def _token(request: httpx.Request) -> str:
    return str(request.headers.get("authorization", "")).removeprefix("Bearer ")


def _outcome(state: RetryCallState) -> Future:
    if state.outcome is None:
        raise AssertionError("the attempt has not ended")
    return state.outcome


def _pause_s(state: RetryCallState) -> float:
    """Return the seconds to wait: those that the server asks for, and the jitter."""
    outcome = _outcome(state)
    return _JITTER(state) + (0.0 if outcome.failed else outcome.result().retry_after_s)


def _maybe_done(state: RetryCallState) -> bool:
    """Return whether the attempt may have had its effect, although it failed."""
    outcome = _outcome(state)
    if error := outcome.exception():
        return not isinstance(error.__cause__, httpx.ConnectError)
    return outcome.result().status not in (429, 503)
