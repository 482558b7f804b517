"""Queue a request for the models: refuse it early, drop it when its client has gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, ParamSpec, TypeVar

from anyio import to_thread
from fastapi import Depends, Request

from facecore.contract import MAX_BODY_BYTES, read_wait
from facecore.errors import ImageError
from facecore.vision.image_header import read_header
from recognizer.bootstrap import Services
from recognizer.entrypoints.http.dependencies import AdminCaller, DeviceCaller, ServicesDep
from recognizer.use_cases.admission import Place

P = ParamSpec("P")
T = TypeVar("T")

PREFER_WAIT: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "examples": ["wait=10"]},
            "description": "`wait=SECONDS` (RFC 7240): how long the client waits for the response. "
            "A picture that can't be processed by then is refused with `overloaded`, or dropped. "
            "Other preferences are ignored.",
        }
    ]
}
"""OpenAPI parameters of an operation that takes a picture."""
_GATEWAY_TIMEOUT_S: Final = 30
"""An HTTP API's timeout. A request that seems older means that the clocks differ."""


@dataclass(frozen=True, slots=True)
class VisionCall:
    """A request that needs the models."""

    services: Services
    request: Request
    place: Place

    async def run(
        self, pictures: Sequence[bytes], call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``call`` on a thread of the vision pool when these pictures' turn comes.

        Waiting takes no thread, so other requests are answered however many pictures wait.
        Raises ``Overloaded``.
        """
        pixels = await to_thread.run_sync(_pixels, pictures)
        async with self.services.vision_queue.turn(self.place, pixels, self._disconnected):
            return await to_thread.run_sync(
                lambda: call(*args, **kwargs), limiter=self.services.vision_slots
            )

    async def _disconnected(self) -> None:
        while (await self.request.receive())["type"] != "http.disconnect":
            pass


def urgent_call(services: Services, request: Request) -> VisionCall:
    """Return a call that the admin waits for: it goes ahead of the devices' pictures."""
    return VisionCall(services, request, place_of(services, request, urgent=True))


async def _recognition(
    services: ServicesDep, request: Request, _: DeviceCaller
) -> AsyncIterator[VisionCall]:
    """Admit a device's picture, before its body is read."""
    call = VisionCall(services, request, place_of(services, request, urgent=False))
    services.vision_queue.check(call.place)
    with services.vision_queue.holding(_size(request)):
        yield call


async def _enrolment(
    services: ServicesDep, request: Request, _: AdminCaller
) -> AsyncIterator[VisionCall]:
    """Admit a photo to be enrolled, before its body is read."""
    call = urgent_call(services, request)
    services.vision_queue.check(call.place)
    with services.vision_queue.holding(_size(request)):
        yield call


RecognitionCall = Annotated[VisionCall, Depends(_recognition, scope="function")]
"""Declare it before the parameter that reads the body."""
EnrolmentCall = Annotated[VisionCall, Depends(_enrolment, scope="function")]
"""Declare it before the parameter that reads the body."""


def place_of(services: Services, request: Request, *, urgent: bool) -> Place:
    """Return a request's place in the queue; its client may say how long it waits."""
    wait_s = read_wait(",".join(request.headers.getlist("prefer")))
    left = None if wait_s is None else wait_s - _transit_s(services, request)
    return services.vision_queue.place(left, urgent=urgent)


def _transit_s(services: Services, request: Request) -> float:
    """Return the seconds since API Gateway took the request; 0 without it or if clocks differ."""
    event = request.scope.get("aws.event", {})
    taken_ms = event.get("requestContext", {}).get("timeEpoch")
    if not isinstance(taken_ms, int):
        return 0.0
    age_s = services.now().timestamp() - taken_ms / 1000
    return age_s if 0 <= age_s <= _GATEWAY_TIMEOUT_S else 0.0


def _size(request: Request) -> int:
    """Return the bytes to reserve for the body. A body that is too large is refused when read."""
    announced = request.headers.get("content-length", "")
    known = announced.isdecimal() and len(announced) < len(str(MAX_BODY_BYTES)) + 1
    return min(int(announced), MAX_BODY_BYTES) if known else MAX_BODY_BYTES


def _pixels(pictures: Sequence[bytes]) -> int:
    """Return the pixels of the largest picture, since they are decoded one after the other."""
    return max((_pixels_of(picture) for picture in pictures), default=0)


def _pixels_of(picture: bytes) -> int:
    try:
        header = read_header(picture)
    except ImageError:
        return 0  # refused before it is decoded
    return header.width * header.height
