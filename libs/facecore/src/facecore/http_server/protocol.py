"""Uvicorn's HTTP protocol with limits. Uvicorn has none before a connection's first answer.

The parser is llhttp, which is written in C: with h11, a refusal under overload costs twice as much
processor time. llhttp limits neither a head's size nor the requests that are sent ahead of their
answers, so both are limited here.

A server waits for a client's head, for its body, or for the client to read the answer. Each has a
time limit; the time in which the server processes a request does not count.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, ClassVar, Final

import uvicorn
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from facecore.http_server.connections import ConnectionLimits, Registry
from facecore.http_server.joined_writes import JoinedWrites
from facecore.log_limits import OncePerMinute

_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"content-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"
)
_QUEUE = 1024
"""Connections that the kernel holds until they are accepted."""
_MAX_HEAD_BYTES: Final = 64 * 1024
"""Bytes of a head, and of what surrounds a body's bytes: sizes of chunks, extensions, trailers."""
_MAX_AHEAD: Final = 16
"""Requests on one connection that wait for the answers before theirs."""

for _message in ("Invalid HTTP request received", "Unsupported upgrade request"):
    logging.getLogger("uvicorn.error").addFilter(OncePerMinute(_message))


Refuse = Callable[[Any], bytes | None]
"""Returns the whole response to a request's ASGI scope, or none to let the application answer."""


def admit_all(_scope: Any) -> bytes | None:
    """Refuse nothing."""
    return None


def limited_protocol(
    limits: ConnectionLimits,
    now: Callable[[], float] = time.monotonic,
    *,
    refuse: Refuse = admit_all,
) -> type[asyncio.Protocol]:
    """Return the protocol of one server, for ``uvicorn.Config(http=…, backlog=limits.accepts)``.

    Args:
        limits: the limits of all its connections together.
        now: a monotonic clock, in seconds.
        refuse: refuses a request when its head is read, on the event loop. This takes far less
            processor time than an application.
    """

    class Limited(LimitedProtocol):
        registry = Registry(limits, now)

        def refused(self, scope: Any) -> bytes | None:
            return refuse(scope)

    return Limited


class _Owed(Enum):
    """What a server waits for from a client."""

    HEAD = auto()
    BODY = auto()
    READING = auto()


class LimitedProtocol(HttpToolsProtocol):
    """One connection. ``limited_protocol`` makes a subclass for each server."""

    registry: ClassVar[Registry]

    _requests = 0
    _received = 0
    _part: _Owed | None = None
    _unparsed = 0
    _waiting: tuple[_Owed | None, int] = (None, 0)
    _since = 0.0
    _amount = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admit the connection, or refuse it at the limit (typed as in uvicorn)."""
        transport = JoinedWrites(transport)
        super().connection_made(transport)
        self._wait(self.registry.now())
        if not self.registry.admit(self, self.client[0] if self.client else ""):
            transport.write(_REFUSAL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection from the registry."""
        self.registry.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the received bytes, and refuse an endless head."""
        self._received += len(data)
        self._unparsed += len(data)
        super().data_received(data)
        if self._unparsed > _MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The request's head is too large.")

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        self._part = _Owed.HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Register the beginning of a request. The parser turns ``ValueError`` into a 400."""
        self._part, self._unparsed = _Owed.BODY, 0
        if len(self.pipeline) >= _MAX_AHEAD:
            raise ValueError("too many requests are sent ahead of their answers")
        self._requests += 1
        self.registry.working(self)
        super().on_headers_complete()

    def refused(self, scope: Any) -> bytes | None:
        """Return the response that refuses the request; none lets the application answer."""
        return admit_all(scope)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        answer = self.refused(cycle.scope)
        if answer is None:
            super()._start_asgi_task(cycle, app)
            return
        self.transport.write(answer)
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def on_body(self, body: bytes) -> None:
        """Note that a part of the body has come."""
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is complete."""
        self._part, self._unparsed = None, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Register the end of a request, unless the next has been received already."""
        if not self.pipeline:
            self.registry.idle(self)
        super().on_response_complete()

    def drop(self) -> None:
        """Close at once and discard unsent data."""
        self.transport.abort()

    def check(self, now: float) -> None:
        """Drop the connection if the server has waited for its client for too long."""
        owed, _ = waiting = self._owed(), self._requests
        if owed is None or waiting != self._waiting:
            self._wait(now)
        elif now - self._since >= self._window(owed):
            moved = abs(self._done(owed) - self._amount)
            if owed is _Owed.HEAD or moved < self._least(owed):
                self.drop()
            else:
                self._wait(now)

    def _wait(self, now: float) -> None:
        owed = self._owed()
        self._waiting, self._since, self._amount = (owed, self._requests), now, self._done(owed)

    def _owed(self) -> _Owed | None:
        if self._is_unread:
            return _Owed.READING
        if self._part is _Owed.BODY:
            requested = not self.flow.read_paused and not self.cycle.waiting_for_100_continue
            return _Owed.BODY if requested else None
        if self._is_working:
            return None
        # Between requests uvicorn's keep-alive timer runs until a byte of the next one arrives.
        begun = self._requests == 0 or self._part is _Owed.HEAD
        return _Owed.HEAD if begun else None

    @property
    def _is_working(self) -> bool:
        return self._requests > 0 and not self.cycle.response_complete

    @property
    def _is_unread(self) -> bool:
        """Whether the client must read before the server can send more."""
        if self.flow.write_paused:
            return True
        ending = not self._is_working or self.transport.is_closing()
        return ending and self.transport.get_write_buffer_size() > 0

    def _done(self, owed: _Owed | None) -> int:
        """Return a number of bytes that changes when the client makes progress."""
        if owed is _Owed.READING:
            return self.transport.get_write_buffer_size()
        return self._received

    def _window(self, owed: _Owed) -> float:
        limits = self.registry.limits
        windows = {
            _Owed.HEAD: limits.head_s,
            _Owed.BODY: limits.stall_s,
            _Owed.READING: limits.read_s,
        }
        return windows[owed]

    def _least(self, owed: _Owed) -> float:
        """Return the fewest bytes that a client must move in a window.

        It is 1 for reading, because kernel buffers hide the rate.
        """
        return (
            1
            if owed is _Owed.READING
            else self.registry.limits.stall_s * self.registry.limits.min_bytes_per_s
        )


class LimitedServer(uvicorn.Server):
    """A server whose kernel queue is longer than the number of connections accepted at once.

    asyncio uses one number for both. With a long queue, clients in a burst need not wait a second
    for their next attempt. With few connections accepted at once, a burst does not take descriptors
    beyond the limit. Pass your own sockets, and ``backlog=limits.accepts`` in the configuration.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then lengthen the kernel's queue."""
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(_QUEUE)
