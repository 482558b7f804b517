"""Test many pictures at once: only so many are analysed, and other requests are answered."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from recognizer.entrypoints.http.app import create_app
from services.recognizer.tests.service import JPEG, Service, service_on
from tests.support.fake_vision import FakeVision, picture_of


@dataclass
class ConcurrentCalls:
    """A hook in which all calls wait until released; it counts concurrent calls."""

    full: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    inside: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            if self.inside == 2:
                self.full.set()
        assert self.released.wait(timeout=300)
        with self.lock:
            self.inside -= 1


def test_health_and_records_answer_while_pictures_wait(tmp_path: Path) -> None:
    crowd = ConcurrentCalls()
    with service_on(tmp_path, FakeVision(while_looking=crowd), max_concurrency=2) as service:
        asyncio.run(ask_many(service, crowd))
    assert crowd.most == 2


async def ask_many(service: Service, crowd: ConcurrentCalls) -> None:
    transport = httpx.ASGITransport(create_app(service.services))
    headers = {"authorization": f"Bearer {service.admin_token}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://recognizer.test", headers=headers, timeout=300
    ) as http:
        waiting = [
            asyncio.create_task(
                http.post("/v1/recognitions", content=picture_of(n % 9), headers=JPEG)
            )
            for n in range(60)
        ]
        await asyncio.to_thread(crowd.full.wait, 60)
        assert (await http.get("/v1/health")).status_code == 200
        assert (await http.get("/v1/people")).status_code == 200
        assert not any(task.done() for task in waiting)
        crowd.released.set()
        answers = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {200}
