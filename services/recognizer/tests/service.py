"""Open a service on a folder for tests, and call it over HTTP in process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from facecore.contract import Sighting
from recognizer.bootstrap import Services, assemble, open_stores, reset_admin_token
from recognizer.domain.ports import Vision
from recognizer.entrypoints.http.app import create_app
from recognizer.settings import Settings
from tests.support.fake_vision import FakeVision
from tests.support.transports import InProcess

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class SettableClock:
    """Both clocks of a machine, the time of day and the monotonic clock. They stand until moved."""

    time: datetime = NOON
    seconds: float = 0

    def __call__(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.seconds

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.time += by
        self.seconds += by.total_seconds()

    def jump(self, by: timedelta) -> None:
        """Set the time of day; or let time pass while the monotonic clock stands still."""
        self.time += by


@dataclass(slots=True)
class Service:
    """The services, and an HTTP client that holds the admin's token."""

    services: Services
    admin_token: str
    app: FastAPI = field(init=False)
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.services)
        self.http = httpx.Client(transport=InProcess(self.app), base_url="http://recognizer.test")
        self.http.headers["authorization"] = f"Bearer {self.admin_token}"

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.http.request(method, path, **options)

    def put_person(self, label: str) -> None:
        assert self.call("PUT", f"/v1/people/{label}", json={"name": label}).is_success

    def add_photo(self, label: str, data: bytes) -> httpx.Response:
        return self.call("POST", f"/v1/people/{label}/photos", content=data, headers=JPEG)

    def enrol(self, label: str, data: bytes) -> None:
        self.put_person(label)
        answer = self.add_photo(label, data)
        assert answer.status_code == 201, answer.text

    def recognize(self, data: bytes, **query: str) -> list[Mapping[str, Any]]:
        answer = self.call("POST", "/v1/recognitions", content=data, headers=JPEG, params=query)
        assert answer.status_code == 200, answer.text
        faces: list[Mapping[str, Any]] = answer.json()["faces"]
        return faces

    def names(self, data: bytes, **query: str) -> list[str | None]:
        people = [face["person"] for face in self.recognize(data, **query)]
        return [person and person["label"] for person in people]

    def sightings(self) -> list[Sighting]:
        found = self.call("GET", "/v1/sightings").json()["sightings"]
        return [Sighting.model_validate(one) for one in found]

    def device_token(self, name: str = "door") -> str:
        token: str = self.call("POST", "/v1/devices", json={"name": name}).json()["token"]
        return token

    def close(self) -> None:
        self.http.close()
        self.services.close()


JPEG = {"content-type": "image/jpeg"}


@contextmanager
def service_on(
    folder: Path,
    vision: Vision | None = None,
    *,
    now: SettableClock | None = None,
    admin_token: str | None = None,
    **settings: Any,
) -> Iterator[Service]:
    """Open a service on this folder; without ``vision`` it has the fake one.

    A second service on the same folder gets the first one's token.
    """
    clock = now or SettableClock()
    configured = Settings(data_dir=folder, **{"gallery_refresh_s": 0, **settings})
    stores = open_stores(configured, now=clock, monotonic=clock.monotonic)
    token = admin_token or reset_admin_token(stores.admin_tokens)
    services = assemble(
        configured, vision or FakeVision(), stores, now=clock, monotonic=clock.monotonic
    )
    service = Service(services, token)
    try:
        yield service
    finally:
        service.close()
