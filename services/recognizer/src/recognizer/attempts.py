"""How often an address may fail to sign in, before it has to wait.

Counted in the memory of this process. No list of tokens can be tried out in any case: a token has
256 random bits. This keeps a guesser from costing much, and shows up in the log.

A failure counts as recent only if both clocks say so. The time of day alone would lock an address
for hours after it is set back; the monotonic clock alone would do so where the process is frozen.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict, deque
from datetime import timedelta
from threading import Lock

from recognizer.clock import Clocks, Reading
from recognizer.errors import TooManyAttempts

MOST = 10
WITHIN = timedelta(minutes=1)
_MOST_ADDRESSES = 4096
_IPV6_PREFIX = 64
"""One subscriber has as many addresses."""


class Attempts:
    """Failed attempts by address. Thread-safe."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._lock = Lock()
        self._failed: OrderedDict[str, deque[Reading]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises ``TooManyAttempts``."""
        now = self._clocks.read()
        with self._lock:
            failed = self._failed.get(_of(address), ())
            ages_s = [now.elapsed_s(since) for since in failed]
        recent = [age_s for age_s in ages_s if age_s < WITHIN.total_seconds()]
        if len(recent) >= MOST:
            raise TooManyAttempts(math.ceil(WITHIN.total_seconds() - recent[0]))

    def failed(self, address: str) -> None:
        """Notes that one failed just now; whoever failed longest ago may be forgotten."""
        key = _of(address)
        with self._lock:
            self._failed.setdefault(key, deque(maxlen=MOST)).append(self._clocks.read())
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
