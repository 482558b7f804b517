"""How uvicorn serves the application: what clients can hold open, and which headers are believed.

Not of the function in AWS, where API Gateway stands in its place.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator

import uvicorn
from starlette.types import ASGIApp

from facecore.http_server import ConnectionLimits, fitted, limited_protocol
from facecore.http_server.limits import Network
from recognizer.settings import Settings

_DRAIN_S = 10
"""How long a stop waits for requests that are being answered."""
_IPV4 = 4
_MAPPED_BITS = 96


def http_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration. Logging is the caller's."""
    proxies = settings.trusted_proxies
    limits = fitted(ConnectionLimits(shared=proxies))
    return uvicorn.Config(
        app,
        http=limited_protocol(limits),
        ws="none",
        backlog=limits.accepts,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(_believed(proxies)),
        timeout_graceful_shutdown=_DRAIN_S,
    )


def _believed(proxies: Iterable[Network]) -> Iterator[str]:
    """The networks as uvicorn takes them; IPv4 also as a socket of IPv6 shows it."""
    for network in proxies:
        yield str(network)
        if network.version == _IPV4:
            yield f"::ffff:{network.network_address}/{_MAPPED_BITS + network.prefixlen}"


_M_ARENA_MAX = -8


def share_one_pool() -> None:
    """Has glibc's ``malloc`` use one pool, where it has several for each processor.

    Requests are answered on many threads, and each pool would keep the room of the largest picture
    that its threads ever worked on. Source: mallopt(3). Another C library has no such call.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
