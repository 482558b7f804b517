"""uvicorn's configuration: limits on connections and on log lines, and trusted proxies.

The function in AWS does not use it: API Gateway takes uvicorn's place there.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator

import uvicorn
from starlette.types import ASGIApp

from facecore.hosts import Network
from facecore.http_server import (
    ConnectionLimits,
    Refuse,
    admit_all,
    fitted,
    limited_protocol,
)
from recognizer.observability import limit_refusals
from recognizer.settings import Settings

_KEEP_ALIVE_S = 75
"""How long an idle connection stays open, unless another client needs its place. A camera that is
told to come back in seconds then needs no new connection."""
_DRAIN_S = 10
"""How long a shutdown waits for requests in progress."""
_IPV4 = 4
_MAPPED_BITS = 96


def http_config(app: ASGIApp, settings: Settings, refuse: Refuse = admit_all) -> uvicorn.Config:
    """Return uvicorn's configuration. The caller configures logging.

    Args:
        app: the application.
        settings: name the trusted proxies.
        refuse: refuses requests before the application; ``early_refusal`` makes it.
    """
    proxies = settings.trusted_proxies
    limits = fitted(ConnectionLimits(shared=proxies))
    limit_refusals()
    return uvicorn.Config(
        app,
        http=limited_protocol(limits, refuse=refuse),
        ws="none",
        backlog=limits.accepts,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(_trusted_networks(proxies)),
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_DRAIN_S,
    )


def _trusted_networks(proxies: Iterable[Network]) -> Iterator[str]:
    """Yield the networks as uvicorn takes them; IPv4 also as an IPv6 socket shows it."""
    for network in proxies:
        yield str(network)
        if network.version == _IPV4:
            yield f"::ffff:{network.network_address}/{_MAPPED_BITS + network.prefixlen}"


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_KEPT_BYTES = 64 * 1024 * 1024


def set_up_malloc() -> None:
    """Make glibc's ``malloc`` use one arena, and keep the memory of one picture for the next.

    Requests are answered on many threads, and each of several arenas would keep the memory of the
    largest picture that its threads ever worked on. By default large arrays are returned to the
    kernel at once, and every page of the next picture's costs a page fault. Source: mallopt(3).
    Other C libraries lack this call.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES // 2)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
