"""uvicorn's configuration: limits on connections and on log lines, and trusted proxies.

The function in AWS does not use it: API Gateway takes uvicorn's place there.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator

import uvicorn
from starlette.types import ASGIApp

from facecore.hosts import Network
from facecore.http_server import ConnectionLimits, fitted, limited_protocol
from recognizer.observability import limit_refusals
from recognizer.settings import Settings

_DRAIN_S = 10
"""How long a shutdown waits for requests in progress."""
_IPV4 = 4
_MAPPED_BITS = 96


def http_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration. The caller configures logging."""
    proxies = settings.trusted_proxies
    limits = fitted(ConnectionLimits(shared=proxies))
    limit_refusals()
    return uvicorn.Config(
        app,
        http=limited_protocol(limits),
        ws="none",
        backlog=limits.accepts,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(_trusted_networks(proxies)),
        timeout_graceful_shutdown=_DRAIN_S,
    )


def _trusted_networks(proxies: Iterable[Network]) -> Iterator[str]:
    """Yield the networks as uvicorn takes them; IPv4 also as an IPv6 socket shows it."""
    for network in proxies:
        yield str(network)
        if network.version == _IPV4:
            yield f"::ffff:{network.network_address}/{_MAPPED_BITS + network.prefixlen}"


_M_ARENA_MAX = -8


def limit_malloc_arenas() -> None:
    """Make glibc's ``malloc`` use one arena instead of several for each processor.

    Requests are answered on many threads, and each arena would keep the memory of the largest
    picture that its threads ever worked on. Source: mallopt(3). Other C libraries lack this call.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
