"""How many connections a server takes, and how long it waits for a client."""

from __future__ import annotations

import resource
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network

_RESERVED = 128
"""Descriptors that stay free for everything else: databases, files, models, outgoing calls."""
_ACCEPTS_AHEAD = 4
"""Turns of the event loop between a connection's acceptance and the close of an evicted one; in
each, asyncio accepts up to ``accepts`` more."""

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits of one server.

    Attributes:
        connections: open at once. At the limit the connection that has been idle for longest is
            closed in favour of a new one; when each one has a request in work, the new one is
            refused.
        per_address: of these from one address (of IPv6, one /64 network). Loopback is exempt.
        shared: networks that are exempt too, because many clients come from there: proxies.
        accepts: connections that are accepted in one turn of the event loop.
        head_s: time for a request's head, from the connection's opening, or on a connection that
            is used again from its first byte.
        stall_s: the window in which some bytes of a body must arrive.
        min_bytes_per_s: the least average rate of a body in such a window.
        read_s: the window in which some bytes of an answer must be read; a browser that pauses a
            video reads nothing.
        check_s: how often these times are checked.
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
        """File descriptors that a process needs for them."""
        return self.connections + _ACCEPTS_AHEAD * self.accepts + _RESERVED


def fitted(limits: ConnectionLimits) -> ConnectionLimits:
    """Return what the process's file descriptors allow of these limits.

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
