"""Test that `recognizer cost` bills for a request what the adapters request of DynamoDB and S3."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from facecore.contract import ReportedBox, TrackReport, VideoAnnouncement, VideoState, VideoTicket
from recognizer.adapters.aws import opening
from recognizer.adapters.aws.clients import connect
from recognizer.bootstrap import assemble, reset_admin_token
from recognizer.domain.ports import DayCounters
from recognizer.settings import Settings
from recognizer.use_cases.cost import requests
from recognizer.use_cases.cost.deployment import Traffic
from recognizer.use_cases.request_counters import STAGE, STAGES
from services.recognizer.tests.service import Service, SettableClock
from services.recognizer.tests.stores.test_devices import STATUS
from tests.support.aws_resources import NAMES, TABLES
from tests.support.fake_vision import FakeVision, picture_of
from tests.support.moto import Moto, aws, moto

__all__ = ["aws", "moto"]

INDEX_KEYS = {getattr(NAMES, t.field): [i.partition.name for i in t.indexes] for t in TABLES}
ONE_A_SECOND = Traffic(
    devices=1,
    hours_per_day=1,
    pictures_per_hour=3600,
    visits_per_hour=60,
    tracks_per_hour=60,
    faces_per_picture=1,
    segment_s=10,
    segment_mb=1,
    sighting_days=30,
    crop_days=7,
    video_days=30,
)
COUNTERS = 3 / 50
"""Write units a picture for counters: three units every fifty pictures."""


@dataclass(slots=True)
class Bill:
    """Units of DynamoDB and requests of S3 by AWS's rules, and sizes of the sightings written."""

    reads: int = 0
    writes: int = 0
    heads: int = 0
    links: int = 0
    copies: int = 0
    other: list[str] = field(default_factory=list)
    sighting_bytes: int = 0

    def count(self, params: Any, model: Any, **_: Any) -> None:
        match model.name:
            case "GetItem" if params["ConsistentRead"]:
                self.reads += 1
            case "Query" if params["ConsistentRead"]:
                pass  # see ``found``
            case "PutItem":
                self._put(params, 1)
            case "UpdateItem" if params["TableName"] == NAMES.videos:
                self.writes += 1 + len(INDEX_KEYS[NAMES.videos])
            case "DeleteItem":
                self.writes += 1
            case "TransactWriteItems":
                for action in params["TransactItems"]:
                    ((kind, body),) = action.items()
                    self._put(body, 2) if kind == "Put" else self._check(kind)
            case "HeadObject":
                self.heads += 1
            case "PutObject":  # only signed here; the recorder sends it
                self.links += 1
            case name:
                self.other.append(name)

    def found(self, parsed: Any, **_: Any) -> None:
        """Count a query by what it found; all queries are consistent here."""
        size = sum(item_bytes(item) for item in parsed["Items"])
        self.reads += max(1, math.ceil(size / 4096))

    def stored(self, parsed: Any, **_: Any) -> None:
        """Count no copies of an item whose condition failed."""
        if "Error" in parsed:
            self.writes -= self.copies

    def _check(self, kind: str) -> None:
        assert kind == "ConditionCheck"
        self.writes += 2

    def _put(self, body: Any, units: int) -> None:
        size, copies = item_bytes(body["Item"]), index_copies(body)
        self.copies = copies
        self.writes += math.ceil(size / 1024) * (units + copies)
        if body["TableName"] == NAMES.sightings:
            self.sighting_bytes += (size + 100) * (1 + copies)


def item_bytes(item: Mapping[str, Any]) -> int:
    values = ((name, value) for name, typed in item.items() for value in typed.values())
    return sum(
        len(name) + len(value.encode() if isinstance(value, str) else value)
        for name, value in values
    )


def index_copies(body: Any) -> int:
    return sum(key in body["Item"] for key in INDEX_KEYS[body["TableName"]])


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def service(aws: Moto, clock: SettableClock) -> Iterator[tuple[Service, Bill]]:
    bill, clients = Bill(), connect()
    settings = Settings(gallery_refresh_s=0)
    stores = opening.assemble(clients, settings, clock)
    token = reset_admin_token(stores.admin_tokens)
    service = Service(assemble(settings, FakeVision(), stores, now=clock), token)
    service.enrol("ada", picture_of(1))
    service.http.headers["authorization"] = f"Bearer {service.device_token()}"
    assert service.names(picture_of(1)) == ["ada"]  # the device was seen, the gallery is loaded
    for client in (clients.dynamodb, clients.s3):
        client.meta.events.register("provide-client-params.*.*", bill.count)
    clients.dynamodb.meta.events.register("after-call.dynamodb.Query", bill.found)
    clients.dynamodb.meta.events.register("after-call.dynamodb.PutItem", bill.stored)
    yield service, bill
    service.close()


def test_a_recognition(service: tuple[Service, Bill]) -> None:
    caller, bill = service
    captured_at = datetime(2026, 11, 22, 12, 0, 1, 250_000, tzinfo=UTC).isoformat()
    query = {"captured_at": captured_at, "video": "vidinput/door/2026/11/22/a.mp4"}
    query |= {"offset_ms": "1500", "track": "20261122T120001-12"}
    assert caller.names(picture_of(1, serial=2), **query) == ["ada"]  # leaves the visit's crop
    before = replace(bill)
    assert caller.names(picture_of(1, serial=3), **query) == ["ada"]
    estimate = requests.recognitions(ONE_A_SECOND)
    assert bill.other == []
    reads, writes = bill.reads - before.reads, bill.writes - before.writes
    crop_reads = requests.CROP_READS * ONE_A_SECOND.crops / ONE_A_SECOND.pictures
    assert estimate.reads / ONE_A_SECOND.pictures == pytest.approx(reads + crop_reads)
    crops = requests.CROP_WRITES * ONE_A_SECOND.crops / ONE_A_SECOND.pictures
    assert estimate.writes / ONE_A_SECOND.pictures == pytest.approx(writes + crops + COUNTERS)
    written = bill.sighting_bytes - before.sighting_bytes
    assert 0.8 < written / requests.SIGHTING_BYTES <= 1


def test_a_visit_begins(service: tuple[Service, Bill]) -> None:
    """Test a first crop: none is there to be found, and none of an unknown person."""
    caller, bill = service
    captured_at = datetime(2026, 11, 22, 12, 1, 1, 250_000, tzinfo=UTC).isoformat()
    assert caller.names(picture_of(1, serial=2), captured_at=captured_at) == ["ada"]
    kept = requests.counted(requests=1, recognitions=1, named=1, unnamed=0, videos=0, crops=1)
    without = kept.writes - requests.CROP_WRITES
    assert bill.other == []
    assert bill.reads == kept.reads
    assert 0.7 < (bill.writes - without) / requests.CROP_WRITES <= 1


def test_a_face_without_a_name(service: tuple[Service, Bill]) -> None:
    caller, bill = service
    assert caller.names(picture_of(9), track="t1") == [None]  # leaves a crop
    before = replace(bill)
    assert caller.names(picture_of(9, serial=2), track="t1") == [None]
    estimate = requests.counted(requests=1, recognitions=1, named=0, unnamed=1, videos=0, crops=0)
    assert (estimate.reads, estimate.writes) == (
        bill.reads - before.reads,
        bill.writes - before.writes,
    )
    assert caller.names(picture_of(1), track="t2") == ["ada"]  # likewise
    before = replace(bill)
    named = requests.counted(requests=1, recognitions=1, named=1, unnamed=0, videos=0, crops=0)
    assert caller.names(picture_of(1, serial=2), track="t2") == ["ada"]
    assert (named.reads, named.writes) == (bill.reads - before.reads, bill.writes - before.writes)


def test_a_report(service: tuple[Service, Bill], clock: SettableClock, aws: Moto) -> None:
    caller, bill = service
    clock.move(timedelta(minutes=1))
    report = STATUS.model_dump_json().encode()
    answer = caller.http.put(
        "/v1/devices/self/status", content=report, headers={"content-type": "application/json"}
    )
    assert answer.is_success, answer.text
    of_a_minute = replace(ONE_A_SECOND, hours_per_day=1 / 60 / 30)
    estimate = requests.reports(of_a_minute)
    assert estimate.reads == pytest.approx(bill.reads)
    assert bill.other == ["UpdateItem"] * 3  # last seen, the report, and the counters until then
    kept = aws.dynamodb().scan(TableName=NAMES.devices)["Items"]
    assert max(item_bytes(item) for item in kept if item["kind"]["S"] == "token") <= 1024
    assert estimate.writes == pytest.approx(len(bill.other) - 1)


def test_a_track(service: tuple[Service, Bill]) -> None:
    """Test a visit of twenty seconds, whose boxes have the longest numbers."""
    caller, bill = service
    start = datetime(2026, 11, 22, 12, 0, 1, 250_000, tzinfo=UTC)
    report = TrackReport(
        started_at=start,
        ended_at=start + timedelta(seconds=20),
        frame_width=1280,
        frame_height=720,
        boxes=[
            ReportedBox(offset_ms=400 * n, x=1000.1 + n, y=250.5, width=180.2, height=201.4)
            for n in range(50)
        ],
    )
    answer = caller.http.put(
        "/v1/tracks/20261122T120001-12",
        content=report.model_dump_json().encode(),
        headers={"content-type": "application/json"},
    )
    assert answer.is_success, answer.text
    estimate = requests.tracks(ONE_A_SECOND)
    assert bill.other == []
    assert estimate.reads / ONE_A_SECOND.tracks == bill.reads
    assert estimate.writes / ONE_A_SECOND.tracks == bill.writes
    assert 0.8 < bill.sighting_bytes / requests.TRACK_BYTES <= 1


def test_the_counters_of_a_day(service: tuple[Service, Bill], aws: Moto) -> None:
    """Test many thousands of durations of each stage, spread over a factor of thirty."""
    caller, _ = service
    spread = {f"{STAGE}{stage}_{30 + n}": 12_345 for stage in STAGES for n in range(19)}
    caller.services.stores.counters.add(DayCounters(date(2026, 11, 22), spread))
    caller.services.request_counters.flush()
    (counters,) = [
        item
        for item in aws.dynamodb().scan(TableName=NAMES.devices)["Items"]
        if item["kind"]["S"] == "counters"
    ]
    assert 2 * 1024 < item_bytes(counters) <= 3 * 1024


def test_an_upload(service: tuple[Service, Bill]) -> None:
    caller, bill = service
    data = bytes(1_000)
    segment = VideoAnnouncement(
        started_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        duration_ms=10_000,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )

    def announced() -> VideoTicket:
        headers = {"content-type": "application/json"}
        body = segment.model_dump_json().encode()
        answer = caller.http.post("/v1/videos", content=body, headers=headers)
        assert answer.is_success, answer.text
        return VideoTicket.model_validate_json(answer.content)

    upload = announced().upload
    assert upload is not None
    assert httpx.put(upload.url, content=data, headers=upload.headers).is_success
    assert announced().state is VideoState.STORED
    estimate = requests.uploads(ONE_A_SECOND)
    assert bill.other == []
    assert estimate.reads / ONE_A_SECOND.segments == bill.reads
    assert estimate.writes / ONE_A_SECOND.segments == bill.writes
    assert estimate.s3_reads / ONE_A_SECOND.segments == bill.heads
    assert estimate.s3_writes / ONE_A_SECOND.segments == bill.links
