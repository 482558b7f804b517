"""The open connections of one server, and which of them goes when there are too many."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from facecore.http_server.limits import ConnectionLimits
from facecore.log_limits import OncePerMinute

_log = logging.getLogger(__name__)
_log.addFilter(OncePerMinute("the connection limit is reached"))
_IPV6_NETWORK_BITS = 64


class Connection(Protocol):
    """What the registry asks of a connection."""

    def drop(self) -> None:
        """Close at once, whatever was not sent yet."""

    def check(self, now: float) -> None:
        """Drop it if its client owes something for too long."""


class Registry:
    """Not thread-safe: everything happens on the server's event loop."""

    def __init__(self, limits: ConnectionLimits, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.now = now
        self._open: dict[Connection, str | None] = {}
        self._idle: dict[Connection, None] = {}  # the longest idle first
        self._addresses: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def admit(self, connection: Connection, host: str) -> bool:
        """Take a new connection; False if there is no room and none can be made."""
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
        """Keep it from eviction: a request has begun."""
        self._idle.pop(connection, None)

    def idle(self, connection: Connection) -> None:
        """Let it be evicted after those that are idle already: its answer is out."""
        if connection in self._open:
            self._idle[connection] = None

    def discard(self, connection: Connection) -> None:
        """Forget it, if it is known."""
        self._idle.pop(connection, None)
        address = self._open.pop(connection, None)
        if address is not None:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def _evict(self, address: str | None) -> bool:
        """Drop the longest idle, of this address if one is given; False if there is none."""
        for connection in self._idle:
            if address is None or self._open[connection] == address:
                self.discard(connection)
                connection.drop()
                return True
        return False

    def _counted(self, host: str) -> str | None:
        """Under which name the connections of an address are counted; None: they are not."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return None  # a Unix socket
        address = getattr(address, "ipv4_mapped", None) or address
        if address.is_loopback or any(address in network for network in self.limits.shared):
            return None
        if address.version == 4:  # noqa: PLR2004 - IPv4
            return str(address)
        return str(ipaddress.ip_network((int(address), _IPV6_NETWORK_BITS), strict=False))

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
