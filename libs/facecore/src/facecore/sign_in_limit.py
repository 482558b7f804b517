"""Limit the attempts to sign in that fail."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from facecore.hosts import subscriber

_MOST_ADDRESSES = 4096
_T = TypeVar("_T")


class SignInLimit(Generic[_T]):
    """Failed attempts by network address; after too many the address must wait. Thread-safe.

    They are counted in the memory of this process, for IPv6 by network.

    Args:
        most: failures that an address may have within ``within_s`` seconds.
        read: reads a clock.
        elapsed_s: returns the seconds at the first reading since the second.
    """

    def __init__(
        self,
        most: int,
        within_s: float,
        read: Callable[[], _T],
        elapsed_s: Callable[[_T, _T], float],
    ) -> None:
        self._most, self._within_s = most, within_s
        self._read, self._elapsed_s = read, elapsed_s
        self._lock = Lock()
        self._failed: OrderedDict[str, deque[_T]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Return the seconds that the address must wait; 0 if it may try."""
        now = self._read()
        with self._lock:
            failed = self._failed.get(subscriber(address), ())
            ages_s = [self._elapsed_s(now, since) for since in failed]
        recent = [age_s for age_s in ages_s if age_s < self._within_s]
        return self._within_s - recent[0] if len(recent) >= self._most else 0.0

    def failed(self, address: str) -> None:
        """Record a failure now; the address that failed longest ago may be dropped."""
        key = subscriber(address)
        with self._lock:
            self._failed.setdefault(key, deque(maxlen=self._most)).append(self._read())
            self._failed.move_to_end(key)
            if len(self._failed) > _MOST_ADDRESSES:
                self._failed.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget the address's failures."""
        with self._lock:
            self._failed.pop(subscriber(address), None)
