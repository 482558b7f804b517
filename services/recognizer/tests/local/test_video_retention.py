"""Test that local video is removed after its time, and the oldest beyond the limit."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recognizer.adapters.sqlite import LocalStores
from recognizer.adapters.sqlite.schema import MIGRATIONS
from recognizer.adapters.sqlite.videos import VideoSpace
from recognizer.entrypoints.http.app import create_app
from services.recognizer.tests.service import NOON, Service, SettableClock, service_on

DATA = bytes(range(250)) * 4
SIZE = len(DATA)
ROOM_FOR_THREE_GB = 3 * SIZE / 1e9


@dataclass(frozen=True)
class Disk:
    """A disk with a fixed amount of free space, whatever is written."""

    total: int
    free: int


@pytest.fixture
def small(tmp_path: Path, clock: SettableClock) -> Iterator[Service]:
    """Open a service that keeps three segments of ``DATA``."""
    with service_on(tmp_path / "data", now=clock, video_max_gb=ROOM_FOR_THREE_GB) as service:
        yield service


def announce(service: Service, began: datetime) -> Any:
    answer = service.call(
        "POST",
        "/v1/videos",
        json={
            "started_at": began.isoformat(),
            "duration_ms": 60_000,
            "size_bytes": SIZE,
            "sha256": hashlib.sha256(DATA).hexdigest(),
        },
    )
    assert answer.is_success, answer.text
    return answer.json()


def store(service: Service, began: datetime) -> str:
    """Upload a segment; return its key."""
    ticket = announce(service, began)
    upload = ticket["upload"]
    answer = service.call("PUT", upload["url"], content=DATA, headers=upload["headers"])
    assert answer.status_code == 200, answer.text
    return str(ticket["key"])


def listed(service: Service) -> list[str]:
    return [video["key"] for video in service.call("GET", "/v1/videos").json()["videos"]]


def files(folder: Path) -> set[str]:
    """Return what lies in the folder of videos, with empty folders."""
    videos = folder / "data" / "videos"
    kept = (path for path in videos.rglob("*") if path.is_file() or not any(path.iterdir()))
    return {str(path.relative_to(videos)) for path in kept}


def rows(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "data" / "recognizer.db")) as database:
        return {row[0] for row in database.execute("SELECT key FROM videos")}


def refusal(service: Service, key: str) -> tuple[int, str, str]:
    answer = service.call("GET", f"/v1/videos/{key}/url")
    return answer.status_code, answer.json()["code"], answer.json()["detail"]


def test_a_segment_is_removed_thirty_days_after_it_came(
    service: Service, clock: SettableClock, tmp_path: Path
) -> None:
    """Test that its start does not count: a recorder may have had no network for weeks."""
    first = store(service, NOON - timedelta(days=200))
    clock.move(timedelta(days=29))
    second = store(service, clock.time)
    assert files(tmp_path) == rows(tmp_path) == {first, second}
    clock.move(timedelta(days=1))
    assert listed(service) == [second]  # hidden at once; the file is removed with the next upload
    status, code, detail = refusal(service, first)
    assert (status, code, "removed after its time" in detail) == (404, "video_not_found", True)
    third = store(service, clock.time)
    assert files(tmp_path) == rows(tmp_path) == {second, third}


def test_an_announced_segment_that_never_came_is_forgotten_too(
    service: Service, clock: SettableClock, tmp_path: Path
) -> None:
    announce(service, NOON)
    clock.move(timedelta(days=30))
    later = store(service, clock.time)
    assert rows(tmp_path) == {later}


def test_an_expired_segment_that_is_announced_again_is_new(
    service: Service, clock: SettableClock, tmp_path: Path
) -> None:
    key = store(service, NOON)
    clock.move(timedelta(days=30))
    assert announce(service, NOON)["state"] == "stored"  # its file was still there
    store(service, clock.time)
    assert len(listed(service)) == 2
    assert key in files(tmp_path)


def test_beyond_the_limit_the_oldest_is_removed_but_never_the_new_one(
    small: Service, tmp_path: Path
) -> None:
    keys = [store(small, NOON + timedelta(minutes=number)) for number in range(5)]
    assert listed(small) == keys[:1:-1]
    assert files(tmp_path) == set(keys[2:])
    late = store(small, NOON - timedelta(days=1))  # the oldest of all, sent after an outage
    assert listed(small) == [keys[4], keys[3], late]
    assert files(tmp_path) == rows(tmp_path) == {keys[4], keys[3], late}


def test_a_clock_that_is_ahead_protects_no_segment(small: Service, clock: SettableClock) -> None:
    """Test that a start in the future counts as the time of the announcement."""
    ahead = store(small, NOON + timedelta(days=365))
    clock.move(timedelta(hours=1))
    keys = [store(small, NOON + timedelta(minutes=number + 1)) for number in range(3)]
    assert set(listed(small)) == set(keys)
    assert ahead not in listed(small)


def test_a_start_finishes_what_a_kill_left_and_touches_nothing_else(tmp_path: Path) -> None:
    """Test the state after a kill between a removal's commit and the removal of its file."""
    with service_on(tmp_path / "data") as service:
        gone, kept = (store(service, NOON + timedelta(minutes=number)) for number in range(2))
    (tmp_path / "data" / "videos" / "mine.mp4").write_bytes(b"put there by somebody")
    with closing(sqlite3.connect(tmp_path / "data" / "recognizer.db")) as database, database:
        database.execute("UPDATE videos SET removing = 1 WHERE key = ?", (gone,))
    with service_on(tmp_path / "data") as service:
        assert listed(service) == [kept]
        assert rows(tmp_path) == {kept}
        assert files(tmp_path) == {kept, "mine.mp4"}


def test_a_segment_without_a_row_is_set_aside_then_restored_or_removed_after_thirty_days(
    tmp_path: Path,
) -> None:
    """Test the state after the restoration of an older database."""
    data, clock = tmp_path / "data", SettableClock()
    with service_on(data, now=clock) as service:
        kept, newer = (store(service, NOON + timedelta(minutes=number)) for number in range(2))
    with closing(sqlite3.connect(data / "recognizer.db")) as database, database:
        row = database.execute("SELECT * FROM videos WHERE key = ?", (newer,)).fetchone()
        database.execute("DELETE FROM videos WHERE key = ?", (newer,))

    with service_on(data, now=clock) as service:
        assert (listed(service), files(tmp_path)) == ([kept], {kept})
    (aside,) = (data / "orphaned").glob("*/videos")
    assert (aside / newer).read_bytes() == DATA

    with closing(sqlite3.connect(data / "recognizer.db")) as database, database:
        database.execute(f"INSERT INTO videos VALUES ({','.join('?' * len(row))})", row)
    with service_on(data, now=clock) as service:
        assert files(tmp_path) == {kept, newer}
        assert refusal_or_link(service, newer) == 200

    with closing(sqlite3.connect(data / "recognizer.db")) as database, database:
        database.execute("DELETE FROM videos WHERE key = ?", (newer,))
    for days, there in ((29, 1), (2, 1), (0, 0)):
        with service_on(data, now=clock):
            assert len(list((data / "orphaned").glob(f"*/videos/{newer}"))) == there
            clock.move(timedelta(days=days))


def refusal_or_link(service: Service, key: str) -> int:
    return service.call("GET", f"/v1/videos/{key}/url").status_code


def test_the_service_removes_old_video_by_itself_when_it_starts(tmp_path: Path) -> None:
    clock = SettableClock()
    with service_on(tmp_path / "data", now=clock) as service:
        store(service, NOON)
        clock.move(timedelta(days=30))

        async def run() -> None:
            app = create_app(service.services)
            async with app.router.lifespan_context(app):
                async with asyncio.timeout(300):
                    while files(tmp_path) or rows(tmp_path):  # noqa: ASYNC110 - no event
                        await asyncio.sleep(0.01)

        asyncio.run(run())


def test_a_segment_that_is_played_plays_to_its_end(service: Service) -> None:
    key = store(service, NOON)
    stores = service.services.stores
    assert isinstance(stores, LocalStores)
    with stores.video_store.open(stores.videos.get(key)) as playing:
        assert service.call("DELETE", f"/v1/videos/{key}").status_code == 204
        assert playing.read() == DATA


def test_a_link_to_a_removed_file_is_a_problem_and_no_broken_answer(
    service: Service, tmp_path: Path
) -> None:
    key = store(service, NOON)
    link = service.call("GET", f"/v1/videos/{key}/url").json()["url"]
    (tmp_path / "data" / "videos" / key).unlink()
    answer = service.call("GET", link)
    assert (answer.status_code, answer.json()["code"]) == (404, "video_not_found")


def test_old_video_is_removed_on_a_full_disk(service: Service, tmp_path: Path) -> None:
    stores = service.services.stores
    assert isinstance(stores, LocalStores)
    keys = [store(service, NOON + timedelta(minutes=number)) for number in range(4)]
    total = 100 * SIZE  # a tenth of the disk stays free
    on_disk = tmp_path / "data" / "videos"

    def usage(_: Path) -> Disk:
        used = sum(path.stat().st_size for path in on_disk.rglob("*") if path.is_file())
        return Disk(total, 14 * SIZE - used)

    stores.video_retention.space = VideoSpace(on_disk, None, usage)
    last = store(service, NOON + timedelta(minutes=9))
    assert files(tmp_path) == {*keys[1:], last}
    assert usage(on_disk).free == 10 * SIZE


def test_a_disk_full_of_other_files_removes_no_video(service: Service, tmp_path: Path) -> None:
    stores = service.services.stores
    assert isinstance(stores, LocalStores)
    keys = {store(service, NOON + timedelta(minutes=number)) for number in range(3)}
    full = Disk(100 * SIZE, SIZE)
    stores.video_retention.space = VideoSpace(tmp_path, None, lambda _: full)
    store(service, NOON + timedelta(minutes=9))
    assert keys < files(tmp_path)


def test_video_of_an_older_release_keeps_its_whole_time(tmp_path: Path) -> None:
    """Test that the update itself removes nothing: the days count from it."""
    folder = tmp_path / "data"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "recognizer.db", isolation_level=None)) as database:
        for migration in MIGRATIONS[:7]:
            database.executescript(migration)
        database.execute("PRAGMA user_version = 7")
        database.execute(
            "INSERT INTO videos VALUES ('vidinput/door/a.mp4', 'door', 0, 1000, 9, ?, 'stored')",
            ("0" * 64,),
        )
    with service_on(folder) as service:
        assert listed(service) == ["vidinput/door/a.mp4"]
