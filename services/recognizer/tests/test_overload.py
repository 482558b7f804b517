"""Test more pictures than can be answered: refused, dropped and answered requests."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from facecore.http_server import LimitedServer
from facecore.vision.analyzer import Analysis
from facecore.vision.image_header import read_header
from recognizer.entrypoints.aws_lambda.function import LambdaFunction
from recognizer.entrypoints.http.app import create_app
from recognizer.entrypoints.http.early_refusal import early_refusal
from recognizer.entrypoints.http.server import http_config
from services.recognizer.tests.asgi_call import AsgiCall
from services.recognizer.tests.service import NOON, Service, service_on
from tests.support.fake_vision import FakeVision, picture_of
from tests.support.http_api import http_response
from tests.support.lambda_events import JPEG, event

PATIENCE_S = 120.0
FIRST, SECOND, THIRD = picture_of(1), picture_of(2), picture_of(3)


@dataclass(frozen=True)
class BlockedVision(FakeVision):
    """A vision that holds each picture until released, and records them in order."""

    seen: list[bytes] = field(default_factory=list)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    released: threading.Event = field(default_factory=threading.Event)

    def analyze(self, data: bytes) -> Analysis:
        self.seen.append(data)
        self.entered.release()
        assert self.released.wait(PATIENCE_S)
        return super().analyze(data)


@pytest.fixture
def vision() -> Iterator[BlockedVision]:
    vision = BlockedVision()
    yield vision
    vision.released.set()


def run(story: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(story, 2 * PATIENCE_S)

    asyncio.run(bounded())


async def blocked(service: Service, vision: BlockedVision) -> asyncio.Task[None]:
    """Send a first picture, which is analysed until released."""
    task = AsgiCall(service, FIRST).start()
    assert await asyncio.to_thread(vision.entered.acquire, timeout=PATIENCE_S)
    return task


async def waiting(
    service: Service, picture: bytes, *, prefer: str = "wait=60", **options: Any
) -> tuple[AsgiCall, Any]:
    """Send a picture that waits for its turn."""
    call = AsgiCall(service, picture, headers={"prefer": prefer}, **options)
    task = call.start()
    await asyncio.wait_for(call.waits.wait(), PATIENCE_S)
    return call, task


def test_a_full_queue_refuses_at_once_without_reading_the_body(
    tmp_path: Path, vision: BlockedVision
) -> None:
    async def story(service: Service) -> None:
        first = await blocked(service, vision)
        second, waits = await waiting(service, SECOND)
        third = AsgiCall(service, THIRD)
        await asyncio.wait_for(third.start(), PATIENCE_S)
        assert (third.status, third.code) == (503, "overloaded")
        assert third.answer_headers["retry-after"] == "1"
        assert not third.body_read
        vision.released.set()
        await asyncio.gather(first, waits)
        assert second.status == 200
        assert vision.seen == [FIRST, SECOND]

    with service_on(tmp_path, vision, max_concurrency=1, max_wait_s=0.1) as service:
        run(story(service))


def test_others_are_answered_while_the_queue_is_full(tmp_path: Path, vision: BlockedVision) -> None:
    async def story(service: Service) -> None:
        await blocked(service, vision)
        await waiting(service, SECOND)
        transport = httpx.ASGITransport(create_app(service.services))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
            http.headers["authorization"] = f"Bearer {service.admin_token}"
            for path in ("health", "people", "sightings"):
                assert (await http.get(f"/v1/{path}")).status_code == 200
        vision.released.set()

    with service_on(tmp_path, vision, max_concurrency=1, max_wait_s=0.1) as service:
        run(story(service))


def test_the_picture_of_a_client_that_left_is_not_analysed(
    tmp_path: Path, vision: BlockedVision
) -> None:
    async def story(service: Service) -> None:
        first = await blocked(service, vision)
        gone, dropped = await waiting(service, SECOND)
        third, waits = await waiting(service, THIRD)
        gone.leave()
        await dropped
        vision.released.set()
        await asyncio.gather(first, waits)
        assert third.status == 200
        assert vision.seen == [FIRST, THIRD]

    with service_on(tmp_path, vision, max_concurrency=1) as service:
        run(story(service))


def test_a_picture_whose_deadline_passes_while_it_waits_is_not_analysed(
    tmp_path: Path, vision: BlockedVision
) -> None:
    async def story(service: Service) -> None:
        first = await blocked(service, vision)
        second, late = await waiting(service, SECOND, prefer="wait=1")
        await asyncio.wait_for(late, PATIENCE_S)
        assert (second.status, second.code) == (503, "overloaded")
        vision.released.set()
        await first
        assert vision.seen == [FIRST]

    with service_on(tmp_path, vision, max_concurrency=1) as service:
        run(story(service))


@pytest.mark.parametrize("prefer", ["wait=soon", "wait=-1", "wait", "respond-async", 'x=",wait=0"'])
def test_a_preference_that_can_t_be_read_is_ignored(
    tmp_path: Path, vision: BlockedVision, prefer: str
) -> None:
    vision.released.set()
    with service_on(tmp_path, vision) as service:
        answer = service.call(
            "POST",
            "/v1/recognitions",
            content=FIRST,
            headers={"content-type": JPEG, "prefer": prefer},
        )
    assert answer.status_code == 200


def test_a_photo_to_enrol_goes_ahead_of_recognitions(tmp_path: Path, vision: BlockedVision) -> None:
    async def story(service: Service) -> None:
        first = await blocked(service, vision)
        _, recognition = await waiting(service, SECOND)
        photo, enrolment = await waiting(service, THIRD, path="/v1/people/ada/photos")
        vision.released.set()
        await asyncio.gather(first, recognition, enrolment)
        assert photo.status == 201
        assert vision.seen == [FIRST, THIRD, SECOND]

    with service_on(tmp_path, vision, max_concurrency=1, max_wait_s=0.1) as service:
        service.put_person("ada")
        run(story(service))


@dataclass(frozen=True)
class SizedVision(BlockedVision):
    """A vision for real pictures that holds the large ones until released."""

    large: list[int] = field(default_factory=list)

    def analyze(self, data: bytes) -> Analysis:
        header = read_header(data)
        if header.width < 1000:
            return FakeVision.analyze(self, FIRST)
        self.large.append(header.width)
        try:
            return BlockedVision.analyze(self, FIRST)
        finally:
            self.large.pop()


def jpeg(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (side, side)).save(out, "JPEG")
    return out.getvalue()


def test_two_pictures_of_25_megapixels_are_never_in_work_at_once(tmp_path: Path) -> None:
    vision = SizedVision()

    async def story(service: Service) -> None:
        large = jpeg(5000)
        first = AsgiCall(service, large).start()
        assert await asyncio.to_thread(vision.entered.acquire, timeout=PATIENCE_S)
        _, second = await waiting(service, large)
        small = AsgiCall(service, jpeg(100))
        await asyncio.wait_for(small.start(), PATIENCE_S)
        assert small.status == 200
        assert len(vision.large) == 1
        vision.released.set()
        await asyncio.gather(first, second)
        assert len(vision.seen) == 2

    try:
        with service_on(tmp_path, vision, max_concurrency=4) as service:
            run(story(service))
    finally:
        vision.released.set()


def test_behind_the_gateway_a_late_picture_is_not_analysed(
    tmp_path: Path, vision: BlockedVision
) -> None:
    vision.released.set()
    now_ms = int(NOON.timestamp() * 1000)
    with service_on(tmp_path, vision) as service:
        function = LambdaFunction(create_app(service.services, reporters=()))

        def status_after(age_s: int) -> int:
            sent = event("POST", "/v1/recognitions", service.admin_token, FIRST, JPEG)
            sent["headers"]["prefer"] = "wait=5"
            sent["requestContext"]["timeEpoch"] = now_ms - age_s * 1000
            return http_response(json.loads(json.dumps(function.answer(sent)))).status_code

        assert status_after(4) == 200
        assert status_after(6) == 503
        assert len(vision.seen) == 1
        assert status_after(-60) == status_after(3600) == 200  # clocks that disagree
        function.close()


@contextmanager
def serving(service: Service) -> Iterator[int]:
    """Run uvicorn on a thread; yield its port."""
    services = service.services
    config = http_config(create_app(services), services.settings, early_refusal(services))
    config.lifespan = "off"
    server = LimitedServer(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def send(service: Service, port: int, picture: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    head = (
        "POST /v1/recognitions HTTP/1.1\r\nhost: x\r\ncontent-type: image/jpeg\r\n"
        f"authorization: Bearer {service.admin_token}\r\nprefer: wait=60\r\n"
        f"content-length: {len(picture)}\r\n\r\n"
    )
    connection.sendall(head.encode() + picture)
    return connection


def test_behind_uvicorn_the_picture_of_a_client_that_hangs_up_is_not_analysed(
    tmp_path: Path, vision: BlockedVision
) -> None:
    with service_on(tmp_path, vision, max_concurrency=1) as service, serving(service) as port:
        expected = service.services.vision_queue.expected_wait
        with send(service, port, FIRST) as first:
            assert vision.entered.acquire(timeout=PATIENCE_S)
            alone = expected()
            with send(service, port, SECOND):
                until(lambda: expected() > alone)
            until(lambda: expected() == alone)
            vision.released.set()
            assert first.recv(4096).startswith(b"HTTP/1.1 200")
        assert vision.seen == [FIRST]


def test_behind_uvicorn_a_full_queue_refuses_before_the_token_is_checked_and_counts_it(
    tmp_path: Path, vision: BlockedVision
) -> None:
    limited = service_on(tmp_path, vision, max_concurrency=1, max_wait_s=0.1)
    with limited as service, serving(service) as port:
        waits = service.services.vision_queue.expected_wait
        with send(service, port, FIRST), send(service, port, SECOND):
            until(lambda: waits() > 0.1)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as nobody:
                refused = [nobody.post("/v1/recognitions", content=THIRD) for _ in range(3)]
                assert nobody.get("/v1/health").status_code == 200
                assert nobody.post("/v1/videos", json={}).status_code == 401
            vision.released.set()
        counters = service.services.request_counters
        counters.flush()
        (day,) = service.services.stores.counters.list(NOON.date(), NOON.date())
    for one in refused:
        assert (one.status_code, one.json()["code"]) == (503, "overloaded")
        assert one.json()["request_id"] == one.headers["x-request-id"]
        assert one.headers["cache-control"] == "no-store"
        assert one.headers["retry-after"] == "1"
    assert day.counts["requests"] >= len(refused)
