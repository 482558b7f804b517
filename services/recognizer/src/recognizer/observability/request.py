"""One request: its id, notes and report, and the Lambda invocation that it belongs to."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recognizer.domain.request_report import RecognitionReport, RequestReport

Reporter = Callable[[RequestReport], None]
"""Publishes the report of a request."""

CountRequest = Callable[[Scope, RequestReport], Awaitable[None]]
"""Counts a request of the scope's app. It may take long, because the answer is sent already."""


@dataclass(slots=True)
class RequestNotes:
    """Notes made while a request is answered, on any thread.

    Attributes:
        code: code of the problem that is answered.
    """

    request_id: str | None = None
    caller: str | None = None
    code: str | None = None
    recognition: RecognitionReport | None = None


_current: ContextVar[RequestNotes] = ContextVar("request_notes")
_reported: ContextVar[bool] = ContextVar("reported", default=True)


def current_request() -> RequestNotes:
    """Return the notes of the current request; empty notes outside of any request."""
    return _current.get(RequestNotes())


@contextmanager
def unreported() -> Iterator[None]:
    """Report no requests within the context: the service itself makes them."""
    reset = _reported.set(False)
    try:
        yield
    finally:
        _reported.reset(reset)


@contextmanager
def new_request() -> Iterator[RequestNotes]:
    """Begin the notes of a request that is answered within the context, with a new id."""
    notes = RequestNotes(uuid.uuid4().hex)
    reset = _current.set(notes)
    try:
        yield notes
    finally:
        _current.reset(reset)


class RequestMiddleware:
    """ASGI middleware that gives each request an id and reports the request when it is done.

    The id is answered as ``x-request-id``.
    """

    def __init__(self, app: ASGIApp, reporters: Sequence[Reporter], count: CountRequest) -> None:
        self._app = app
        self._reporters = reporters
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
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
                for publish in self._reporters:
                    publish(report)
                await self._count(scope, report)
            _current.reset(reset)


class _Answer:
    """Forwards an answer with the request's id, and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._header = (b"x-request-id", request_id.encode())
        self.request_id = request_id
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", []), self._header]
        await self._send(message)


def _request_id(scope: Scope) -> str:
    """Return API Gateway's id if there is one, so that both logs can be joined; else a new id."""
    event = scope.get("aws.event", {})
    given = event.get("requestContext", {}).get("requestId")
    return given if isinstance(given, str) and given else uuid.uuid4().hex


def _report(scope: Scope, notes: RequestNotes, answer: _Answer, started: float) -> RequestReport:
    route = scope.get("route")
    return RequestReport(
        request_id=answer.request_id,
        method=scope["method"],
        route=getattr(route, "path", None),
        operation=getattr(route, "operation_id", None),
        status=answer.status,
        code=notes.code,
        duration_ms=round((time.perf_counter() - started) * 1000, 2),
        caller=notes.caller,
        recognition=notes.recognition,
    )


class LambdaContext(Protocol):
    """The runtime's description of an invocation.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_name: str
    memory_limit_in_mb: str
    invoked_function_arn: str
    aws_request_id: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """The fields that Powertools' ``inject_lambda_context`` adds to a log line, with its names.

    https://docs.aws.amazon.com/powertools/python/latest/core/logger/
    """

    cold_start: bool
    function_name: str
    function_memory_size: str
    function_arn: str
    function_request_id: str


_invocation: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


def current_invocation() -> Invocation | None:
    """Return the current invocation; none outside of Lambda and while the function starts."""
    return _invocation.get()


@contextmanager
def during(context: LambdaContext, *, cold_start: bool) -> Iterator[None]:
    """Make this the current invocation within the context."""
    reset = _invocation.set(
        Invocation(
            cold_start,
            context.function_name,
            context.memory_limit_in_mb,
            context.invoked_function_arn,
            context.aws_request_id,
        )
    )
    try:
        yield
    finally:
        _invocation.reset(reset)
