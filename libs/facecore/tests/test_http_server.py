"""The HTTP server's limits over real sockets, for idle, slow and greedy clients."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any

import pytest
import uvicorn

from facecore.http_server import ConnectionLimits, LimitedServer, fitted, limited_protocol
from facecore.http_server.connections import Registry
from facecore.log_limits import OncePerMinute

QUICK = ConnectionLimits(
    connections=20,
    per_address=8,
    head_s=0.3,
    stall_s=0.3,
    min_bytes_per_s=100,
    read_s=0.3,
    check_s=0.02,
)
PATIENT = replace(QUICK, head_s=600, stall_s=600, read_s=600)
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
_WAIT_S = 300
_MANY = 24 * 1024 * 1024


class Clock:
    """A clock that a test advances."""

    def __init__(self) -> None:
        self.steps = 0
        self._now = 0.0
        self._readings = 0

    def __call__(self) -> float:
        self._readings += 1
        return self._now

    def go_on(self, seconds: float) -> None:
        """Advance the clock and return once the server has acted on the new time."""
        self._now += seconds
        self.steps += 1
        due = self._readings + 3
        _until(lambda: self._readings >= due)


@dataclass
class Server:
    port: int
    log: list[str] = field(default_factory=list)
    received: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=_WAIT_S)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers ``/`` at once, ``/hold`` when released, ``/body`` when received, ``/big``."""
        path, size = scope["path"], 2
        if path == "/hold":
            self.log.append("held")
            await asyncio.to_thread(self.released.wait, _WAIT_S)
        if path == "/body":
            while (message := await receive()).get("more_body"):
                self.received += len(message["body"])
            self.log.append(message["type"])
        if path == "/big":
            size = _MANY
        headers = [(b"content-length", str(size).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x" * size})
        if path == "/big":
            self.log.append("sent")


@contextmanager
def serving(
    limits: ConnectionLimits, now: Callable[[], float] = time.monotonic
) -> Iterator[Server]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = Server(listener.getsockname()[1])
        config = uvicorn.Config(
            server,
            http=limited_protocol(limits, now),
            ws="none",
            backlog=limits.accepts,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=1,
        )
        listener.listen()
        running = LimitedServer(config)
        thread = threading.Thread(target=running.run, args=([listener],))
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            running.should_exit = True
            thread.join()


def _sends_until_closed(connection: socket.socket, data: bytes) -> None:
    """Send until the other side closes, whose answer the reset may discard."""
    try:
        for _ in range(1000):
            connection.sendall(data)
    except (ConnectionResetError, BrokenPipeError):
        return
    raise AssertionError("the server takes a head without end")


def until_closed(connection: socket.socket) -> bytes:
    """Return the bytes until the other side closes; fail after a minute."""
    came = b""
    try:
        while data := connection.recv(65536):
            came += data
    except ConnectionResetError:
        pass
    return came


def answered(connection: socket.socket, request: bytes = GET) -> bool:
    came = b""
    try:
        connection.sendall(request)
        while not came.endswith(b"\r\n\r\nxx") and (data := connection.recv(65536)):
            came += data
    except (ConnectionResetError, BrokenPipeError):
        return False
    return came.startswith(b"HTTP/1.1 200")


def test_idle_connections_make_room_for_a_new_client_the_oldest_first() -> None:
    with serving(PATIENT) as server, ExitStack() as stack:
        idle = [stack.enter_context(server.connect()) for _ in range(200)]
        with server.connect() as fresh:
            assert answered(fresh)
        for oldest in idle[:180]:
            assert until_closed(oldest) == b""
        assert answered(idle[-1])
        assert answered(idle[-19])


def test_a_connection_used_lately_outlasts_older_ones() -> None:
    with serving(PATIENT) as server, ExitStack() as stack:
        first, *rest = [stack.enter_context(server.connect()) for _ in range(20)]
        assert answered(rest[-1]), "all of them are accepted"
        assert answered(first)
        later = [stack.enter_context(server.connect()) for _ in range(18)]
        assert answered(later[-1])
        for connection in rest[:18]:
            assert until_closed(connection) == b""
        assert answered(first)


def test_a_request_in_work_is_never_closed_for_a_new_one() -> None:
    with serving(PATIENT) as server, ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(20)]
        for connection in held:
            connection.sendall(GET.replace(b"/ ", b"/hold "))
        _until(lambda: len(server.log) == 20)
        with server.connect() as refused:
            assert until_closed(refused).startswith(b"HTTP/1.1 503")
        server.released.set()
        for connection in held:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_an_address_may_not_take_every_connection() -> None:
    """Loopback is exempt, so the test pretends that clients have other addresses."""
    proxies = (ip_network("10.0.0.0/8"),)
    registry, dropped = Registry(replace(PATIENT, shared=proxies)), []

    class Client:
        def __init__(self, name: str) -> None:
            self.name = name

        def drop(self) -> None:
            dropped.append(self.name)

        def check(self, now: float) -> None: ...

    def admitted(host: str, name: str, *, working: bool = False) -> bool:
        client = Client(name)
        admitted = registry.admit(client, host)
        if working:
            registry.working(client)
        return admitted

    async def story() -> None:
        assert all(admitted("192.0.2.1", f"busy {n}", working=True) for n in range(7))
        assert admitted("192.0.2.1", "idle")
        assert admitted("::ffff:192.0.2.1", "newer")
        assert dropped == ["idle"], "its own idle one goes"
        assert all(admitted("2001:db8::1", f"v6 {n}", working=True) for n in range(8))
        assert not admitted("2001:db8::2", "the same network"), "all of its are in work"
        for exempt in ("127.0.0.1", "::1", "10.1.2.3", ""):
            assert admitted(exempt, exempt)
        assert dropped == ["idle"]

    asyncio.run(story())


@pytest.mark.parametrize("head", [b"", b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "])
def test_a_slow_head_is_closed_even_if_it_never_pauses(head: bytes) -> None:
    with serving(QUICK) as server, server.connect() as slow:
        slow.sendall(head)
        slow.settimeout(0.05)
        assert _drips_until_closed(slow, drips=bool(head))


def test_a_slow_head_is_closed_on_a_connection_that_was_used_before() -> None:
    with serving(QUICK) as server, server.connect() as slow:
        assert answered(slow)
        slow.sendall(b"GET / HTTP/1.1\r\n")
        slow.settimeout(0.05)
        assert _drips_until_closed(slow, drips=True)


@pytest.mark.parametrize("drips", [False, True])
def test_a_body_that_stalls_or_drips_is_closed_and_its_request_ends(drips: bool) -> None:
    """A byte now and then is less than 100 bytes a second."""
    with serving(QUICK) as server, server.connect() as slow:
        slow.sendall(b"PUT /body HTTP/1.1\r\nhost: x\r\ncontent-length: 99999\r\n\r\nabc")
        slow.settimeout(0.05)
        assert _drips_until_closed(slow, drips=drips)
        _until(lambda: server.log == ["http.disconnect"])


def test_the_rest_of_a_refused_body_is_not_waited_for() -> None:
    with serving(QUICK) as server, server.connect() as slow:
        assert answered(slow, b"PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999\r\n\r\nabc")
        slow.settimeout(0.05)
        assert _drips_until_closed(slow, drips=True)


CHUNKED = b"PUT /body HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HTTP/1.1\r\nhost: x\r\nx-long: ",
        b"GET /",
        CHUNKED + b"1;",
        CHUNKED + b"1\r\nx\r\n0\r\nx-trailer: ",
    ],
    ids=["header", "path", "chunk", "trailer"],
)
def test_a_head_without_end_is_refused(begun: bytes) -> None:
    with serving(PATIENT) as server, server.connect() as greedy:
        greedy.sendall(begun)
        _sends_until_closed(greedy, b"x" * 65536)
        with server.connect() as other:
            assert answered(other)


def test_trailers_without_end_are_refused() -> None:
    with serving(PATIENT) as server, server.connect() as greedy:
        greedy.sendall(CHUNKED + b"1\r\nx\r\n0\r\n")
        _sends_until_closed(greedy, b"x-trailer: x\r\n" * 4096)
        _until(lambda: server.log == ["http.disconnect"])


def test_requests_sent_ahead_are_answered_in_order_and_limited() -> None:
    with serving(PATIENT) as server:
        with server.connect() as client:
            client.sendall(GET * 10)
            came = b""
            while came.count(b"HTTP/1.1 200") < 10 or not came.endswith(b"xx"):
                came += client.recv(65536)
        with server.connect() as greedy:
            greedy.sendall(GET.replace(b"/ ", b"/hold ") + GET * 100)
            assert b"HTTP/1.1 400" in until_closed(greedy)


def test_a_connection_with_a_request_sent_ahead_is_not_idle() -> None:
    with serving(PATIENT) as server, ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(20)]
        for connection in held:
            connection.sendall(GET + GET.replace(b"/ ", b"/hold "))
        _until(lambda: len(server.log) == 20)
        with server.connect() as refused:
            assert until_closed(refused).startswith(b"HTTP/1.1 503")


def test_what_is_no_http_is_refused_and_logged_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serving(PATIENT) as server:
        for _ in range(20):
            with server.connect() as strange:
                strange.sendall(b"\x16\x03\x01 this is TLS\r\n\r\n")
                assert until_closed(strange).startswith(b"HTTP/1.1 400")
    assert sum("Invalid HTTP" in message for message in caplog.messages) <= 1


def test_a_steady_upload_goes_on_however_long_it_takes() -> None:
    """Half a kilobyte a second, for three and a half minutes."""
    clock, chunk = Clock(), 10_000
    limits = ConnectionLimits(check_s=0.005)
    with serving(limits, clock) as server, server.connect() as steady:
        head = b"PUT /body HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % (11 * chunk)
        steady.sendall(head)
        for sent in range(1, 11):
            steady.sendall(b"x" * chunk)
            _until(lambda due=sent * chunk: server.received >= due)
            clock.go_on(20)
        steady.sendall(b"x" * chunk)
        assert steady.recv(65536).startswith(b"HTTP/1.1 200")
        assert server.log == ["http.request"]


def test_a_client_that_waits_for_100_continue_is_not_slow() -> None:
    with serving(QUICK) as server, server.connect() as polite:
        polite.sendall(
            b"PUT /hold HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n"
        )
        _until(lambda: server.log == ["held"])
        polite.settimeout(1)
        with pytest.raises(TimeoutError):
            polite.recv(1)  # for three windows the server waits
        server.released.set()
        polite.settimeout(_WAIT_S)
        assert polite.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/net/tcp")
def test_a_reader_that_does_not_read_is_closed_and_holds_no_memory() -> None:
    with serving(QUICK) as server, server.connect() as lazy:
        lazy.sendall(GET.replace(b"/ ", b"/big "))
        _until(lambda: server.log == ["sent"])
        with server.connect() as other:
            assert answered(other)
        _until(lambda: not _holds(lazy, server.port))


def test_a_slow_reader_gets_everything() -> None:
    """The pauses add up to two minutes, twice the limit for a client that reads nothing."""
    clock = Clock()
    with serving(ConnectionLimits(check_s=0.005), clock) as server, server.connect() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        slow.sendall(GET.replace(b"/ ", b"/big "))
        came = 0
        while came < _MANY:
            came += len(slow.recv(1024 * 1024))
            if came // (8 * 1024 * 1024) > clock.steps:
                clock.go_on(40)
        assert clock.steps == 3


def test_limits_fit_the_descriptors_of_the_process() -> None:
    needed = ConnectionLimits().descriptors
    script = (
        "import resource\n"
        "from facecore.http_server import ConnectionLimits, fitted\n"
        f"for hard in ({needed}, 512, 64):\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))\n"
        "    limits = fitted(ConnectionLimits())\n"
        "    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "    print(limits.connections, limits.descriptors <= soft, soft)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    raised, smaller, least = (line.split() for line in child.stdout.splitlines())
    assert raised == ["512", "True", str(needed)], "the soft limit is raised as far as needed"
    assert smaller[1:] == ["True", "512"]
    assert 16 < int(smaller[0]) < 512
    assert least[0] == "16", "fewer would be no server"


def test_a_limit_that_is_high_enough_is_left() -> None:
    soft, _ = before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < QUICK.descriptors:
        pytest.skip("this process has few descriptors")
    assert fitted(QUICK) is QUICK
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before


def test_a_line_that_repeats_is_logged_once_a_minute_with_the_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    logger = logging.getLogger("test.repeated")
    logger.addFilter(OncePerMinute("out of system resource", lambda: now[0]))
    for _ in range(1000):
        logger.error("%s out of system resource", "accept")
    logger.error("another")
    now[0] = 61
    logger.error("%s out of system resource", "accept")
    assert [record.getMessage() for record in caplog.records] == [
        "accept out of system resource",
        "another",
        "accept out of system resource (999 more before this)",
    ]


def _drips_until_closed(connection: socket.socket, *, drips: bool) -> bool:
    """Send a byte whenever nothing came for a moment, until the server closes."""
    for _ in range(_WAIT_S * 20):
        try:
            if drips:
                connection.sendall(b"x")
            if connection.recv(65536) == b"":
                return True
        except TimeoutError:
            continue
        except (ConnectionResetError, BrokenPipeError):
            return True
    return False


def _holds(connection: socket.socket, port: int) -> bool:
    """Return whether the server's end is still open, as Linux lists it."""
    local = connection.getsockname()[1]
    with open("/proc/net/tcp", encoding="ascii") as table:  # noqa: PTH123 - no file of ours
        rows = [line.split()[1:4] for line in table][1:]
    ours = (f"{port:04X}", f"{local:04X}", "01")
    return any((here[-4:], there[-4:], state) == ours for here, there, state in rows)


def _until(true: Any) -> None:
    pause = threading.Event()
    for _ in range(_WAIT_S * 100):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError(f"not within {_WAIT_S} seconds; {os.getpid()}")
