"""How the process takes memory from the system."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8


def share_one_pool() -> None:
    """Has glibc's ``malloc`` use one pool, where it has several for each processor.

    Requests are answered on many threads, and each pool would keep the room of the largest picture
    that its threads ever worked on. Source: mallopt(3). Another C library has no such call.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
