"""Part of ``overload``: cameras that send requests over HTTP and use little of the machine."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from services.recognizer.benchmarks.speed_start import HEADERS

_OK, _BUSY = 200, 503
_JITTER_S = 0.5
_IDLE_S = 4.0


@dataclass(slots=True)
class Outcome:
    """The outcomes of the requests of all cameras.

    Attributes:
        answered_ms: the time of each response within its deadline.
        refused: responses of 503, with dropped pictures.
        late: requests without a response at their deadline.
        other: any other status.
    """

    answered_ms: list[float] = field(default_factory=list)
    refused: int = 0
    late: int = 0
    other: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Cameras with equal behaviour.

    Attributes:
        count: the number of cameras.
        interval_s: the time between two requests of one camera.
        deadline_s: how long a camera waits for a response before it disconnects.
        patient: whether a camera waits as long as a refusal requests, like the real client.
    """

    url: str
    pictures: Sequence[bytes]
    count: int
    interval_s: float
    deadline_s: float
    patient: bool = True

    async def ask(self, seconds: float) -> Outcome:
        """Send requests for ``seconds``; then disconnect all cameras at once."""
        outcome, end = Outcome(), time.monotonic() + seconds
        cameras = [
            asyncio.create_task(self._camera(outcome, number)) for number in range(self.count)
        ]
        await asyncio.sleep(max(0.0, end - time.monotonic()))
        for camera in cameras:
            camera.cancel()
        await asyncio.gather(*cameras, return_exceptions=True)
        return outcome

    async def _camera(self, outcome: Outcome, number: int) -> None:
        await asyncio.sleep(_up_to(self.interval_s))
        picture = self.pictures[number % len(self.pictures)]
        connection = Connection(self.url)
        try:
            while True:
                began = time.monotonic()
                pause_s = await self._question(outcome, connection, picture)
                spent_s = time.monotonic() - began
                await asyncio.sleep(max(pause_s, self.interval_s - spent_s))
        finally:
            connection.close()

    async def _question(self, outcome: Outcome, connection: Connection, picture: bytes) -> float:
        """Send one request; return the seconds to pause after it."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.deadline_s):
                status, retry_s = await connection.post(picture, self.deadline_s)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            connection.close()
            outcome.late += 1
            return 0.0
        if status == _OK:
            outcome.answered_ms.append((time.monotonic() - began) * 1000)
        elif status == _BUSY:
            outcome.refused += 1
            return retry_s + _up_to(_JITTER_S) if self.patient else 0.0
        else:
            outcome.other[status] += 1
        return 0.0


def _up_to(seconds: float) -> float:
    return random.uniform(0, seconds)  # noqa: S311 - spreads load, guards nothing


class Connection:
    """One persistent HTTP/1.1 connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_at = 0.0

    async def post(self, picture: bytes, wait_s: float) -> tuple[int, float]:
        """Return the status of a recognition, and the seconds to wait before a retry."""
        lines = ["POST /v1/recognitions HTTP/1.1", "host: x", f"prefer: wait={wait_s:.0f}"]
        lines += [f"{name}: {value}" for name, value in HEADERS.items()]
        lines += [f"content-length: {len(picture)}", "", ""]
        return await self._exchange("\r\n".join(lines).encode() + picture)

    async def get(self, path: str) -> int:
        """Return the status of a read."""
        token = HEADERS["authorization"]
        head = f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\n\r\n"
        status, _ = await self._exchange(head.encode())
        return status

    def close(self) -> None:
        """Disconnect."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _exchange(self, request: bytes) -> tuple[int, float]:
        if time.monotonic() - self._used_at > _IDLE_S:
            self.close()  # the service closes a connection that was idle for 5 s
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
        await reader.readexactly(int(fields.get("content-length", 0)))
        self._used_at = time.monotonic()
        return int(head[0].split()[1]), float(fields.get("retry-after", 0))


async def latencies_ms(url: str, path: str, seconds: float) -> list[float]:
    """Measure the time of a read, once a second."""
    taken: list[float] = []
    connection, end = Connection(url), time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        await connection.get(path)
        taken.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(1)
    connection.close()
    return taken
