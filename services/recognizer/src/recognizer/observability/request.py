"""One request: its id, what is noted while it is answered, and the report when it is done."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facecore.contract import Decision, QualityReason, Recognition

_PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class RecognitionReport:
    """What came of one picture.

    Attributes:
        faces: how many.
        decisions: how many of each.
        stages_ms: how long each stage took, in milliseconds.
        refused: how many were too poor to be compared; they are among the unknown ones.
        reasons: why, each as often as it was one.
    """

    faces: int
    decisions: Mapping[Decision, int]
    stages_ms: Mapping[str, float]
    refused: int = 0
    reasons: Mapping[QualityReason, int] = field(default_factory=dict)

    @classmethod
    def of(cls, recognition: Recognition) -> RecognitionReport:
        """Counts and times; nothing of who it was."""
        found = Counter(face.decision for face in recognition.faces)
        times = recognition.times.model_dump()
        poor = [face.quality for face in recognition.faces if not face.quality.accepted]
        return cls(
            faces=len(recognition.faces),
            decisions={decision: found[decision] for decision in Decision},
            stages_ms={name.removesuffix("_ms"): round(ms, 2) for name, ms in times.items()},
            refused=len(poor),
            reasons=dict(Counter(reason for quality in poor for reason in quality.reasons)),
        )


@dataclass(frozen=True, slots=True)
class RequestReport:
    """One request that is done.

    Attributes:
        route: the template of the path; none if the path is no call's.
        status: none if no answer was begun.
        code: of the problem that was answered.
        crops: how many were written.
    """

    request_id: str
    method: str
    route: str | None
    status: int | None
    code: str | None
    duration_ms: float
    caller: str | None
    recognition: RecognitionReport | None
    crops: int = 0


Reporter = Callable[[RequestReport], None]
"""Tells of a request somewhere."""

CountRequest = Callable[[Scope, RequestReport], Awaitable[None]]
"""Counts a request of the app that the scope names; it may take its time, the answer is out."""


@dataclass(slots=True)
class RequestNotes:
    """What is noted of a request while it is answered, on whichever thread."""

    request_id: str | None = None
    caller: str | None = None
    recognition: RecognitionReport | None = None
    crops: int = 0

    def recognized(self, recognition: Recognition) -> None:
        """Notes how many faces, what was decided, and how long each stage took."""
        self.recognition = RecognitionReport.of(recognition)


_current: ContextVar[RequestNotes] = ContextVar("request_notes")
_reported: ContextVar[bool] = ContextVar("reported", default=True)


def current_request() -> RequestNotes:
    """Of the request that is answered now; empty ones outside of any."""
    return _current.get(RequestNotes())


@contextmanager
def unreported() -> Iterator[None]:
    """No report is made of requests within: nobody sent them."""
    reset = _reported.set(False)
    try:
        yield
    finally:
        _reported.reset(reset)


class RequestMiddleware:
    """Gives each request an id, answered as ``x-request-id``, and reports it when it is done."""

    def __init__(self, app: ASGIApp, reporters: Sequence[Reporter], count: CountRequest) -> None:
        self._app = app
        self._reporters = reporters
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        notes = RequestNotes(request_id)
        reset = _current.set(notes)
        started = time.perf_counter()
        answer = _Answer(send, request_id)
        try:
            await self._app(scope, receive, answer)
        finally:
            if _reported.get():
                report = _report(scope, notes, answer, started)
                for tell in self._reporters:
                    tell(report)
                await self._count(scope, report)
            _current.reset(reset)


class _Answer:
    """Passes an answer on, and remembers its status and, of a problem, the code."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._header = (b"x-request-id", request_id.encode())
        self._is_problem = False
        self.request_id = request_id
        self.status: int | None = None
        self.code: str | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", []))
            self._is_problem = Headers(raw=headers).get("content-type") == _PROBLEM
            message["headers"] = [*headers, self._header]
        elif self._is_problem and message.get("body"):
            self.code = json.loads(message["body"])["code"]
        await self._send(message)


def _request_id(scope: Scope) -> str:
    """API Gateway's own when it brought the request, so that both logs can be joined."""
    event = scope.get("aws.event", {})
    given = event.get("requestContext", {}).get("requestId")
    return given if isinstance(given, str) and given else uuid.uuid4().hex


def _report(scope: Scope, notes: RequestNotes, answer: _Answer, started: float) -> RequestReport:
    return RequestReport(
        request_id=answer.request_id,
        method=scope["method"],
        route=getattr(scope.get("route"), "path", None),
        status=answer.status,
        code=answer.code,
        duration_ms=round((time.perf_counter() - started) * 1000, 2),
        caller=notes.caller,
        recognition=notes.recognition,
        crops=notes.crops,
    )
