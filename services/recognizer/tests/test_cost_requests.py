"""What `recognizer cost` bills for a request is what the real adapters ask of DynamoDB and S3."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from facecore.contract import VideoAnnouncement
from recognizer.bootstrap import assemble, reset_admin_token
from recognizer.cost import requests
from recognizer.cost.traffic import Traffic
from recognizer.settings import Settings
from recognizer.stores.aws import opening
from recognizer.stores.aws.clients import connect
from services.recognizer.tests.fakes import FakeVision, shot
from services.recognizer.tests.service import JPEG, Service, SettableClock
from tests.aws_resources import NAMES, TABLES
from tests.moto import Moto, aws, moto

__all__ = ["aws", "moto"]

INDEX_KEYS = {getattr(NAMES, t.field): [i.partition.name for i in t.indexes] for t in TABLES}
ONE_A_SECOND = Traffic(
    devices=1,
    hours_per_day=1,
    pictures_per_hour=3600,
    faces_per_picture=1,
    segment_s=10,
    segment_mb=1,
    sighting_days=30,
    video_days=30,
)
TOUCH = 1 / 60
"""Share of a picture a second that falls to the note of when the device was seen."""


@dataclass(slots=True)
class Bill:
    """Units of DynamoDB and requests of S3, by AWS's rules; sizes of the sightings written."""

    reads: int = 0
    writes: int = 0
    heads: int = 0
    links: int = 0
    other: list[str] = field(default_factory=list)
    sighting_bytes: int = 0

    def count(self, params: Any, model: Any, **_: Any) -> None:
        match model.name:
            case "GetItem" if params["ConsistentRead"]:
                self.reads += 1
            case "PutItem":
                self._put(params, 1)
            case "TransactWriteItems":
                for action in params["TransactItems"]:
                    ((kind, body),) = action.items()
                    self._put(body, 2) if kind == "Put" else self._check(kind)
            case "HeadObject":
                self.heads += 1
            case "PutObject":  # is only signed here; the recorder sends it
                self.links += 1
            case name:
                self.other.append(name)

    def _check(self, kind: str) -> None:
        assert kind == "ConditionCheck"
        self.writes += 2

    def _put(self, body: Any, units: int) -> None:
        size, copies = item_bytes(body["Item"]), index_copies(body)
        self.writes += math.ceil(size / 1024) * (units + copies)
        if body["TableName"] == NAMES.sightings:
            self.sighting_bytes += (size + 100) * (1 + copies)


def item_bytes(item: Mapping[str, Mapping[str, str]]) -> int:
    return sum(len(k) + len(v.encode()) for k, typed in item.items() for v in typed.values())


def index_copies(body: Any) -> int:
    return sum(key in body["Item"] for key in INDEX_KEYS[body["TableName"]])


@pytest.fixture
def service(aws: Moto) -> Iterator[tuple[Service, Bill]]:
    clock, bill, clients = SettableClock(), Bill(), connect()
    settings = Settings(gallery_refresh_s=0)
    stores = opening.assemble(clients, settings, clock)
    token = reset_admin_token(stores.admin_tokens)
    service = Service(assemble(settings, FakeVision(), stores, now=clock), token)
    service.enrol("ada", shot(1))
    service.http.headers["authorization"] = f"Bearer {service.device_token()}"
    assert service.names(shot(1)) == ["ada"]  # the device was seen, the gallery is loaded
    for client in (clients.dynamodb, clients.s3):
        client.meta.events.register("provide-client-params.*.*", bill.count)
    yield service, bill
    service.close()


def test_a_recognition(service: tuple[Service, Bill]) -> None:
    caller, bill = service
    captured_at = datetime(2026, 11, 22, 12, 0, 1, 250_000, tzinfo=UTC).isoformat()
    query = {"captured_at": captured_at, "video": "vidinput/door/2026/11/22/a.mp4"}
    assert caller.names(shot(1, serial=2), **query, offset_ms="1500") == ["ada"]
    asked = requests.recognitions(ONE_A_SECOND)
    assert bill.other == []
    assert asked.reads / ONE_A_SECOND.pictures == pytest.approx(bill.reads + TOUCH)
    assert asked.writes / ONE_A_SECOND.pictures == pytest.approx(bill.writes + TOUCH)
    assert 0.8 < bill.sighting_bytes / requests.SIGHTING_BYTES <= 1


def test_an_upload(service: tuple[Service, Bill]) -> None:
    caller, bill = service
    segment = VideoAnnouncement(
        started_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        duration_ms=10_000,
        size_bytes=1_200_000,
        sha256=hashlib.sha256(b"").hexdigest(),
    )
    body = segment.model_dump_json().encode()
    answer = caller.http.post(
        "/v1/videos", content=body, headers={**JPEG, "content-type": "application/json"}
    )
    assert answer.is_success, answer.text
    asked = requests.uploads(ONE_A_SECOND)
    assert bill.other == []
    assert asked.reads / ONE_A_SECOND.segments == bill.reads
    assert asked.writes / ONE_A_SECOND.segments == bill.writes
    assert asked.s3_reads / ONE_A_SECOND.segments == bill.heads
    assert asked.s3_writes / ONE_A_SECOND.segments == bill.links
