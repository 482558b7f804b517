"""Limits of a server's connections and of the time that it waits for a client."""

from __future__ import annotations

import resource
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network

_RESERVED = 128
"""Descriptors that stay free for everything else: databases, files, models, outgoing calls."""
_ACCEPTS_AHEAD = 4
"""Iterations of the event loop between a connection's acceptance and the close of an evicted one.
In each, asyncio accepts up to ``accepts`` more."""

Network = IPv4Network | IPv6Network


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
