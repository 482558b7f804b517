"""A transport of httpx whose connections keep a deadline."""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import cast

import httpcore
import httpx

from facecore.client.deadline import DeadlineBackend

_IDLE_S = 4.0
"""Less than the 5 s after which uvicorn closes an idle connection; none is reused too late."""


class DeadlineTransport(httpx.BaseTransport):
    """HTTP/1.1 over persistent connections.

    TLS certificates are verified; ``SSL_CERT_FILE`` may name the authorities.

    Thread-safe: each exchange has its own pool until its answer is read. A pool of httpcore that
    threads share may close a connection that another thread has just begun to use.

    The proxies of the environment are not used.
    """

    def __init__(self) -> None:
        self._idle: deque[httpcore.ConnectionPool] = deque()
        self._closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and read the answer's head; the caller reads its body."""
        pool = self._take()
        try:
            with _as_httpx():
                answer = pool.handle_request(_for_httpcore(request))
        except BaseException:
            self._give_back(pool)
            raise
        body = _Body(answer, lambda: self._give_back(pool))
        return httpx.Response(answer.status, headers=answer.headers, stream=body)

    def close(self) -> None:
        """Close every connection; those in use are closed when they are returned."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> httpcore.ConnectionPool:
        try:
            return self._idle.pop()
        except IndexError:
            return httpcore.ConnectionPool(
                ssl_context=_trusted(),
                keepalive_expiry=_IDLE_S,
                network_backend=DeadlineBackend(),
            )

    def _give_back(self, pool: httpcore.ConnectionPool) -> None:
        self._idle.append(pool)
        if self._closed:
            self.close()


@cache
def _trusted() -> ssl.SSLContext:
    """Read the certificate authorities once in a process; it is slow."""
    return httpx.create_ssl_context()


def _for_httpcore(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, done: Callable[[], None]) -> None:
        self._answer = answer
        self._done = done

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from cast("Iterable[bytes]", self._answer.stream)  # sync pool, sync stream

    def close(self) -> None:
        try:
            self._answer.close()
        finally:
            self._done()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Raise errors of httpcore as those of httpx, as a transport of httpx must."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error)) from error
    except httpcore.ConnectError as error:
        raise httpx.ConnectError(str(error)) from error
    except httpcore.NetworkError as error:
        raise httpx.NetworkError(str(error)) from error
    except httpcore.LocalProtocolError as error:
        raise httpx.LocalProtocolError(str(error)) from error
    except httpcore.ProtocolError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
