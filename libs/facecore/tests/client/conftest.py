"""A real HTTP server on loopback that follows a test's script, request by request."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from facecore.client import RecognizerClient

HEALTH = {
    "status": "ready",
    "version": "0.1.0",
    "model": "m",
    "gallery_size": 0,
    "gallery_people": 0,
    "gallery_version": 1,
}
TOKEN = "fra_secret-of-the-test"


@dataclass(frozen=True)
class Seen:
    """A request as it was received."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Step = Callable[[socket.socket, Seen], bool]
"""Answers one request; returns whether the connection stays open."""


@dataclass
class ScriptedServer:
    """Takes one step a request; a request beyond the script gets a 599."""

    url: str
    steps: list[Step]
    requests: list[Seen] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, token: str | None = TOKEN, **options: Any) -> RecognizerClient:
        return RecognizerClient(self.url, token, **options)

    def handle(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            stream = connection.makefile("rb")
            while (seen := _read(stream)) is not None:
                with self.lock:
                    self.requests.append(seen)
                    step = self.steps.pop(0) if self.steps else answer(599)
                if not step(connection, seen):
                    return


def answer(
    status: int = 200,
    body: Any = HEALTH,
    kind: str = "application/json",
    **headers: str,
) -> Step:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Scripted", f"content-type: {kind}", f"content-length: {len(raw)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, "", ""]).encode()

    def step(connection: socket.socket, seen: Seen) -> bool:
        connection.sendall(head + raw)
        return True

    return step


def problem(status: int, code: str, detail: str = "what was wrong", **headers: str) -> Step:
    body = {"type": f"urn:x:{code}", "title": "T", "status": status, "detail": detail, "code": code}
    return answer(status, body, "application/problem+json", **headers)


def raw(data: bytes) -> Step:
    """Return a step that sends the bytes unchanged and closes the connection."""

    def step(connection: socket.socket, seen: Seen) -> bool:
        connection.sendall(data)
        return False

    return step


def drop(connection: socket.socket, seen: Seen) -> bool:
    """Close the connection without an answer."""
    return False


def reset(connection: socket.socket, seen: Seen) -> bool:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def endless(head: bytes, piece: bytes, pause_s: float = 0.0) -> Step:
    """Return a step that sends ``head`` and then ``piece`` without end."""

    def step(connection: socket.socket, seen: Seen) -> bool:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(pause_s)

    return step


def silent(connection: socket.socket, seen: Seen) -> bool:
    """Send nothing until the client closes the connection."""
    connection.recv(1)
    return False


def _read(stream: Any) -> Seen | None:
    first = stream.readline().decode().split()
    if len(first) != 3:
        return None
    headers = {}
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return Seen(first[0], first[1], headers, stream.read(int(headers.get("content-length", 0))))


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Return a function that starts a server for the given steps."""
    with contextlib.ExitStack() as stack:

        def start(*steps: Step) -> ScriptedServer:
            listener = socket.create_server(("127.0.0.1", 0))
            stack.callback(listener.close)
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            server = ScriptedServer(f"http://127.0.0.1:{listener.getsockname()[1]}", list(steps))
            threading.Thread(target=_accept, args=(listener, server), daemon=True).start()
            return server

        yield start


def _accept(listener: socket.socket, server: ScriptedServer) -> None:
    with contextlib.suppress(OSError):  # closed: the test is over
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=server.handle, args=(connection,), daemon=True).start()
