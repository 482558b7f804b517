"""The Lambda runtime API on loopback: hands events to a runtime and takes their outcomes.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import queue
import threading
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_RUNTIME = "/2018-06-01/runtime"

MAX_RESPONSE_BYTES = 6_291_556
"""Most bytes of an answer, as Lambda's own error message names it."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event for the function; the deadline is in milliseconds since 1970."""

    request_id: str
    payload: bytes
    deadline_ms: int
    function_arn: str
    trace_id: str

    def headers(self) -> dict[str, str]:
        """Return the headers of the runtime API for this invocation."""
        return {
            "Lambda-Runtime-Aws-Request-Id": self.request_id,
            "Lambda-Runtime-Deadline-Ms": str(self.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self.function_arn,
            "Lambda-Runtime-Trace-Id": self.trace_id,
        }


@dataclass(frozen=True, slots=True)
class Ready:
    """The function has started and requests its first event."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The function returned this JSON."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """Starting, or one invocation, ended with an error."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Exited:
    """The runtime's process ended."""

    code: int


Outcome = Ready | Answered | Failed | Exited


class RuntimeApi:
    """A server that hands out the ``events`` and collects the ``outcomes``."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._asked = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Call, self))
        self._server.daemon_threads = False  # so that closing waits for every answer
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port, as ``AWS_LAMBDA_RUNTIME_API`` gives them."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def starts(self) -> None:
        """Prepare for a new runtime, whose first request means that it is ready."""
        self.events.put(None)  # for a thread that waits for the previous runtime
        self._asked = False
        self.events, self.outcomes = queue.SimpleQueue(), queue.SimpleQueue()

    def next(self) -> Invocation | None:
        """Wait for the next event; None when the runtime shall end."""
        if not self._asked:
            self._asked = True
            self.outcomes.put(Ready())
        return self.events.get()

    def close(self) -> None:
        """End the server; the runtime has ended before."""
        self.events.put(None)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Call(BaseHTTPRequestHandler):
    """One connection of the runtime."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart

    def __init__(self, api: RuntimeApi, *connection: object) -> None:
        self._api = api
        super().__init__(*connection)  # type: ignore[arg-type]  # passed on as socketserver gave it

    def do_GET(self) -> None:
        if self.path != f"{_RUNTIME}/invocation/next":
            self._answer(HTTPStatus.NOT_FOUND)
        elif (invocation := self._api.next()) is None:
            # Documented as "the runtime should exit promptly".
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        else:
            self._answer(HTTPStatus.OK, invocation.payload, invocation.headers())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.endswith("/error"):
            self._send(_failure(body))
        elif len(body) > MAX_RESPONSE_BYTES:
            self._send(_too_large(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._send(Answered(body))

    def _send(self, outcome: Outcome, status: HTTPStatus = HTTPStatus.ACCEPTED) -> None:
        self._answer(status, b"{}")
        self._api.outcomes.put(outcome)

    def _answer(
        self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        own = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in {**own, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Log nothing; the function has its own log."""


def _failure(body: bytes) -> Failed:
    error = json.loads(body)
    return Failed(error.get("errorType", ""), error.get("errorMessage", ""))


def _too_large() -> Failed:
    return Failed(
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size "
        f"({MAX_RESPONSE_BYTES} bytes).",
    )
