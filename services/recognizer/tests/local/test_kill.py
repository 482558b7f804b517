"""Test kill -9 at random times: all that was acknowledged is there, and nothing is partial."""

from __future__ import annotations

import hashlib
import io
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from facecore.contract import VideoState
from recognizer.bootstrap import open_stores
from recognizer.domain.ports import VideoFilter
from recognizer.settings import Settings
from services.recognizer.tests.server import Server, running_on
from tests.support.unmeasured import UNMEASURED

JPEG = {"content-type": "image/jpeg"}


@dataclass(slots=True)
class Acknowledged:
    """What the server acknowledged, by id or key, with its SHA-256."""

    photos: dict[str, str] = field(default_factory=dict)
    videos: dict[str, str] = field(default_factory=dict)


@pytest.mark.parametrize("rounds", [1, pytest.param(4, marks=pytest.mark.exhaustive)])
def test_acknowledged_data_outlives_kill_9(
    tmp_path: Path, portraits: Mapping[str, bytes], rounds: int
) -> None:
    folder, log = tmp_path / "data", tmp_path / "log"
    done = Acknowledged()
    photos = variants(portraits["collins"])
    rng = random.Random(20261122)
    for number in range(rounds):
        with running_on(folder, log, UNMEASURED) as server:
            with server.client() as http:
                http.put("/v1/people/collins", json={"name": "Eileen Collins"})
            work = [
                threading.Thread(target=enrol, args=(server, photos, done)),
                threading.Thread(target=record, args=(server, number, done)),
            ]
            for thread in work:
                thread.start()
            acknowledged = len(done.photos), len(done.videos)
            while len(done.photos) == acknowledged[0] or len(done.videos) == acknowledged[1]:
                assert all(thread.is_alive() for thread in work)
                time.sleep(0.01)
            time.sleep(rng.uniform(0, 1))  # else the kill would always come between two
            server.kill()
            for thread in work:
                thread.join()
    with running_on(folder, log) as server, server.client() as http:
        check_over_http(http, done)
    check_on_disk(folder, done)


def variants(picture: bytes) -> Iterator[bytes]:
    """Yield the same face in ever different bytes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for width in range(image.width, 0, -1):
        out = io.BytesIO()
        image.crop((0, 0, width, image.height)).save(out, "JPEG")
        yield out.getvalue()


def until_killed(step: Callable[[httpx.Client], None], server: Server) -> None:
    with server.client() as http:
        while True:
            try:
                step(http)
            except httpx.TransportError:
                return


def enrol(server: Server, photos: Iterator[bytes], done: Acknowledged) -> None:
    def step(http: httpx.Client) -> None:
        data = next(photos)
        answer = http.post("/v1/people/collins/photos", content=data, headers=JPEG)
        assert answer.status_code == 201, answer.text
        done.photos[answer.json()["id"]] = hashlib.sha256(data).hexdigest()

    until_killed(step, server)


def record(server: Server, number: int, done: Acknowledged) -> None:
    content = random.Random(number)

    def step(http: httpx.Client) -> None:
        data = content.randbytes(3_000_000)
        sha256 = hashlib.sha256(data).hexdigest()
        announcement = {
            "started_at": "2026-11-22T12:00:00Z",
            "duration_ms": 1000,
            "size_bytes": len(data),
            "sha256": sha256,
        }
        ticket: dict[str, Any] = http.post("/v1/videos", json=announcement).json()
        upload = ticket["upload"]
        if http.put(upload["url"], content=data, headers=upload["headers"]).is_success:
            done.videos[ticket["key"]] = sha256

    until_killed(step, server)


def check_over_http(http: httpx.Client, done: Acknowledged) -> None:
    listed = http.get("/v1/people/collins/photos").json()["photos"]
    assert done.photos.keys() <= {photo["id"] for photo in listed}
    assert http.get("/v1/people/collins").json()["photo_count"] == len(listed)
    assert http.get("/v1/health").json()["gallery_size"] == len(listed)
    for key, sha256 in done.videos.items():
        link = http.get(f"/v1/videos/{key}/url").json()["url"]
        assert hashlib.sha256(http.get(link).content).hexdigest() == sha256


def check_on_disk(folder: Path, done: Acknowledged) -> None:
    stores = open_stores(Settings(data_dir=folder))
    photos = stores.faces.list("collins")
    kept = {one.id: stores.faces.picture("collins", one.id) for one in photos}
    videos = stores.videos.list(VideoFilter(), after=None, limit=500).videos
    stores.close()
    for one in photos:  # each file there is whole, acknowledged or not
        assert hashlib.sha256(kept[one.id]).hexdigest() == one.sha256
    assert done.photos.items() <= {one.id: one.sha256 for one in photos}.items()
    assert len(list((folder / "photos").iterdir())) == len(photos)
    assert list((folder / "partial").iterdir()) == []
    for video in videos:
        file = folder / "videos" / video.key
        if video.state is VideoState.STORED or file.exists():
            assert hashlib.sha256(file.read_bytes()).hexdigest() == video.sha256
