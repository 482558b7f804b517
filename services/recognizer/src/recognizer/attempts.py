"""How often an address may fail to sign in, before it has to wait.

Counted in the memory of this process. No list of tokens can be tried out in any case: a token has
256 random bits. This keeps a guesser from costing much, and shows up in the log.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

from recognizer.clock import Clock
from recognizer.errors import TooManyAttempts

MOST = 10
WITHIN = timedelta(minutes=1)
_MOST_ADDRESSES = 4096
_IPV6_PREFIX = 64
"""One subscriber has as many addresses."""


class Attempts:
    """Failed attempts by address. Thread-safe."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._lock = Lock()
        self._failed: OrderedDict[str, deque[datetime]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises ``TooManyAttempts``."""
        now = self._now()
        with self._lock:
            failed = self._failed.get(_of(address), ())
            recent = [at for at in failed if now - at < WITHIN]
        if len(recent) >= MOST:
            raise TooManyAttempts(math.ceil((recent[0] + WITHIN - now).total_seconds()))

    def failed(self, address: str) -> None:
        """Notes that one failed just now; whoever failed longest ago may be forgotten."""
        key = _of(address)
        with self._lock:
            self._failed.setdefault(key, deque(maxlen=MOST)).append(self._now())
            self._failed.move_to_end(key)
            if len(self._failed) > _MOST_ADDRESSES:
                self._failed.popitem(last=False)


def _of(address: str) -> str:
    """An IPv6 address counts as its network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address  # a transport without addresses
    if found.version == 4:  # noqa: PLR2004 - its name is the number
        return str(found)
    return str(ipaddress.ip_network((found.packed, _IPV6_PREFIX), strict=False))
