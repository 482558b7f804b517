"""Uvicorn's HTTP protocol with limits. Uvicorn itself has none before a connection's first answer.

What a client may owe: a head, a body, or that it reads the answer. Each is bounded in time; the
time in which the server works is not counted.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import ClassVar

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from facecore.http_server.limits import ConnectionLimits
from facecore.http_server.registry import Registry

_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"content-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"
)
_QUEUE = 1024
"""Connections that the kernel holds until they are accepted."""


def limited_protocol(
    limits: ConnectionLimits, now: Callable[[], float] = time.monotonic
) -> type[asyncio.Protocol]:
    """Return the protocol of one server, for ``uvicorn.Config(http=…, backlog=limits.accepts)``.

    Args:
        limits: for all its connections together.
        now: a clock that only counts, in seconds.
    """

    class Limited(LimitedProtocol):
        registry = Registry(limits, now)

    return Limited


class _Owed(Enum):
    """What a server waits for."""

    HEAD = auto()
    BODY = auto()
    READING = auto()


class LimitedProtocol(H11Protocol):
    """One connection. ``limited_protocol`` makes a class of it for each server."""

    registry: ClassVar[Registry]

    _requests = 0
    _received = 0
    _waiting: tuple[_Owed | None, int] = (None, 0)
    _since = 0.0
    _amount = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it where there is no room (as uvicorn types it)."""
        super().connection_made(transport)
        self._wait(self.registry.now())
        if not self.registry.admit(self, self.client[0] if self.client else ""):
            transport.write(_REFUSAL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its room back."""
        self.registry.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives."""
        self._received += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        """Notice when a request begins."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._requests += 1
            self.registry.working(self)

    def on_response_complete(self) -> None:
        """Notice when a request ends; the next may begin within."""
        self.registry.idle(self)
        super().on_response_complete()

    def drop(self) -> None:
        """Close at once, whatever was not sent yet."""
        self.transport.abort()

    def check(self, now: float) -> None:
        """Drop the connection if its client owes something for too long."""
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
        if self.conn.their_state is h11.SEND_BODY:
            asked = not self.flow.read_paused and not self.cycle.waiting_for_100_continue
            return _Owed.BODY if asked else None
        if self._is_working:
            return None
        # Between requests uvicorn's keep-alive timer runs, until a byte of the next one comes.
        begun = self._requests == 0 or bool(self.conn.trailing_data[0])
        return _Owed.HEAD if begun else None

    @property
    def _is_working(self) -> bool:
        return self._requests > 0 and not self.cycle.response_complete

    @property
    def _is_unread(self) -> bool:
        """Whether an answer waits for its reader, and nothing is added to it meanwhile."""
        if self.flow.write_paused:
            return True
        ending = not self._is_working or self.transport.is_closing()
        return ending and self.transport.get_write_buffer_size() > 0

    def _done(self, owed: _Owed | None) -> int:
        """A number of bytes that changes as the client does what it owes."""
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
        """Bytes in a window; any progress will do where the kernel's buffers hide the rate."""
        return (
            1
            if owed is _Owed.READING
            else self.registry.limits.stall_s * self.registry.limits.min_bytes_per_s
        )


class LimitedServer(uvicorn.Server):
    """A server whose kernel queue is longer than what it accepts in one turn of the event loop.

    asyncio has one number for both. A long queue keeps a burst of clients from waiting a second
    for their next attempt; few in one turn keep a burst from taking descriptors beyond the limit.
    Run it with sockets of one's own, and with ``backlog=limits.accepts`` in its configuration.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then let the kernel hold more connections."""
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(_QUEUE)
