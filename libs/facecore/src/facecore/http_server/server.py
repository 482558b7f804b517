"""A uvicorn server whose kernel queue is longer than what it accepts in one turn.

asyncio has one number for both. A long queue keeps a burst of clients from waiting a second for
their next attempt; few in one turn keep a burst from taking descriptors beyond the limit.
"""

from __future__ import annotations

import socket

import uvicorn

_QUEUE = 1024


class LimitedServer(uvicorn.Server):
    """Run with sockets of one's own, and with ``backlog=limits.accepts`` in its configuration."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then let the kernel hold more connections."""
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(_QUEUE)
