"""The live page's HTTP endpoints.

| | |
|---|---|
| ``GET /`` | the page, with ``/live.css``, ``/live.js`` and ``/icon.svg`` |
| ``GET /status.json`` | the status, a ``status.Status`` |
| ``GET /events`` | every new status, as Server-Sent Events |
| ``GET /picture.jpg?after=N`` | the latest picture once it is not number N; 204 if none comes |
| ``POST /pause``, ``POST /resume`` | pause and resume recognition; only with a password |

The latest frame is encoded once for all viewers, and at most at ``fps``.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from threading import Event

import anyio
import anyio.to_thread
from PIL import Image
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from pi_recorder.capture.latest_frame import LatestFrame, NumberedFrame
from pi_recorder.capture.scaling import converted
from pi_recorder.live.access import Guard, Password
from pi_recorder.operation.status_aggregator import StatusAggregator
from pi_recorder.recognition.loop import Switch

_LONGEST_PX = 960
_QUALITY = 80
_POLL_INTERVAL_S = 0.04
_LONGEST_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Jpeg:
    """An encoded frame, with the frame's number."""

    number: int
    content: bytes


class Jpegs:
    """JPEGs of the latest frames, encoded only on request; used by one event loop.

    Args:
        fps: the most pictures a second, for all viewers together.
    """

    def __init__(self, pictures: LatestFrame, *, fps: float) -> None:
        self._pictures = pictures
        self._pause_s = 1 / fps
        self._turn = asyncio.Lock()
        self._made: Jpeg | None = None
        self._next_at = 0.0

    async def other_than(self, number: int) -> Jpeg | None:
        """Wait for a picture with another number; return None if none comes in ten seconds."""
        end = time.monotonic() + _LONGEST_WAIT_S
        while time.monotonic() < end:
            async with self._turn:
                await self._renew()
            if self._made and self._made.number != number:
                return self._made
            await asyncio.sleep(_POLL_INTERVAL_S)
        return None

    async def _renew(self) -> None:
        latest_frame = self._pictures.latest()
        if latest_frame is None or time.monotonic() < self._next_at:
            return
        if self._made is None or self._made.number != latest_frame.number:
            self._next_at = time.monotonic() + self._pause_s
            self._made = await anyio.to_thread.run_sync(_encoded, latest_frame)


def _encoded(latest_frame: NumberedFrame) -> Jpeg:
    picture = latest_frame.frame.picture
    scale = min(1.0, _LONGEST_PX / max(picture.width, picture.height))
    width, height = (max(1, round(side * scale)) for side in (picture.width, picture.height))
    small = converted(picture, "rgb24", width=width, height=height)
    file = io.BytesIO()
    Image.fromarray(small.to_ndarray()).save(file, "JPEG", quality=_QUALITY)
    return Jpeg(latest_frame.number, file.getvalue())


_FILES = {
    "": ("index.html", "text/html"),
    "live.css": ("live.css", "text/css"),
    "live.js": ("live.js", "text/javascript"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
_MAX_WATCHING = 16
_MOST_DIGITS = 15
_EVENT_EVERY_S = 0.25
_LONGEST_SILENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Page:
    """The page's dependencies and settings.

    Attributes:
        fps: the most pictures a second.
        closing: all streams end soon after it is set.
    """

    aggregator: StatusAggregator
    pictures: LatestFrame
    switch: Switch
    password: Password | None
    fps: float
    closing: Event


def create_app(page: Page) -> ASGIApp:
    """Return the live page as an ASGI application."""
    return Guard(Starlette(routes=_Handlers(page).routes()), page.password)


class _Handlers:
    def __init__(self, page: Page) -> None:
        self._page = page
        self._jpegs = Jpegs(page.pictures, fps=page.fps)
        self._watching = 0

    def routes(self) -> list[Route]:
        return [
            *(Route(f"/{path}", _file(*found)) for path, found in _FILES.items()),
            Route("/status.json", self._status),
            Route("/events", self._events),
            Route("/picture.jpg", self._picture),
            Route("/pause", self._pause, methods=["POST"]),
            Route("/resume", self._resume, methods=["POST"]),
        ]

    async def _status(self, _: Request) -> Response:
        return Response(await self._json(), media_type="application/json")

    async def _events(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return _Watched(self._stream(), self._place)

    async def _stream(self) -> AsyncIterator[str]:
        aggregator, sent, sent_at = self._page.aggregator, -1, 0.0
        while not self._page.closing.is_set():
            version = aggregator.version
            if version != sent or time.monotonic() - sent_at > _LONGEST_SILENCE_S:
                yield f"data: {await self._json()}\n\n"
                sent, sent_at = version, time.monotonic()
            await anyio.sleep(_EVENT_EVERY_S)

    async def _picture(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdecimal() and len(after) <= _MOST_DIGITS):
            raise HTTPException(
                400,
                f"after must be a picture's number of at most {_MOST_DIGITS} digits, such as 17",
            )
        with self._place():
            jpeg = await self._jpegs.other_than(int(after))
        if jpeg is None:
            return Response(status_code=204)
        headers = {"x-picture": str(jpeg.number)}
        return Response(jpeg.content, media_type="image/jpeg", headers=headers)

    async def _pause(self, _: Request) -> Response:
        self._page.switch.pause()
        return Response(status_code=204)

    async def _resume(self, _: Request) -> Response:
        self._page.switch.resume()
        return Response(status_code=204)

    async def _json(self) -> str:
        status = await anyio.to_thread.run_sync(self._page.aggregator.status)
        actions = self._page.password is not None
        return status.model_copy(update={"actions": actions}).model_dump_json()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._watching >= _MAX_WATCHING:
            raise HTTPException(
                503, "too many viewers; close another page", headers={"retry-after": "5"}
            )
        self._watching += 1
        try:
            yield
        finally:
            self._watching -= 1


class _Watched(StreamingResponse):
    """A stream that counts as a viewer from its first byte until it ends or its client leaves."""

    def __init__(
        self, content: AsyncIterator[str], place: Callable[[], AbstractContextManager[None]]
    ) -> None:
        super().__init__(content, media_type="text/event-stream")
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._place():
            await super().__call__(scope, receive, send)


def _file(name: str, media_type: str) -> Callable[[Request], Response]:
    content = (files("pi_recorder.live") / "static" / name).read_bytes()
    return lambda _: Response(content, media_type=media_type)
