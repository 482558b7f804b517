"""The limits of a server's connections, the open ones, and their eviction at the limit."""

from __future__ import annotations

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from facecore.hosts import Network, address_of, subscriber
from facecore.log_limits import OncePerMinute

_RESERVED = 128
"""Descriptors that stay free for everything else: databases, files, models, outgoing calls."""
_ACCEPTS_AHEAD = 4
"""Iterations of the event loop between a connection's acceptance and the close of an evicted one.
In each, asyncio accepts up to ``accepts`` more."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits of one server.

    Attributes:
        connections: most open connections. At the limit, a new connection replaces the one that
            has been idle longest; if all are processing requests, the new one is refused.
        per_address: most connections from one address (IPv6: one /64 network). Loopback is exempt.
        shared: networks that are exempt too, because many clients share them: proxies.
        accepts: connections accepted in one iteration of the event loop.
        head_s: seconds for a request's head, from the opening of the connection, or from the
            head's first byte on a reused connection.
        stall_s: seconds in which some bytes of a body must arrive.
        min_bytes_per_s: least average rate of a body in these seconds.
        read_s: seconds in which some bytes of an answer must be read; a browser that pauses a
            video reads nothing.
        check_s: seconds between two checks of these times.
    """

    connections: int = 512
    per_address: int = 128
    shared: tuple[Network, ...] = ()
    accepts: int = 32
    head_s: float = 10.0
    stall_s: float = 30.0
    min_bytes_per_s: float = 256.0
    read_s: float = 60.0
    check_s: float = 1.0

    @property
    def descriptors(self) -> int:
        """File descriptors that a process needs for these connections."""
        return self.connections + _ACCEPTS_AHEAD * self.accepts + _RESERVED


def fitted(limits: ConnectionLimits) -> ConnectionLimits:
    """Scale the limits down to the file descriptors of the process.

    Raises the soft limit ``RLIMIT_NOFILE`` as far as needed and possible.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= limits.descriptors:
        return limits
    soft = limits.descriptors if hard == resource.RLIM_INFINITY else min(limits.descriptors, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return limits if soft >= limits.descriptors else _scaled(limits, soft)


def _scaled(limits: ConnectionLimits, descriptors: int) -> ConnectionLimits:
    scale = max(0, descriptors - _RESERVED) / (limits.descriptors - _RESERVED)
    return replace(
        limits,
        connections=max(16, int(limits.connections * scale)),
        per_address=max(8, int(limits.per_address * scale)),
        accepts=max(4, int(limits.accepts * scale)),
    )


_log = logging.getLogger(__name__)
_log.addFilter(OncePerMinute("the connection limit is reached"))


class Connection(Protocol):
    """What the registry needs of a connection."""

    def drop(self) -> None:
        """Close at once and discard unsent data."""

    def check(self, now: float) -> None:
        """Drop the connection if the server has waited for its client for too long."""


class Registry:
    """The open connections. Not thread-safe: use it on the server's event loop only."""

    def __init__(self, limits: ConnectionLimits, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.now = now
        self._open: dict[Connection, str | None] = {}
        self._idle: dict[Connection, None] = {}  # the longest idle first
        self._addresses: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def admit(self, connection: Connection, host: str) -> bool:
        """Admit a new connection; return False at the limit if none can be evicted."""
        address = self._counted(host)
        if address is not None and self._addresses[address] >= self.limits.per_address:
            _log.warning("the connection limit is reached by one address")
            if not self._evict(address):
                return False
        if len(self._open) >= self.limits.connections:
            _log.warning("the connection limit is reached: %s are open", len(self._open))
            if not self._evict(None):
                return False
        self._open[connection] = address
        self._idle[connection] = None
        if address is not None:
            self._addresses[address] += 1
        self._schedule()
        return True

    def working(self, connection: Connection) -> None:
        """Exempt the connection from eviction: a request has begun."""
        self._idle.pop(connection, None)

    def idle(self, connection: Connection) -> None:
        """Allow eviction, after connections that became idle earlier: the answer was sent."""
        if connection in self._open:
            self._idle[connection] = None

    def discard(self, connection: Connection) -> None:
        """Remove the connection if it is registered."""
        self._idle.pop(connection, None)
        address = self._open.pop(connection, None)
        if address is not None:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def _evict(self, address: str | None) -> bool:
        """Drop the longest idle connection, of ``address`` if given; False if there is none."""
        for connection in self._idle:
            if address is None or self._open[connection] == address:
                self.discard(connection)
                connection.drop()
                return True
        return False

    def _counted(self, host: str) -> str | None:
        """Return the key that counts an address's connections; None if they are exempt."""
        address = address_of(host)
        if address is None or address.is_loopback:  # a Unix socket has no address
            return None
        if any(address in network for network in self.limits.shared):
            return None
        return subscriber(host)

    def _schedule(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self.limits.check_s, self._check)

    def _check(self) -> None:
        self._timer = None
        now = self.now()
        for connection in list(self._open):
            connection.check(now)
        if self._open:
            self._schedule()
