"""Serve the live page on a thread of its own. The recorder continues even if the page fails."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

from facecore.hosts import is_private
from facecore.http_server import ConnectionLimits, LimitedServer, fitted, limited_protocol
from facecore.log_limits import limit_accept_errors
from pi_recorder.events import LivePageAway, LivePageReady, Publish

_log = logging.getLogger(__name__)
_RETRY_S = 10.0
_LIMITS = ConnectionLimits(connections=64, per_address=32)
_CLOSES_WITHIN_S = 1
_A_PLACE_OUTSIDE = ("192.0.2.1", 9)  # RFC 5737; nothing is sent there


@contextmanager
def served(
    make_app: Callable[[Event], ASGIApp], host: str, port: int, publish: Publish
) -> Iterator[None]:
    """Serve until the block ends; retry a port that is in use every ten seconds.

    Args:
        make_app: makes the application; its argument is set when all streams must end.
        host: an address or a name of this machine.
        port: the port; not 0.
        publish: called with ``LivePageReady`` and ``LivePageAway``.
    """
    limit_accept_errors()
    server = _Server(make_app, host, port, publish)
    thread = Thread(target=server.run, name="live page", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join(_CLOSES_WITHIN_S)


class _Server:
    def __init__(
        self, make_app: Callable[[Event], ASGIApp], host: str, port: int, publish: Publish
    ) -> None:
        self._make_app, self._host, self._port = make_app, host, port
        self._publish = publish
        self._closing = Event()
        self._server: uvicorn.Server | None = None
        self._away = False

    def close(self) -> None:
        """End the streams and the server."""
        self._closing.set()
        if self._server is not None:
            self._server.should_exit = True

    def run(self) -> None:
        """Serve until ``close``, and restart after an error."""
        while not self._closing.is_set():
            try:
                with _bound(self._host, self._port) as listener:
                    self._serve(listener)
            except OSError as error:
                self._publish_away(str(error))
            except Exception as error:  # noqa: BLE001 - the page must never end the recording
                _log.exception("the live page ended by an unexpected error")
                self._publish_away(repr(error))
            self._closing.wait(_RETRY_S)

    def _serve(self, listener: socket.socket) -> None:
        limits = fitted(_LIMITS)
        config = uvicorn.Config(
            self._make_app(self._closing),
            http=limited_protocol(limits),
            backlog=limits.accepts,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_CLOSES_WITHIN_S,
        )
        self._server = LimitedServer(config)
        self._server.should_exit = self._closing.is_set()
        self._away = False
        self._publish(LivePageReady(_url(self._host, listener.getsockname()[1])))
        self._server.run(sockets=[listener])

    def _publish_away(self, reason: str) -> None:
        if not self._away:
            self._away = True
            where = f"{self._host}, port {self._port}"
            self._publish(LivePageAway(f"{where}: {reason}; PI_RECORDER_LIVE_PORT sets another"))


def _bound(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address, family=family)


def _url(host: str, port: int) -> str:
    """Return the page's URL; for a wildcard host, with the address that other machines use."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = _own_address()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_A_PLACE_OUTSIDE)
            address = str(probe.getsockname()[0])
        except OSError:  # there is no network yet
            return f"{socket.gethostname()}.local"
    return address if is_private(address) else socket.gethostname()
