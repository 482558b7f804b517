"""A proxy before the recognizer that a test controls: honest, or with a fault of ``faults.py``.

It takes the network's place: a client with its address sends everything through it,
uploads too, because the recognizer's links begin with the address of the request.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
)


@dataclass(frozen=True, slots=True)
class Answered:
    """The recognizer's answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """One request to the proxy, and the actions on it."""

    def __init__(self, handler: _Handler) -> None:
        self._handler = handler
        self._left = int(handler.headers.get("content-length") or 0)
        self._size = self._left
        self.method: str = handler.command
        self.path: str = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.over = handler.server.over
        """Set when the proxy's fault was changed, so that hanging exchanges end."""

    @property
    def is_upload(self) -> bool:
        """Return whether it uploads a segment, and does not announce one."""
        return self.method == "PUT"

    def body(self, share: float = 1.0) -> bytes:
        """Read the rest of the request's body, or a part of it."""
        size = min(self._left, int(self._size * share))
        self._left -= size
        return self._handler.rfile.read(size)

    def forward(self, body: bytes | None = None) -> Answered:
        """Forward the request and return the answer; ``body`` replaces the request's own."""
        sent = self.body() if body is None else body
        with self._upstream() as upstream:
            headers = dict(self._handler.headers.items())
            upstream.request(self.method, self.path, sent, headers)
            answer = upstream.getresponse()
            kept = {k.lower(): v for k, v in answer.getheaders() if k.lower() not in _HOP}
            return Answered(answer.status, kept, answer.read())

    def forward_a_part(self, share: float) -> None:
        """Forward a part of the body, and then nothing more."""
        with self._upstream() as upstream:
            upstream.putrequest(self.method, self.path, skip_host=True)
            for name, value in self._handler.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders(self.body(share))

    def answer(self, answered: Answered, *, slowly_s: float = 0.0) -> None:
        """Send the client an answer, in pieces with pauses of ``slowly_s`` seconds."""
        self.body()
        self._handler.send_response(answered.status)
        for name, value in answered.headers.items():
            self._handler.send_header(name, value)
        self._handler.send_header("content-length", str(len(answered.body)))
        self._handler.end_headers()
        for at in range(0, len(answered.body), 64) if slowly_s else ():
            self._handler.wfile.write(answered.body[at : at + 64])
            self.over.wait(slowly_s)
        if not slowly_s:
            self._handler.wfile.write(answered.body)

    def answer_a_part(self, answered: Answered, share: float) -> None:
        """Send a part of the answer and end the connection."""
        self._handler.send_response(answered.status)
        for name, value in answered.headers.items():
            self._handler.send_header(name, value)
        self._handler.send_header("content-length", str(max(1, len(answered.body))))
        self._handler.end_headers()
        self._handler.wfile.write(answered.body[: int(len(answered.body) * share)])
        self.close()

    def close(self) -> None:
        """Close the connection in order (FIN), even if an answer is due."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """Reset the connection (RST)."""
        self._handler.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self._handler.close_connection = True
        self._handler.connection.close()

    @contextlib.contextmanager
    def _upstream(self) -> Iterator[http.client.HTTPConnection]:
        target = urlsplit(self._handler.server.upstream)
        upstream = http.client.HTTPConnection(str(target.hostname), target.port, timeout=120)
        try:
            yield upstream
        finally:
            upstream.close()


Fault = Callable[[Exchange], None]


def honest(exchange: Exchange) -> None:
    """Forward everything unchanged."""
    exchange.answer(exchange.forward())


class FaultProxy(ThreadingHTTPServer):
    """A proxy on a free port of loopback, until it is closed.

    Attributes:
        fault: what it does to every request from now on; see ``set``.
        counted: how many exchanges each fault has had, by its name.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.fault: Fault = honest
        self.over = threading.Event()
        self.counted: Counter[str] = Counter()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.set(honest)
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def set(self, fault: Fault) -> None:
        """Change the fault; exchanges that hang because of the previous one continue."""
        self.over.set()
        self.over = threading.Event()
        self.fault = fault

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore the error: clients that give up or are killed are expected."""
        expected = ConnectionError, TimeoutError, ValueError, http.client.HTTPException
        if not isinstance(sys.exception(), expected):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on


class _Handler(BaseHTTPRequestHandler):
    server: FaultProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def _exchange(self) -> None:
        fault = self.server.fault
        self.server.counted[fault.__name__] += 1
        fault(Exchange(self))

    def do_POST(self) -> None:
        self._exchange()

    def do_PUT(self) -> None:
        self._exchange()
