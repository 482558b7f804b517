"""The open connections of one server, and their eviction at the limit."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from facecore.hosts import address_of, subscriber
from facecore.http_server.limits import ConnectionLimits
from facecore.log_limits import OncePerMinute

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
