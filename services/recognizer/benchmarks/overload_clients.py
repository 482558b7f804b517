"""Part of ``overload``: cameras that send requests over HTTP and use little of the machine."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from services.recognizer.benchmarks.speed_start import HEADERS

_OK, _BUSY = 200, 503
_JITTER_S = 0.5
_IDLE_S = 60.0


@dataclass(slots=True)
class Outcome:
    """The outcomes of the requests of all cameras.

    Attributes:
        answered_ms: the time of each response within its deadline.
        refused: responses of 503, with dropped pictures.
        late: requests without a response at their deadline.
        other: any other status.
        unsent: pictures that no camera was free to send: all waited, for a response or a retry.
    """

    answered_ms: list[float] = field(default_factory=list)
    refused: int = 0
    late: int = 0
    other: Counter[int] = field(default_factory=Counter)
    unsent: int = 0

    @property
    def sent(self) -> int:
        """The number of requests with an outcome."""
        return len(self.answered_ms) + self.refused + self.late + self.other.total()


class Crowd:
    """Cameras that send the same pictures in turn. Each sends one request at a time.

    Args:
        cameras: the number of cameras.
        deadline_s: how long a camera waits for a response before it disconnects.
        per_second: pictures that all together have to send; none means that each camera sends the
            next picture after each response.
        patient: whether a camera waits as long as a refusal requests, like the real client.
    """

    def __init__(
        self,
        url: str,
        pictures: Sequence[bytes],
        cameras: int,
        deadline_s: float,
        *,
        per_second: float | None = None,
        patient: bool = True,
    ) -> None:
        self._url = url
        self._pictures = itertools.cycle(pictures)
        self._cameras = cameras
        self._deadline_s = deadline_s
        self._per_second = per_second
        self._patient = patient
        self._due = asyncio.Semaphore(0)
        self._free = 0

    async def ask(self, seconds: float) -> Outcome:
        """Send requests for ``seconds``; then disconnect all cameras at once."""
        outcome = Outcome()
        tasks = [asyncio.create_task(self._camera(outcome)) for _ in range(self._cameras)]
        await self._film(outcome, time.monotonic() + seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return outcome

    async def _film(self, outcome: Outcome, end: float) -> None:
        """Give the free cameras their pictures at the given rate."""
        if self._per_second is None:
            await asyncio.sleep(end - time.monotonic())
            return
        due = time.monotonic()
        while (now := time.monotonic()) < end:
            while due <= now:
                due += 1 / self._per_second
                if self._free:
                    self._free -= 1
                    self._due.release()
                else:
                    outcome.unsent += 1
            await asyncio.sleep(due - now)

    async def _camera(self, outcome: Outcome) -> None:
        connection = Connection(self._url)
        try:
            while True:
                if self._per_second is not None:
                    self._free += 1
                    await self._due.acquire()
                pause_s = await self._question(outcome, connection, next(self._pictures))
                await asyncio.sleep(pause_s)
        finally:
            connection.close()

    async def _question(self, outcome: Outcome, connection: Connection, picture: bytes) -> float:
        """Send one request; return the seconds to pause after it."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._deadline_s):
                status, retry_s = await connection.post(picture, self._deadline_s)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            connection.close()
            outcome.late += 1
            return 0.0
        if status == _OK:
            outcome.answered_ms.append((time.monotonic() - began) * 1000)
        elif status == _BUSY:
            outcome.refused += 1
            return retry_s + _up_to(_JITTER_S) if self._patient else 0.0
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
            self.close()  # the service closes a connection that was idle for 75 s
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
        try:
            await connection.get(path)
        except (OSError, asyncio.IncompleteReadError):  # at its limit, the service closes idle ones
            connection.close()
            await connection.get(path)
        taken.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(1)
    connection.close()
    return taken
