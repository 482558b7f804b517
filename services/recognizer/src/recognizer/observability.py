"""Logs: JSON, one line a request, with what it took and what came of it.

Never in a log: a picture, a crop, an embedding, a token, a link's signature. So the route's
template is logged and not the path, and no query.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import uuid
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facecore.contract import Recognition

logger = logging.getLogger("recognizer.request")


@dataclass(slots=True)
class RequestLog:
    """What is told of one request; grows while it is answered, on whichever thread."""

    request_id: str | None = None
    caller: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def recognized(self, recognition: Recognition) -> None:
        """Notes how many faces, what was decided, and how long each stage took."""
        decisions = Counter(face.decision.value for face in recognition.faces)
        self.facts["faces"] = len(recognition.faces)
        self.facts["decisions"] = dict(decisions)
        self.facts["stages_ms"] = {
            name.removesuffix("_ms"): round(value, 2)
            for name, value in recognition.times.model_dump().items()
        }


_current: ContextVar[RequestLog] = ContextVar("request_log")


def current_request() -> RequestLog:
    """Of the request that is answered now; an empty one outside of any."""
    return _current.get(RequestLog())


class RequestLogMiddleware:
    """Gives each request an id, answered as ``x-request-id``, and logs it when it is done."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        log = RequestLog(request_id=_request_id(scope))
        reset = _current.set(log)
        started = time.perf_counter()
        answer = _Answer(send, log.request_id or "")
        try:
            await self._app(scope, receive, answer)
        finally:
            logger.info("request", extra=_line(scope, log, answer.status, started))
            _current.reset(reset)


class _Answer:
    """Passes an answer on, and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._header = (b"x-request-id", request_id.encode())
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", []), self._header]
        await self._send(message)


def _request_id(scope: Scope) -> str:
    """API Gateway's own when it brought the request, so that both logs can be joined."""
    event = scope.get("aws.event", {})
    given = event.get("requestContext", {}).get("requestId")
    return given if isinstance(given, str) and given else uuid.uuid4().hex


def _line(scope: Scope, log: RequestLog, status: int | None, started: float) -> dict[str, Any]:
    return {
        "fields": {
            "method": scope["method"],
            "route": getattr(scope.get("route"), "path", None),
            "status": status,
            "duration_ms": round((time.perf_counter() - started) * 1000, 2),
            "caller": log.caller,
            **log.facts,
        }
    }


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, request id, and a request's fields."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": current_request().request_id,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps({key: value for key, value in line.items() if value is not None})


def configure_logging(level: str) -> None:
    """Sends every logger of the process, uvicorn's too, to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "mangum", "mangum.http"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # These log a request once more, some with its query, which may hold a signature.
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("mangum.http", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
