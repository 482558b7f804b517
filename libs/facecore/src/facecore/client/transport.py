"""An httpx transport whose connections obey one deadline for each call.

A timeout of httpx limits one operation of a socket. A server that sends a byte now and then can
hold a call without end, and a name look-up has no limit at all. Here the timeout of every operation
is the time that is left for the whole call.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, cast

import httpcore
import httpx

_PIECE = 16 * 1024
_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Deadline:
    """A time on the monotonic clock, ``seconds`` from now."""

    def __init__(self, seconds: float) -> None:
        if not seconds > 0:
            raise ValueError(f"deadline_s must be more than 0 seconds, not {seconds}")
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left; negative after the deadline."""
        return self._end - time.monotonic()

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Limit this thread's operations on sockets of a ``DeadlineBackend``."""
        before = _current.set(self)
        try:
            yield
        finally:
            _current.reset(before)


def _left(timeout: float | None, error: type[httpcore.TimeoutException]) -> float | None:
    deadline = _current.get()
    if deadline is None:
        return timeout
    left = deadline.left()
    if left <= 0:
        raise error("the deadline is over")
    return left if timeout is None else min(left, timeout)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections whose every operation ends at the deadline."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the host's addresses in turn, each with its share of the time left."""
        addresses = _resolve(host, port, _left(timeout, httpcore.ConnectTimeout))
        failure: Exception = httpcore.ConnectError(f"the name {host} has no address")
        for index, address in enumerate(addresses):
            left = _left(timeout, httpcore.ConnectTimeout)
            share = None if left is None else left / (len(addresses) - index)
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream)
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # The timeout of a write applies to each part that the system accepts, so parts are small.
        for start in range(0, len(buffer), _PIECE):
            left = _left(timeout, httpcore.WriteTimeout)
            self._stream.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int, timeout: float | None) -> list[str]:
    """Return the host's addresses; a thread waits for the look-up, which can't be stopped."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty:
        raise httpcore.ConnectTimeout(f"the name {host} was not found in time") from None
    if isinstance(answer, OSError):
        raise httpcore.ConnectError(f"the name {host} was not found: {answer}") from answer
    return answer


def _look_up(host: str, port: int, answers: queue.SimpleQueue[list[str] | OSError]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        answers.put(error)
    except UnicodeError as error:  # a label of the name is empty or longer than 63
        answers.put(OSError(str(error)))
    else:
        answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))


_IDLE_S = 60.0
"""Less than the 75 s after which the recognizer closes an idle connection, so that no connection is
reused after the recognizer has closed it."""


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
